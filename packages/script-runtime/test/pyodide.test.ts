import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pyodide } from '../src/runtimes/pyodide.js';
import type { Differences } from './conformance/suite.js';
import { conformance } from './conformance.js';

const differences: Differences = {
  bytes: 'bytes',
  types: ['NoneType', 'bool', 'int', 'str', 'list', 'dict'],
  printed: ['one 2 True', 'partial', 'next line'],
  options: { settings: { cacheFolder: join(tmpdir(), `offload-test-${process.getuid?.() ?? 0}`) } },
};

conformance(pyodide, differences);
