import { cpython } from '@offload/script-runtime/cpython';
import { fengari } from '@offload/script-runtime/fengari';
import { lua } from '@offload/script-runtime/lua';
import type { RuntimeLoaders } from '../../src/index.js';

/** The engine services are tested with: `OFFLOAD_TEST_ENGINE`, one of these. */
export const LOADERS: RuntimeLoaders = {
  fengari: async () => fengari,
  lua: async () => lua,
  cpython: async () => cpython,
};

export const ENGINE = process.env.OFFLOAD_TEST_ENGINE ?? 'lua';
