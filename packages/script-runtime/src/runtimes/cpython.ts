import type { ScriptRuntime } from '../runtime.js';
import { CPythonEngine } from './cpython/engine.js';

/**
 * The machine's own Python, 3.9 or later, as a child process per engine: for scripts that need native packages, sockets
 * or speed. Settings: `executable` (default `python3`), `loadTimeoutMs` (default 10 000) and `graceMs` (default 250),
 * how long an interrupted script may go on before its process is replaced.
 */
export const cpython: ScriptRuntime = {
  language: 'python',
  engine: 'cpython',
  extensions: ['.py'],
  async createEngine(host, options) {
    const { executable, loadTimeoutMs, graceMs } = options.settings ?? {};
    const engine = await CPythonEngine.create(host, options, {
      executable: typeof executable === 'string' ? executable : 'python3',
      loadTimeoutMs: typeof loadTimeoutMs === 'number' ? loadTimeoutMs : 10_000,
      graceMs: typeof graceMs === 'number' ? graceMs : 250,
    });
    host.log('debug', `Python ${engine.version} ready, process ${engine.pid}`);
    return engine;
  },
};
