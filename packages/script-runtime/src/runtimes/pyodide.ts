import type { EngineHost, EngineOptions, ScriptRuntime } from '../runtime.js';
import { PyodideEngine } from './pyodide/engine.js';
import { startPyodide } from './pyodide/load.js';

/**
 * Python 3.14 in WebAssembly (Pyodide), inside the thread that asks for it; nothing to install. Settings:
 * `cacheFolder`, a folder of the user's own for memory snapshots, without which every start takes seconds.
 */
export const pyodide: ScriptRuntime = {
  language: 'python',
  engine: 'pyodide',
  extensions: ['.py'],
  async createEngine(host: EngineHost, options: EngineOptions) {
    const cacheFolder = options.settings?.cacheFolder;
    host.log('info', 'Loading Python (Pyodide)');
    const started = performance.now();
    const { py, start } = await startPyodide({
      ...(typeof cacheFolder === 'string' ? { cacheFolder } : {}),
      warn: (message) => host.log('warn', message),
    });
    const engine = new PyodideEngine(py, host, options);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const how = start === 'snapshot' ? 'from a memory snapshot' : 'cold start';
    host.log(
      'info',
      `Python ${py.runPython('import platform; platform.python_version()')} ready after ${seconds} s (${how})`,
    );
    return engine;
  },
};
