import type { RuntimeLoaders } from '@offload/script-bridge';
import type { EngineName } from './engines.js';

/** How each engine is loaded, in the thread that runs it, when its first script comes. */
export const RUNTIME_LOADERS: RuntimeLoaders & Readonly<Record<EngineName, RuntimeLoaders[string]>> = {
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
  pyodide: async () => (await import('@offload/script-runtime/pyodide')).pyodide,
  cpython: async () => (await import('@offload/script-runtime/cpython')).cpython,
};
