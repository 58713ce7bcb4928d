import { type ScriptErrorData, ScriptRuntimeError } from './errors.js';
import type { Pool, PoolHandlers, PoolStats } from './pool.js';
import type { EngineHost, LogLevel } from './runtime.js';
import { Seat } from './seat.js';
import { StartProgress } from './start-progress.js';
import { ClockWatch, WatchedHost } from './watched-host.js';
import type { WorkerApp, WorkerAppFactory, WorkerPort } from './worker-app.js';

/** Options of {@link createInlinePool}. */
export interface InlinePoolOptions {
  readonly createApp: WorkerAppFactory;
  readonly data: unknown;
  /** Longest uninterrupted stretch of script code in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
  /** The same while files load. Default 10 000. */
  readonly loadTimeoutMs?: number;
  /** When the log says what a start waits for; again whenever that time has doubled. Default 5000. */
  readonly startNoticeMs?: number;
}

/**
 * A pool of one worker that is the calling thread: for debugging and tests. A script that does not come back and
 * cannot be interrupted blocks the caller, which no watchdog can end.
 */
export function createInlinePool(options: InlinePoolOptions, handlers: PoolHandlers): Pool {
  return new InlinePool(options, handlers);
}

/** How often a start is looked at. */
const LOOK_MS = 50;

const NOT_RUNNING: ScriptErrorData = { code: 'POOL_ERR_STOPPED', message: 'The pool is not running' };

class InlinePool implements Pool {
  readonly size = 1;
  private readonly options: InlinePoolOptions;
  private readonly handlers: PoolHandlers;
  private readonly seat = new Seat(() => {});
  private app: WorkerApp | undefined;
  private tasks = 0;
  private faults = 0;
  private stopped: Promise<void> | undefined;
  private ended = false;
  private inPass = false;
  private endScheduled = false;
  private idle: (() => void) | undefined;

  constructor(options: InlinePoolOptions, handlers: PoolHandlers) {
    this.options = options;
    this.handlers = handlers;
  }

  async start(): Promise<readonly unknown[]> {
    this.refuseStopped();
    const port = new InlinePort(this, this.handlers, this.options.timeoutMs ?? 1000);
    const progress = new StartProgress(
      (level, message) => this.handlers.log(level, message),
      this.options.startNoticeMs,
    );
    // Only what waits can be told of: nothing else runs while a script computes.
    const timer = setInterval(() => progress.look([{ runner: port.present }], performance.now()), LOOK_MS).unref();
    try {
      port.watch.timeoutMs = this.options.loadTimeoutMs ?? 10_000;
      const app = await this.options.createApp(port, this.options.data);
      this.refuseStopped();
      this.app = app;
      const report = await app.start();
      this.refuseStopped();
      port.watch.timeoutMs = port.timeoutMs;
      return [report];
    } catch (error) {
      throw error instanceof ScriptRuntimeError ? error : new ScriptRuntimeError(ScriptRuntimeError.dataOf(error));
    } finally {
      clearInterval(timer);
    }
  }

  private refuseStopped(): void {
    if (this.stopped !== undefined) {
      throw new ScriptRuntimeError({ code: 'POOL_ERR_STOPPED', message: 'The pool is stopped' });
    }
  }

  send(kind: number, context: unknown, bytes: Uint8Array, at: number, end: number): number {
    this.tasks++;
    if (this.app === undefined || this.ended) {
      queueMicrotask(() => this.fail(kind, context, NOT_RUNNING));
      return 0;
    }
    const id = this.seat.take(kind, context);
    const error = this.handle(this.app, kind, id, bytes, at, end);
    if (error !== undefined && this.seat.isOpen(id)) {
      this.seat.give(id);
      queueMicrotask(() => this.fail(kind, context, error));
    }
    return 0;
  }

  sendEvent(kind: number, bytes: Uint8Array, at: number, end: number, _worker: number, tag = 0): void {
    if (this.app !== undefined && !this.ended) this.handle(this.app, kind, tag, bytes, at, end);
  }

