import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ScriptErrorData } from './errors.js';
import { LogWindow } from './log-window.js';
import { endedError, hungError } from './lost-worker.js';
import { answerCalls } from './owner-calls.js';
import { WATCH_BYTES, Watch, type WorkerRequest, type WorkerResponse, type WorkerStart } from './protocol.js';
import { RecordReceiver, RecordSender } from './record-channel.js';
import { createRingMemory, type RecordHandler } from './ring.js';
import type { LogLevel } from './runtime.js';
import { Subjects } from './subjects.js';

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

/** So often in a row records are looked at again at once before the event loop turns. */
const MAX_EAGER = 8;

/** One worker thread: start, records both ways, watchdog, stop. */
export class Runner {
  state: RunnerState = 'idle';
  /** What its start waits for, and since when it is under way, by `performance.now()`. */
  step = 'its thread';
  startedAt = 0;
  readonly sender: RecordSender;
  readonly receiver: RecordReceiver;
  private readonly options: RunnerOptions;
  private readonly handlers: RunnerHandlers;
  private readonly watch = new SharedArrayBuffer(WATCH_BYTES);
  private readonly words = new Int32Array(this.watch);
  private readonly logWindow = new LogWindow(this.watch);
  private readonly subjects = new Subjects(this.watch);
  private readonly port: MessagePort;
  private readonly calls: MessagePort;
  /** What the thread is given. */
  readonly init: WorkerStart;
  private readonly transfer: MessagePort[];
  private thread: Worker | undefined;
  private onStopped: (() => void) | undefined;
  private failStart: (error: ScriptErrorData) => void = () => {};
  private eager = 0;
  private seenSequence = 0;
  private seenSince = 0;
  private interruptedAt: number | undefined;

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
    this.init = {
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
    this.startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        fail({
          code: 'POOL_ERR_START',
          message: `Worker ${this.options.worker} did not start within ${this.options.startTimeoutMs} ms: it waits for ${this.step}`,
        });
        void this.kill();
      }, this.options.startTimeoutMs);
      const fail = (error: ScriptErrorData): void => {
        clearTimeout(timer);
        reject(error);
      };
      this.failStart = fail;
      const take = (response: WorkerResponse): void => {
        if (response.type !== 'started' && response.type !== 'failed') {
          this.onResponse(response);
        } else if (this.state !== 'starting') {
          // It was given up meanwhile.
        } else if (response.type === 'started') {
          clearTimeout(timer);
          this.state = 'started';
          resolve(response.report);
        } else {
          this.state = 'stopped';
          fail(response.error);
          void this.endThread();
        }
      };
      this.port.on('message', take);
      let thread: Worker;
      try {
        thread = this.startThread();
      } catch (error) {
        const { worker } = this.options;
        fail({ code: 'POOL_ERR_START', message: `Cannot start worker ${worker}: ${(error as Error).message}` });
        void this.kill();
        return;
      }
      this.thread = thread;
      // From now on: scripts that load may say more than the ring back holds.
      this.arm();
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
        this.tellLoss();
        this.onExit(code, failure);
      });
    });
  }

  /** Throws what Node does not take: data that cannot be cloned, a thread too many. */
  private startThread(): Worker {
    const { entry, worker, resourceLimits } = this.options;
    return new Worker(entry, {
      workerData: this.init,
      transferList: this.transfer,
      name: `offload-worker-${worker}`,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
  }

  private onExit(code: number, failure: Error | undefined): void {
    const before = this.state;
    this.state = 'stopped';
    this.port.close();
    this.calls.close();
    this.onStopped?.();
    const error = endedError(this.options.worker, code, failure, this.subjects.running);
    if (before === 'starting') this.failStart(error);
    else if (before === 'started') this.handlers.lost(error);
  }

  private onResponse(response: WorkerResponse): void {
    if (response.type === 'app') this.handlers.message(response.message);
    if (response.type === 'step') this.step = response.text;
    if (response.type === 'subject') this.subjects.add(response.subject);
    if (response.type !== 'log') return;
    const { level, message, fields } = response;
    const isLast = this.logWindow.leave(message);
    this.handlers.log(level, message, fields);
    if (isLast) this.tellLoss();
  }

  /** A worker that says nothing more does not tell what it could not say. */
  private tellLoss(): void {
    const loss = this.logWindow.takeLossText();
    if (loss !== undefined) this.handlers.log('warn', loss);
  }

  /** Asks for the doorbell of the ring back. */
  arm(): void {
    const rung = this.receiver.ring.sleepAsync();
    const answer = (): void => this.handlers.rung();
    if (rung !== undefined) {
      this.eager = 0;
      void rung.then(answer);
    } else if (++this.eager < MAX_EAGER) {
      queueMicrotask(answer);
    } else {
      // A worker that never stops sending must not keep this thread from its sockets and timers.
      this.eager = 0;
      setImmediate(answer);
    }
  }

  /** A control message; wakes the worker if it sleeps. */
  request(request: WorkerRequest): void {
    this.port.postMessage(request);
    Atomics.store(this.words, Watch.Control, 1);
    this.sender.ring.wake();
  }

  /** How long the present stretch of script code may take. */
  private get limitMs(): number {
    const loads = this.state === 'starting' || Atomics.load(this.words, Watch.Loading) !== 0;
    return loads ? this.options.loadTimeoutMs : this.options.timeoutMs;
  }

  /**
   * Looks whether the worker is stuck in one stretch of script code. Past the deadline it is interrupted; when it still
   * has not come back `graceMs` after that, it counts as hung. To be called now and then, at any interval: a script is
   * always interrupted before its thread is given up, however late this call comes.
   * @returns true when it is hung and must be replaced
   */
  checkDeadline(now: number, graceMs: number): boolean {
    Atomics.add(this.words, Watch.Ticks, 1);
    const sequence = Atomics.load(this.words, Watch.Sequence);
    if (Atomics.load(this.words, Watch.Busy) === 0 || sequence !== this.seenSequence) {
      this.seenSequence = sequence;
      this.seenSince = now;
      this.endInterrupt();
      return false;
    }
    if (now - this.seenSince < this.limitMs) return false;
    this.interruptedAt ??= now;
    Atomics.store(this.words, Watch.Interrupt, sequence);
    return now - this.interruptedAt >= graceMs;
  }

  /** The error of one that is hung. */
  hungError(graceMs: number): ScriptErrorData {
    return hungError(this.options.worker, this.limitMs + graceMs, this.subjects.running);
  }

  private endInterrupt(): void {
    if (this.interruptedAt === undefined) return;
    this.interruptedAt = undefined;
    Atomics.store(this.words, Watch.Interrupt, 0);
  }

  /** Ends the thread in order; by force after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.state !== 'started') return this.kill();
    this.state = 'stopping';
    const ended = new Promise<void>((resolve) => {
      this.onStopped = resolve;
    });
    this.request({ type: 'stop' });
    const timer = setTimeout(() => void this.endThread(), timeoutMs);
    await ended;
    clearTimeout(timer);
  }

  /** A thread that waits for another process goes on waiting: that process is ended, too. */
  private async endThread(): Promise<void> {
    const ended = this.thread?.terminate();
    const pid = Atomics.exchange(this.words, Watch.Process, 0);
    if (pid > 0) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    await ended;
  }

  /** Ends the thread at once; what it still says is not heard. */
  async kill(): Promise<void> {
    this.state = 'stopped';
    this.failStart({
      code: 'POOL_ERR_STOPPED',
      message: `Worker ${this.options.worker} was stopped while it started`,
    });
    await this.endThread();
    this.port.close();
    this.calls.close();
  }
}
