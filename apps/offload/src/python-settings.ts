import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the engines for Python are told, by engine. */
export function pythonSettings(
  { python, loadTimeoutMs }: Config,
  env: Environment,
): Record<string, Record<string, unknown>> {
  const cacheFolder = cacheFolderOf(python.cacheFolder, env);
  return {
    pyodide: { path: python.path, ...(cacheFolder === undefined ? {} : { cacheFolder }) },
    cpython: { path: python.path, executable: python.executable, loadTimeoutMs },
  };
}

/** A folder only this user can write, since what is in it is run. */
function cacheFolderOf(setting: string, env: Environment): string | undefined {
  if (setting === '') return undefined;
  if (setting !== 'auto') return setting;
  const base = env.XDG_CACHE_HOME ?? '';
  return join(base === '' ? join(homedir(), '.cache') : base, 'offload');
}
