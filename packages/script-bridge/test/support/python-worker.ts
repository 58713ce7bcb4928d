import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { ScriptRuntime } from '@offload/script-runtime';
import { type Message, Writer, writeMessages } from '@offload/spop-codec';
import type { StartReport } from '../../src/worker/app.js';
import { type Answer, type LogText, startNotifyPool } from './notify-pool.js';

/** The worker half in this thread with one Python engine, answering NOTIFY payloads. */
export interface PythonWorker {
  readonly report: StartReport;
  /** Folder of the scripts. */
  readonly folder: string;
  readonly log: LogText[];
  /** Sends the NOTIFYs of one pass. */
  pass(...notifies: readonly (readonly Message[])[]): Promise<Answer>[];
  notify(messages: readonly Message[]): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a worker with scripts given as text, by file name. The first is loaded, the others are there to be imported. */
export async function startPythonWorker(
  engine: 'pyodide' | 'cpython',
  scripts: Record<string, string>,
  { timeoutMs = 20_000, load = Object.keys(scripts).slice(0, 1) }: { timeoutMs?: number; load?: string[] } = {},
): Promise<PythonWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'offload-python-'));
  for (const [name, source] of Object.entries(scripts)) writeFileSync(join(folder, name), source);
  const data = {
    files: load.map((name) => ({ path: join(folder, name), engine })),
    defaultEngines: {},
    engineSettings: { pyodide: { cacheFolder: join(tmpdir(), `offload-tests-${userInfo().uid}`) } },
  };
  const loaders = {
    pyodide: async (): Promise<ScriptRuntime> => (await import('@offload/script-runtime/pyodide')).pyodide,
    cpython: async (): Promise<ScriptRuntime> => (await import('@offload/script-runtime/cpython')).cpython,
  };
  const cleanUp = (): void => rmSync(folder, { recursive: true });
  try {
    const { pool, report, log, send } = await startNotifyPool(data, loaders, timeoutMs);
    const pass = (...notifies: readonly (readonly Message[])[]): Promise<Answer>[] => {
      const answers = notifies.map((messages) => {
        const w = new Writer(1 << 22);
        writeMessages(w, messages);
        return send(w.view().slice());
      });
      pool.flush();
      return answers;
    };
    return {
      report,
      folder,
      log,
      pass,
      notify: (messages) => pass(messages)[0] as Promise<Answer>,
      stop: async () => {
        await pool.stop(0);
        cleanUp();
      },
    };
  } catch (error) {
    cleanUp();
    throw error;
  }
}
