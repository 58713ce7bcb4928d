import type { EngineHost, LogLevel } from './runtime.js';
import type { Subject } from './subjects.js';

/**
 * What the application runs in each worker of a pool: it receives task records and answers each exactly once. The
 * pool knows nothing of what the bytes mean.
 */
export interface WorkerApp {
  /** Loads everything. What it resolves with goes to the pool's `start`; a rejection stops the start. */
  start(): Promise<unknown>;
  /**
   * One record; `id` is the task's, or the tag of an event. `bytes` from `at` to `end` is only valid during the call. Must
   * not throw.
   */
  handle(kind: number, id: number, bytes: Uint8Array, at: number, end: number): void;
  /** The pass over the ring is over: run what was batched. */
  passEnd(): void;
  /** A message from `Pool.post`. */
  message?(message: unknown): void;
  stop(): Promise<void>;
}

/** What a {@link WorkerApp} may use of its worker. */
export interface WorkerPort {
  /** Index of the worker, 0 .. n-1. */
  readonly worker: number;
  /** Longest uninterrupted stretch of script code in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Goes on every 5 to 50 ms, whatever this thread does: tells what takes long without a clock. Stands still where nobody
   * watches, in the calling thread.
   */
  readonly ticks: number;
  /** Answers the task `id`; id 0 is an event of no task. Blocks while the ring back is full. */
  reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void;
  /** Shows the pool what was replied so far: for code that stays in one call for long. */
  publish(): void;
  /** Gives something scripts run for a number, for `ScriptCall.subject`. Cheap where it is done once, at the start. */
  name(subject: Subject): number;
  /** What the start waits for from now on, as a noun: the log says so where that takes long. */
  step(text: string): void;
  /** A control message to the pool's `message` handler (structured clone, no hot path). */
  post(message: unknown): void;
  /** Asks the pool's owner (`PoolHandlers.call`); the thread goes on. The caller holds while it waits. */
  call(message: unknown): Promise<unknown>;
  /** The same, blocking this thread until the answer is there or the running script is past its deadline. */
  callSync(message: unknown): unknown;
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Something asynchronous is under way / has ended: while any is, the thread serves its event loop. */
  hold(): void;
  release(): void;
  /** A host for one engine of this worker. */
  createEngineHost(): EngineHost;
}

/** Makes the application of one worker. `data` is what the pool was given. */
export type WorkerAppFactory = (port: WorkerPort, data: unknown) => WorkerApp | Promise<WorkerApp>;
