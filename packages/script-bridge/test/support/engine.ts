import { cpython } from '@offload/script-runtime/cpython';
import { fengari } from '@offload/script-runtime/fengari';
import { lua } from '@offload/script-runtime/lua';
import type { RuntimeLoaders } from '../../src/index.js';

/** The engine services are tested with: `OFFLOAD_TEST_ENGINE`, one of these. */
export const LOADERS: RuntimeLoaders = {
  fengari: async () => fengari,
  lua: async () => lua,
  cpython: async () => cpython,
  // Loading it costs every test file that does not need it.
  pyodide: async () => (await import('@offload/script-runtime/pyodide')).pyodide,
};

export const ENGINE = process.env.OFFLOAD_TEST_ENGINE ?? 'lua';
