import type { RunnerOptions } from './runner.js';

/** Options of {@link createThreadPool}; times in milliseconds, sizes in bytes. */
export interface ThreadPoolOptions {
  /** Number of threads, at least 1. */
  readonly workers: number;
  /** Module that calls `runWorker`. */
  readonly entry: URL;
  /** Given to every worker's application (structured clone). */
  readonly data: unknown;
  /** Longest uninterrupted stretch of script code. Default 1000. */
  readonly timeoutMs?: number;
  /** How long an interrupted script may go on before its thread is replaced. Default 500. */
  readonly graceMs?: number;
  /** Longest uninterrupted stretch of script code while files load. Default 10 000. */
  readonly loadTimeoutMs?: number;
  /** Longest start of one worker, loading included. Default 60 000. */
  readonly startTimeoutMs?: number;
  /** When the log says what a start waits for; again whenever that time has doubled. Default 5000. */
  readonly startNoticeMs?: number;
  /** Each of the two rings per worker; a power of two. Default 1 MiB. */
  readonly ringBytes?: number;
  /** V8 heap limit per worker in MB; the default is V8's own. */
  readonly maxHeapMb?: number;
}

export const DEFAULT_TIMEOUT_MS = 1000;
export const DEFAULT_GRACE_MS = 500;
export const DEFAULT_RING_BYTES = 1 << 20;

/** What the runner of one worker is made with. */
export function runnerOptions(options: ThreadPoolOptions, worker: number): RunnerOptions {
  const { entry, data, maxHeapMb } = options;
  return {
    worker,
    entry,
    data,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    loadTimeoutMs: options.loadTimeoutMs ?? 10_000,
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    ringBytes: options.ringBytes ?? DEFAULT_RING_BYTES,
    ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  };
}
