import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ScriptErrorData } from './errors.js';
import { answerCalls } from './owner-calls.js';
import {
  INTERRUPT_BYTE_OFFSET,
  WATCH_BYTES,
  Watch,
  type WorkerRequest,
  type WorkerResponse,
  type WorkerStart,
} from './protocol.js';
import { RecordReceiver, RecordSender } from './record-channel.js';
import { createRingMemory, type RecordHandler } from './ring.js';
import type { LogLevel } from './runtime.js';

/** The life of one worker thread, in order; `stopped` is final, a successor is a new runner. */
export type RunnerState = 'idle' | 'starting' | 'started' | 'stopping' | 'stopped';

export interface RunnerOptions {
  readonly worker: number;
  readonly entry: URL;
  readonly data: unknown;
  readonly timeoutMs: number;
  /** Longest stretch of script code while the worker starts. */
  readonly loadTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly ringBytes: number;
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number };
}

export interface RunnerHandlers {
  record: RecordHandler;
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  message(message: unknown): void;
  call(message: unknown): unknown | Promise<unknown>;
  /** The doorbell rang: call `receiver.drain()`, then `arm()`. */
  rung(): void;
  /** The thread ended without being asked to. */
  lost(error: ScriptErrorData): void;
}

/** One worker thread: start, records both ways, watchdog, stop. */
export class Runner {
  state: RunnerState = 'idle';
  readonly sender: RecordSender;
  readonly receiver: RecordReceiver;
  private readonly options: RunnerOptions;
  private readonly handlers: RunnerHandlers;
  private readonly watch = new SharedArrayBuffer(WATCH_BYTES);
  private readonly words = new Int32Array(this.watch);
  private readonly interruptByte = new Uint8Array(this.watch, INTERRUPT_BYTE_OFFSET, 1);
  private readonly port: MessagePort;
  private readonly calls: MessagePort;
  private readonly start_: WorkerStart;
  private readonly transfer: MessagePort[];
  private thread: Worker | undefined;
  private onStopped: (() => void) | undefined;
  private seenSequence = 0;
  private seenSince = 0;

  constructor(options: RunnerOptions, handlers: RunnerHandlers) {
    this.options = options;
    this.handlers = handlers;
    const control = new MessageChannel();
    const calls = new MessageChannel();
    const bulkIn = new MessageChannel();
    const bulkOut = new MessageChannel();
    const inbox = createRingMemory(options.ringBytes);
    const outbox = createRingMemory(options.ringBytes);
    this.port = control.port1;
    this.calls = calls.port1;
    answerCalls(this.calls, this.watch, (message) => handlers.call(message));
    this.calls.unref();
    this.sender = new RecordSender({ memory: inbox, port: bulkIn.port1 });
    this.receiver = new RecordReceiver({ memory: outbox, port: bulkOut.port1 }, handlers.record);
    this.transfer = [control.port2, calls.port2, bulkIn.port2, bulkOut.port2];
    this.start_ = {
      worker: options.worker,
      watch: this.watch,
      inbox: { memory: inbox, port: bulkIn.port2 },
      outbox: { memory: outbox, port: bulkOut.port2 },
      port: control.port2,
      calls: calls.port2,
      timeoutMs: options.timeoutMs,
      data: options.data,
    };
  }

