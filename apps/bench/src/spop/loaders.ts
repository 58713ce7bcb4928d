import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RuntimeLoaders } from '@offload/script-bridge';

/** The engines the benchmarks know. */
export const runtimeLoaders: RuntimeLoaders = {
  plain: async () => (await import('@offload/script-runtime/plain')).plain,
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
  cpython: async () => (await import('@offload/script-runtime/cpython')).cpython,
  pyodide: async () => (await import('@offload/script-runtime/pyodide')).pyodide,
};

export const defaultEngines: Readonly<Record<string, string>> = {
  '.plain.mjs': 'plain',
  '.lua': 'lua',
  '.py': 'pyodide',
};

/** Settings of the engines: memory snapshots are kept between runs. */
export const engineSettings = { pyodide: { cacheFolder: join(tmpdir(), `offload-bench-${userInfo().uid}`) } };
