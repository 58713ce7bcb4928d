import { afterEach } from 'vitest';
import {
  createThreadPool,
  type Pool,
  type PoolHandlers,
  type ScriptErrorData,
  type ThreadPoolOptions,
} from '../../dist/index.js';

export const ENTRY = new URL('../fixtures/worker.mjs', import.meta.url);

/** What a record tells the worker to do. */
export const Do = {
  ECHO: 1,
  THROW: 2,
  EXIT: 3,
  SPIN: 4,
  LATER: 5,
  SPIN_INTERRUPTIBLE: 6,
  BURST: 7,
  CALL_SYNC: 8,
  CALL: 9,
  SINK: 10,
  FLOOD: 11,
  REJECT: 12,
  FAIL: 13,
  TWICE: 14,
  GIVE_UP: 15,
  GIVE_UP_LATER: 16,
  EXIT_IN_SCRIPT: 17,
  LOSE_LINES: 18,
} as const;

interface Answer {
  context: unknown;
  bytes?: Uint8Array;
  error?: ScriptErrorData;
}

let pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.map((p) => p.stop(0)));
  pools = [];
});

/** A started pool, with its answers as awaitable counts. */
export async function startPool(options: Partial<ThreadPoolOptions> = {}, more: Partial<PoolHandlers> = {}) {
  const made = makePool(options, more);
  return { ...made, reports: await made.pool.start() };
}

export function makePool(options: Partial<ThreadPoolOptions> = {}, more: Partial<PoolHandlers> = {}) {
  const answers: Answer[] = [];
  const events: Uint8Array[] = [];
  const changes: string[] = [];
  const messages: unknown[] = [];
  const errors: string[] = [];
  let check: () => void = () => {};
  const pool = createThreadPool(
    { workers: 1, entry: ENTRY, data: {}, ...options },
    {
      reply: (context, _kind, bytes, at, end) => {
        answers.push({ context, bytes: bytes.slice(at, end) });
      },
      fault: (context, _kind, error) => {
        answers.push({ context, error });
      },
      event: (_worker, _kind, bytes, at, end) => {
        events.push(bytes.slice(at, end));
      },
      passEnd: () => check(),
      congested: () => {},
      log: (level, message) => {
        if (level === 'error') errors.push(message);
        check();
      },
      message: (_worker, message) => {
        messages.push(message);
        check();
      },
      workerChanged: (worker, state) => {
        changes.push(`${worker} ${state}`);
        check();
      },
      ...more,
    },
  );
  pools.push(pool);
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (done()) resolve();
      };
      check();
    });
  const send = (kind: number, context: unknown, payload: Uint8Array, worker?: number): number => {
    const w = pool.send(kind, context, payload, 0, payload.length, worker);
    pool.flush();
    return w;
  };
  return { pool, answers, events, changes, messages, errors, until, send };
}

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
