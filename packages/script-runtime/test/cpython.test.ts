import { cpython } from '../src/runtimes/cpython.js';
import type { Differences } from './conformance/suite.js';
import { conformance } from './conformance.js';

const differences: Differences = {
  bytes: 'bytes',
  types: ['NoneType', 'bool', 'int', 'str', 'list', 'dict'],
  printed: ['one 2 True', 'partial', 'next line'],
  // A busy machine must not turn an interrupt into the end of the process.
  options: { settings: { graceMs: 20_000 } },
};

conformance(cpython, differences);
