import type { LogLevel, Pool, PoolHandlers, ScriptErrorData } from '@offload/script-runtime';

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
}

export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Joins one pool and any number of frontends. */
export interface Bridge {
  readonly pool: Pool;
  readonly log: Log;
  /** Routes the frontend's record kinds to it. */
  add(frontend: Frontend): void;
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
  const pool = makePool({
    reply: (context, kind, bytes, at, end) => byKind[kind].reply(context, kind, bytes, at, end),
    event: (worker, kind, bytes, at, end) => byKind[kind].event?.(worker, kind, bytes, at, end),
    fault: (context, kind, error) => byKind[kind].fault(context, kind, error),
    passEnd: () => {
      for (const frontend of frontends) frontend.passEnd();
    },
    congested: (on) => {
      log(on ? 'warn' : 'info', on ? 'workers are behind: reading stops' : 'workers caught up: reading goes on');
      for (const frontend of frontends) frontend.congested(on);
    },
    log,
  });
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    pool.flush();
  };
  return {
    pool,
    log,
    flushSoon: () => {
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    add: (frontend) => {
      frontends.push(frontend);
      for (const kind of frontend.kinds) byKind[kind] = frontend;
    },
  };
}
