import type { LogLevel, Pool, PoolHandlers, ScriptErrorData } from '@offload/script-runtime';
import { CongestionLog } from './congestion-log.js';
import { connectQueues, type Queues } from './queues.js';

/** One protocol's half on the IO thread: gets back what it sent into the pool. */
export interface Frontend {
  /** Kinds of the records that are its business, both ways. */
  readonly kinds: readonly number[];
  reply(context: unknown, kind: number, bytes: Uint8Array, at: number, end: number): void;
  event?(worker: number, kind: number, bytes: Uint8Array, at: number, end: number): void;
  fault(context: unknown, kind: number, error: ScriptErrorData): void;
  /** Everything that was there is handled: write it out. */
  passEnd(): void;
  /** Stop or go on reading. */
  congested(on: boolean): void;
  /** A worker of the pool died and what it held is lost, or its successor is ready. */
  workerChanged?(worker: number, state: 'lost' | 'ready'): void;
  /** A control message from a worker's application. */
  message?(worker: number, message: unknown): void;
}

/** Answers one type of call of the workers (`src/calls.ts`), now or later. */
export type CallAnswer = (message: never) => unknown | Promise<unknown>;

export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Joins one pool and any number of frontends. */
export interface Bridge {
  readonly pool: Pool;
  readonly log: Log;
  /** Of the module `mqr`. */
  readonly queues: Queues;
  /** Routes the frontend's record kinds to it. */
  add(frontend: Frontend): void;
  /** Answers calls of workers with this `type`; a later answer replaces an earlier one. */
  answer(type: string, answer: CallAnswer): void;
  /** Handlers for one more pool whose records belong to the same frontends. */
  handlers(changes: Partial<PoolHandlers>): PoolHandlers;
  /**
   * Shows the workers what was sent, once per turn of the event loop however many sockets had something: a doorbell
   * costs more than many records.
   */
  flushSoon(): void;
}

/** Makes the pool with handlers that route every record to the frontend its kind belongs to. */
export function createBridge(makePool: (handlers: PoolHandlers) => Pool, log: Log): Bridge {
  const frontends: Frontend[] = [];
  const byKind: Frontend[] = [];
  const answers = new Map<string, CallAnswer>();
  const congestion = new CongestionLog(log);
  const handlers: PoolHandlers = {
    reply: (context, kind, bytes, at, end) => byKind[kind].reply(context, kind, bytes, at, end),
    event: (worker, kind, bytes, at, end) => byKind[kind].event?.(worker, kind, bytes, at, end),
    fault: (context, kind, error) => byKind[kind].fault(context, kind, error),
    passEnd: () => {
      for (const frontend of frontends) frontend.passEnd();
    },
    congested: (on) => {
      congestion.changed(on);
      for (const frontend of frontends) frontend.congested(on);
    },
    log,
    call: (_worker, message) => {
      const { type } = message as { type: string };
      const answer = answers.get(type);
      if (answer === undefined) throw new Error(`Cannot answer call: nobody knows '${type}'`);
      return answer(message as never);
    },
    message: (worker, message) => {
      for (const frontend of frontends) frontend.message?.(worker, message);
    },
    workerChanged: (worker, state) => {
      for (const frontend of frontends) frontend.workerChanged?.(worker, state);
    },
  };
  const pool = makePool(handlers);
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    pool.flush();
  };
  return {
    pool,
    log,
    queues: connectQueues((type, answer) => answers.set(type, answer)),
    flushSoon: () => {
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    add: (frontend) => {
      frontends.push(frontend);
      for (const kind of frontend.kinds) byKind[kind] = frontend;
    },
    answer: (type, answer) => {
      answers.set(type, answer);
    },
    handlers: (changes) => ({ ...handlers, ...changes }),
  };
}
