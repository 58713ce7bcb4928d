import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInlinePool, type ScriptErrorData, type ScriptRuntime } from '@offload/script-runtime';
import { type Action, Cursor, type Message, readActions, Writer, writeMessages } from '@offload/spop-codec';
import { decodeActionsWithFaults, type FaultRecord, RecordKind } from '../../src/records.js';
import { createWorkerApp, type StartReport } from '../../src/worker/app.js';

export interface Answer {
  readonly actions: readonly Action[];
  readonly faults: readonly FaultRecord[];
}

/** The worker half in this thread with one Python engine, answering NOTIFY payloads. */
export interface PythonWorker {
  readonly report: StartReport;
  /** Folder of the scripts. */
  readonly folder: string;
  readonly log: { readonly level: string; readonly message: string }[];
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
  const log: { level: string; message: string }[] = [];
  const pool = createInlinePool(
    { createApp: (port) => createWorkerApp(port, data, loaders), data, timeoutMs },
    {
      reply: (context, kind, bytes, at, end) => {
        (context as (answer: Answer) => void)(decodeAnswer(kind, bytes.slice(at, end)));
      },
      fault: (_context, _kind, error: ScriptErrorData) => {
        throw new Error(error.message);
      },
      event: () => {},
      passEnd: () => {},
      congested: () => {},
      log: (level, message) => {
        log.push({ level, message });
      },
    },
  );
  const send = (messages: readonly Message[]): Promise<Answer> =>
    new Promise((resolve) => {
      const w = new Writer(1 << 22);
      writeMessages(w, messages);
      const payload = w.view().slice();
      pool.send(RecordKind.Notify, resolve, payload, 0, payload.length);
    });
  const pass = (...notifies: readonly (readonly Message[])[]): Promise<Answer>[] => {
    const answers = notifies.map(send);
    pool.flush();
    return answers;
  };
  const cleanUp = (): void => rmSync(folder, { recursive: true });
  try {
    const [report] = await pool.start();
    return {
      report: report as StartReport,
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

function decodeAnswer(kind: number, bytes: Uint8Array): Answer {
  if (kind === RecordKind.Actions) return { actions: readActions(new Cursor(bytes)), faults: [] };
  const { actionsAt, actionsEnd, faults } = decodeActionsWithFaults(bytes, 0, bytes.length);
  return { actions: readActions(new Cursor(bytes, actionsAt, actionsEnd)), faults };
}