  /** What would be the end of a thread: an application that throws. */
  private handle(
    app: WorkerApp,
    kind: number,
    id: number,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): ScriptErrorData | undefined {
    this.inPass = true;
    try {
      app.handle(kind, id, bytes, at, end);
      return undefined;
    } catch (thrown) {
      const { code, message, traceback } = ScriptRuntimeError.dataOf(thrown);
      this.handlers.log('error', `The application cannot handle a record: ${message}`, { code, traceback });
      return { code: 'POOL_ERR_WORKER_LOST', message };
    }
  }

  post(_worker: number, message: unknown): void {
    this.app?.message?.(message);
  }

  flush(): void {
    if (!this.ended) this.app?.passEnd();
    this.inPass = false;
    this.guarded(() => this.handlers.passEnd());
    this.noteIdle();
  }

  holdBack(): void {}

  /** The application's answer; outside a pass (a script that waited) the pass ends with the microtasks. */
  answer(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    if (id === 0) this.guarded(() => this.handlers.event(0, kind, bytes, at, end));
    else this.guarded(() => this.handlers.reply(this.seat.give(id), kind, bytes, at, end));
    if (!this.inPass && !this.endScheduled) {
      this.endScheduled = true;
      queueMicrotask(() => {
        this.endScheduled = false;
        this.guarded(() => this.handlers.passEnd());
        this.noteIdle();
      });
    }
  }

  /** A handler of the owner that throws costs its record, not the script that answered. */
  private guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      const { code, message, traceback } = ScriptRuntimeError.dataOf(error);
      this.handlers.log('error', `Cannot handle what a worker sent: ${message}`, { code, traceback });
    }
  }

  private fail(kind: number, context: unknown, error: ScriptErrorData): void {
    this.faults++;
    this.guarded(() => this.handlers.fault(context, kind, error));
    this.guarded(() => this.handlers.passEnd());
  }

  get inFlight(): number {
    return this.seat.inFlight;
  }

  stats(): PoolStats {
    return {
      workers: [{ state: this.app === undefined ? 'idle' : 'started', inFlight: this.inFlight, restarts: 0 }],
      tasks: this.tasks,
      faults: this.faults,
      queued: 0,
    };
  }

  private noteIdle(): void {
    if (this.inFlight === 0) this.idle?.();
  }

  stop(graceMs: number): Promise<void> {
    this.stopped ??= this.end(graceMs);
    return this.stopped;
  }

  private async end(graceMs: number): Promise<void> {
    if (this.inFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await this.app?.stop();
    this.ended = true;
    for (const { kind, context } of this.seat.abandon()) this.fail(kind, context, NOT_RUNNING);
  }
}

class InlinePort implements WorkerPort {
  readonly worker = 0;
  readonly ticks = 0;
  readonly timeoutMs: number;
  private readonly pool: InlinePool;
  private readonly handlers: PoolHandlers;
  readonly watch: ClockWatch;
  /** The start. */
  readonly present = { state: 'starting', step: 'the application', startedAt: performance.now() };

  constructor(pool: InlinePool, handlers: PoolHandlers, timeoutMs: number) {
    this.pool = pool;
    this.handlers = handlers;
    this.timeoutMs = timeoutMs;
    this.watch = new ClockWatch(timeoutMs);
  }

  reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    this.pool.answer(id, kind, bytes, at, end);
  }

  /** Replies are not kept back here. */
  publish(): void {}

  /** Nobody could tell what hangs here. */
  name(): number {
    return 0;
  }

  step(text: string): void {
    this.present.step = text;
  }

  post(message: unknown): void {
    this.handlers.message?.(0, message);
  }

  async call(message: unknown): Promise<unknown> {
    return this.handlers.call?.(0, message);
  }

  callSync(message: unknown): unknown {
    const value = this.handlers.call?.(0, message);
    if (value instanceof Promise) {
      throw new ScriptRuntimeError({
        code: 'SCRIPT_ERR_UNSUPPORTED',
        message: 'a script that runs inline (-d) cannot block the thread it shares with the server',
      });
    }
    return value;
  }

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.handlers.log(level, message, fields);
  }

  /** There is no thread that could end, and the owner's stays. */
  giveUp(error: Error): void {
    this.handlers.log('error', `Scripts cannot run any more: ${error.message}`);
  }

  /** The calling thread serves its event loop anyway. */
  hold(): void {}

  release(): void {}

  createEngineHost(): EngineHost {
    return new WatchedHost(this, this.watch);
  }
}
