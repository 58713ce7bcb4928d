import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plain } from '@offload/script-runtime/plain';
import { type Message, Writer, writeMessages } from '@offload/spop-codec';
import type { StartReport } from '../../src/worker/app.js';
import { type Answer, type LogText, startNotifyPool } from './notify-pool.js';

/** The worker half in this thread, with scripts given as text, answering NOTIFY payloads. */
export interface TestWorker {
  readonly report: StartReport;
  readonly log: readonly LogText[];
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
  const files = Object.entries(scripts).map(([name, body]) => {
    const path = join(folder, `${name}.plain.mjs`);
    writeFileSync(path, `export default ({ spoa }) => {\n${body}\n};\n`);
    return { path };
  });
  try {
    const data = { files, defaultEngines: { '.plain.mjs': 'plain' } };
    const { pool, report, log, send } = await startNotifyPool(data, { plain: async () => plain }, timeoutMs);
    const notifyBytes = (payload: Uint8Array): Promise<Answer> => {
      const answer = send(payload);
      pool.flush();
      return answer;
    };
    return {
      report,
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
