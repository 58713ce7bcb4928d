import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInlinePool, type Pool, type ScriptErrorData } from '@offload/script-runtime';
import { plain } from '@offload/script-runtime/plain';
import { type Action, Cursor, type Message, readActions, Writer, writeMessages } from '@offload/spop-codec';
import { decodeActionsWithFaults, type FaultRecord, RecordKind } from '../../src/records.js';
import { createWorkerApp, type StartReport } from '../../src/worker/app.js';

export interface Answer {
  readonly actions: readonly Action[];
  readonly faults: readonly FaultRecord[];
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
}

/** The worker half in this thread, with scripts given as text, answering NOTIFY payloads. */
export interface TestWorker {
  readonly report: StartReport;
  readonly log: readonly LogLine[];
  notify(messages: readonly Message[]): Promise<Answer>;
  notifyBytes(payload: Uint8Array): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a worker whose scripts are `.plain.mjs` bodies: the default function's, with `spoa` in scope. */
export async function startWorker(
  scripts: Record<string, string>,
  { timeoutMs = 1000 }: { timeoutMs?: number } = {},
): Promise<TestWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'offload-bridge-'));
  const log: LogLine[] = [];
  const files = Object.entries(scripts).map(([name, body]) => {
    const path = join(folder, `${name}.plain.mjs`);
    writeFileSync(path, `export default ({ spoa }) => {\n${body}\n};\n`);
    return { path };
  });
  const data = { files, defaultEngines: { '.plain.mjs': 'plain' } };
  const pool: Pool = createInlinePool(
    { createApp: (port) => createWorkerApp(port, data, { plain: async () => plain }), data, timeoutMs },
    {
      reply: (context, kind, bytes, at, end) => {
        (context as (answer: Answer) => void)(decodeAnswer(kind, bytes, at, end));
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
  const notifyBytes = (payload: Uint8Array): Promise<Answer> =>
    new Promise((resolve) => {
      pool.send(RecordKind.Notify, resolve, payload, 0, payload.length);
      pool.flush();
    });
  try {
    const [report] = await pool.start();
    return {
      report: report as StartReport,
      log,
      notifyBytes,
      notify: (messages) => {
        const w = new Writer();
        writeMessages(w, messages);
        return notifyBytes(w.view().slice());
      },
      stop: () => pool.stop(0),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function decodeAnswer(kind: number, bytes: Uint8Array, at: number, end: number): Answer {
  // Views would change with the next call: decode a copy.
  const copy = bytes.slice(at, end);
  if (kind === RecordKind.Actions) return { actions: readActions(new Cursor(copy)), faults: [] };
  const { actionsAt, actionsEnd, faults } = decodeActionsWithFaults(copy, 0, copy.length);
  return { actions: readActions(new Cursor(copy, actionsAt, actionsEnd)), faults };
}
