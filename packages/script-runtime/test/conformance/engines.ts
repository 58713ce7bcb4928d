import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Differences } from './suite.js';

const python: Differences = {
  bytes: 'bytes',
  types: ['NoneType', 'bool', 'int', 'str', 'list', 'dict'],
  printed: ['one 2 True', 'partial', 'next line'],
};

/** Every engine, and where it differs. The matrix in README.md is made of this. */
export const ENGINES = {
  lua: { skip: { 'call() shows integers as text without exponent or fraction': 'the dialect prints `%.14g`' } },
  fengari: {},
  pyodide: {
    ...python,
    options: { settings: { cacheFolder: join(tmpdir(), `offload-test-${process.getuid?.() ?? 0}`) } },
  },
  // A busy machine must not turn an interrupt into the end of the process.
  cpython: { ...python, options: { settings: { graceMs: 20_000 } } },
} as const satisfies Readonly<Record<string, Differences>>;
