import type { MessagePort } from 'node:worker_threads';
import type { ScriptErrorData } from './errors.js';
import type { ChannelEnd } from './record-channel.js';
import type { LogLevel } from './runtime.js';
import type { Subject } from './subjects.js';

/** Words of the shared watch memory of one worker. */
export const Watch = {
  /** Counts stretches of script code; the watchdog compares it between ticks. */
  Sequence: 0,
  /** 1 while script code runs. */
  Busy: 1,
  /** The sequence number that is past its deadline. */
  Interrupt: 2,
  /** 1 when a control message waits in the port. */
  Control: 3,
  /** 1 while the script code that runs may take the time of a start. */
  Loading: 4,
  /** Id of the process the thread is blocked by, 0 for none: the thread only ends once that process does. */
  Process: 5,
  /** Counts the watchdog's looks. */
  Ticks: 6,
  /** What the script code runs for, see `subjects.ts`: a number, 0 for unknown, -1 for all of `SubjectMask`. */
  Subject: 7,
  /** Counts answers to calls, so that a worker can block until one comes. */
  Answers: 8,
  /** Weight of the log lines the pool has not taken yet, see `log-window.ts`. */
  LogWeight: 9,
  /** Log lines that were lost and nobody was told of. */
  LogLost: 10,
  /** A bit for each of several subjects. */
  SubjectMask: 11,
} as const;

/** Bytes of the watch memory. */
export const WATCH_BYTES = 64;

/** `workerData` of a pool's thread. */
export interface WorkerStart {
  readonly worker: number;
  readonly watch: SharedArrayBuffer;
  readonly inbox: ChannelEnd;
  readonly outbox: ChannelEnd;
  readonly port: MessagePort;
  /** Calls from the worker to the pool's owner, and their answers. */
  readonly calls: MessagePort;
  readonly timeoutMs: number;
  /** The application's own data, e.g. which scripts to load. */
  readonly data: unknown;
}

/** Parent to worker. */
export type WorkerRequest = { readonly type: 'stop' } | { readonly type: 'app'; readonly message: unknown };

/** Worker to parent. */
export type WorkerResponse =
  | { readonly type: 'started'; readonly report: unknown }
  | { readonly type: 'failed'; readonly error: ScriptErrorData }
  | { readonly type: 'stopped' }
  /** What its start waits for now. */
  | { readonly type: 'step'; readonly text: string }
  /** What scripts may run for; numbered from 1 in the order they come in. */
  | { readonly type: 'subject'; readonly subject: Subject }
  | { readonly type: 'app'; readonly message: unknown }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    };

/** A call of a worker to the pool's owner. */
export interface OwnerCall {
  readonly id: number;
  readonly message: unknown;
}

/** Its answer. */
export type OwnerAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ScriptErrorData };