  /** Starts the thread; resolves with the application's report, rejects with a {@link ScriptErrorData}. */
  start(): Promise<unknown> {
    this.state = 'starting';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        fail({
          code: 'POOL_ERR_START',
          message: `Worker ${this.options.worker} did not start within ${this.options.startTimeoutMs} ms`,
        });
        void this.kill();
      }, this.options.startTimeoutMs);
      const settle = (): void => clearTimeout(timer);
      const fail = (error: ScriptErrorData): void => {
        settle();
        reject(error);
      };
      const take = (response: WorkerResponse): void => {
        if (response.type === 'started') {
          settle();
          this.state = 'started';
          resolve(response.report);
          this.arm();
        } else if (response.type === 'failed') {
          this.state = 'stopped';
          fail(response.error);
          void this.thread?.terminate();
        } else this.onResponse(response);
      };
      this.port.on('message', take);
      const { resourceLimits } = this.options;
      const thread = new Worker(this.options.entry, {
        workerData: this.start_,
        transferList: this.transfer,
        name: `offload-worker-${this.options.worker}`,
        ...(resourceLimits === undefined ? {} : { resourceLimits }),
      });
      this.thread = thread;
      let failure: Error | undefined;
      thread.on('error', (error) => {
        failure = error as Error;
      });
      thread.on('exit', (code) => {
        // The end of a thread overtakes what it said last: its reason to fail may still be in the port.
        for (;;) {
          const last = receiveMessageOnPort(this.port) as { message: WorkerResponse } | undefined;
          if (last === undefined) break;
          take(last.message);
        }
        this.onExit(code, failure, fail);
      });
    });
  }

  private onExit(code: number, failure: Error | undefined, failStart: (error: ScriptErrorData) => void): void {
    const before = this.state;
    this.state = 'stopped';
    this.port.close();
    this.calls.close();
    this.onStopped?.();
    const error: ScriptErrorData = {
      code: 'POOL_ERR_WORKER_LOST',
      message: `Worker ${this.options.worker} ended unexpectedly (exit ${code}): ${failure?.message ?? 'no error reported'}`,
      ...(failure?.stack === undefined ? {} : { traceback: failure.stack }),
    };
    if (before === 'starting') failStart(error);
    else if (before === 'started') this.handlers.lost(error);
  }

  private onResponse(response: WorkerResponse): void {
    if (response.type === 'log') this.handlers.log(response.level, response.message, response.fields);
    else if (response.type === 'app') this.handlers.message(response.message);
  }

  /** Asks for the doorbell of the ring back. */
  arm(): void {
    const rung = this.receiver.ring.sleepAsync();
    if (rung === undefined) queueMicrotask(() => this.handlers.rung());
    else void rung.then(() => this.handlers.rung());
  }

  /** A control message; wakes the worker if it sleeps. */
  request(request: WorkerRequest): void {
    this.port.postMessage(request);
    Atomics.store(this.words, Watch.Control, 1);
    this.sender.ring.wake();
  }

  /**
   * Looks whether the worker is stuck in one stretch of script code. Past the deadline it is interrupted; past
   * deadline and `graceMs` it counts as hung.
   * @returns true when it is hung and must be replaced
   */
  checkDeadline(now: number, graceMs: number): boolean {
    const sequence = Atomics.load(this.words, Watch.Sequence);
    if (Atomics.load(this.words, Watch.Busy) === 0 || sequence !== this.seenSequence) {
      this.seenSequence = sequence;
      this.seenSince = now;
      this.interruptByte[0] = 0;
      return false;
    }
    const elapsed = now - this.seenSince;
    const limit = this.state === 'starting' ? this.options.loadTimeoutMs : this.options.timeoutMs;
    if (elapsed < limit) return false;
    if (elapsed < limit + graceMs) {
      Atomics.store(this.words, Watch.Interrupt, sequence);
      this.interruptByte[0] = 2;
      return false;
    }
    return true;
  }

  /** Ends the thread in order; by force after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.state !== 'started') return this.kill();
    this.state = 'stopping';
    const ended = new Promise<void>((resolve) => {
      this.onStopped = resolve;
    });
    this.request({ type: 'stop' });
    const timer = setTimeout(() => void this.thread?.terminate(), timeoutMs);
    await ended;
    clearTimeout(timer);
  }

  /** Ends the thread at once. */
  async kill(): Promise<void> {
    if (this.state !== 'stopped') this.state = 'stopping';
    await this.thread?.terminate();
    this.state = 'stopped';
    this.port.close();
    this.calls.close();
  }
}
