import { createInlinePool, type Pool, type ScriptErrorData } from '@offload/script-runtime';
import { type Action, Cursor, readActions } from '@offload/spop-codec';
import { decodeActionsWithFaults, type FaultRecord, RecordKind } from '../../src/records.js';
import { createWorkerApp, type StartReport } from '../../src/worker/app.js';
import type { RuntimeLoaders } from '../../src/worker/engine-factory.js';
import type { WorkerAppData } from '../../src/worker/worker-data.js';
import type { LogLine } from './house.js';

export interface Answer {
  readonly actions: readonly Action[];
  readonly faults: readonly FaultRecord[];
}

/** A line of the log, without its fields. */
export type LogText = Pick<LogLine, 'level' | 'message'>;

/** The worker half in this thread, answering NOTIFY payloads. */
export interface NotifyPool {
  readonly pool: Pool;
  readonly report: StartReport;
  readonly log: LogText[];
  /** Sends a payload; it is answered after `pool.flush()`. */
  send(payload: Uint8Array): Promise<Answer>;
}

export async function startNotifyPool(
  data: WorkerAppData,
  loaders: RuntimeLoaders,
  timeoutMs: number,
): Promise<NotifyPool> {
  const log: LogText[] = [];
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
  const [report] = await pool.start();
  const send = (payload: Uint8Array): Promise<Answer> =>
    new Promise((resolve) => {
      pool.send(RecordKind.Notify, resolve, payload, 0, payload.length);
    });
  return { pool, report: report as StartReport, log, send };
}

function decodeAnswer(kind: number, bytes: Uint8Array): Answer {
  if (kind === RecordKind.Actions) return { actions: readActions(new Cursor(bytes)), faults: [] };
  const { actionsAt, actionsEnd, faults } = decodeActionsWithFaults(bytes, 0, bytes.length);
  return { actions: readActions(new Cursor(bytes, actionsAt, actionsEnd)), faults };
}
