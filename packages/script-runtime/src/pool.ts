import type { ScriptErrorData } from './errors.js';
import type { LogLevel } from './runtime.js';

/** Any worker: the one with the least in flight. */
export const ANY_WORKER = -1;

/** What a pool tells its owner. All calls come on the thread that made the pool. */
export interface PoolHandlers {
  /** The answer to one task. `bytes` is only valid during the call. */
  reply(context: unknown, kind: number, bytes: Uint8Array, at: number, end: number): void;
  /** A record of no task. */
  event(worker: number, kind: number, bytes: Uint8Array, at: number, end: number): void;
  /** The worker that held this task is gone, or there is none to take it; there will be no reply. */
  fault(context: unknown, kind: number, error: ScriptErrorData): void;
  /** Everything that was there is handled: write it out. */
  passEnd(): void;
  /** True: stop feeding the pool, queues grow. False: go on. */
  congested(on: boolean): void;
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A message from `WorkerPort.post`. */
  message?(worker: number, message: unknown): void;
  /** Answers `WorkerPort.call` and `callSync`, now or later. */
  call?(worker: number, message: unknown): unknown | Promise<unknown>;
  /**
   * A worker died or hung and is being replaced (`lost`, again for each successor that cannot start), or its successor is
   * ready (`ready`).
   */
  workerChanged?(worker: number, state: 'lost' | 'ready'): void;
}

/** Figures of one pool at one moment. */
export interface PoolStats {
  readonly workers: readonly { readonly state: string; readonly inFlight: number; readonly restarts: number }[];
  readonly tasks: number;
  readonly faults: number;
  /** Records that wait beyond the room there is: congestion. */
  readonly queued: number;
}

/**
 * Where scripts run: worker threads ({@link createThreadPool}) or the calling thread ({@link createInlinePool}).
 * Tasks are records of bytes; what they mean is between the application's two halves.
 */
export interface Pool {
  readonly size: number;
  /** Starts every worker; resolves with each one's report. Rejects with the first failure, all stopped again. */
  start(): Promise<readonly unknown[]>;
  /**
   * Hands a record to a worker. The bytes are copied before it returns. Never refuses: past the ring's room it queues
   * and says `congested(true)`; the owner must then stop reading. `context` comes back with reply or fault, exactly once,
   * also after `stop` and where no worker can be started.
   * @param kind what the record is, 1 .. 2^24; chosen by the application
   * @returns the worker that got it
   */
  send(kind: number, context: unknown, bytes: Uint8Array, at: number, end: number, worker?: number): number;
  /** A record without answer. `tag` arrives in the place of the task's id: an int32 the application may use as it likes. */
  sendEvent(kind: number, bytes: Uint8Array, at: number, end: number, worker: number, tag?: number): void;
  /** A control message to `WorkerApp.message`. */
  post(worker: number, message: unknown): void;
  /** Makes sure what was sent is seen: call at the end of a pass. */
  flush(): void;
  /**
   * True: what workers say stays in their rings, so that those that say much wait for room; false: it is taken again.
   * For an owner whose own next room is full. Inline there is nothing to hold back.
   */
  holdBack(on: boolean): void;
  /** Tasks sent and not answered. */
  readonly inFlight: number;
  stats(): PoolStats;
  /**
   * Waits for what is in flight, at most `graceMs`, then ends the workers; what they still owed comes back as fault. A
   * start that is under way fails. Every call resolves when all has ended.
   */
  stop(graceMs: number): Promise<void>;
}
