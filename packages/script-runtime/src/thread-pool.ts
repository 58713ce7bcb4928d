import { type ScriptErrorData, ScriptRuntimeError } from './errors.js';
import { runGuarded } from './guarded.js';
import { HeldBack } from './held-back.js';
import { Lookout } from './lookout.js';
import { ANY_WORKER, type Pool, type PoolHandlers, type PoolStats } from './pool.js';
import { Runner } from './runner.js';
import { chooseSeat, type Orphan, Seat } from './seat.js';
import { StartProgress } from './start-progress.js';
import {
  DEFAULT_GRACE_MS,
  DEFAULT_RING_BYTES,
  DEFAULT_TIMEOUT_MS,
  runnerOptions,
  type ThreadPoolOptions,
} from './thread-pool-options.js';

const STOPPED: ScriptErrorData = { code: 'POOL_ERR_STOPPED', message: 'The pool is stopped' };

/** A pool of worker threads behind rings of shared memory (architecture.md 2). */
export function createThreadPool(options: ThreadPoolOptions, handlers: PoolHandlers): Pool {
  return new ThreadPool(options, handlers);
}

class ThreadPool implements Pool {
  readonly size: number;
  private readonly options: ThreadPoolOptions;
  private readonly handlers: PoolHandlers;
  private readonly seats: Seat[] = [];
  private readonly timeoutMs: number;
  private readonly graceMs: number;
  private watchdog: NodeJS.Timeout | undefined;
  private readonly lookout: Lookout;
  private readonly heldBack = new HeldBack();
  private readonly progress: StartProgress;
  private queued = 0;
  private tasks = 0;
  private faults = 0;
  /** No worker is replaced any more. */
  private stopping = false;
  private stopped: Promise<void> | undefined;
  private ended = false;
  private idle: (() => void) | undefined;

  constructor(options: ThreadPoolOptions, handlers: PoolHandlers) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`Cannot create pool: workers is ${options.workers}, must be a whole number of at least 1`);
    }
    this.options = options;
    this.handlers = handlers;
    this.size = options.workers;
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.graceMs = options.graceMs ?? DEFAULT_GRACE_MS;
    const { ringBytes = DEFAULT_RING_BYTES } = options;
    this.progress = new StartProgress(handlers.log, options.startNoticeMs);
    this.lookout = new Lookout({ drain: (seat, runner) => this.take(seat, runner), passEnd: () => this.passEnd() });
    for (let i = 0; i < options.workers; i++) this.seats.push(new Seat((count) => this.unqueue(count), ringBytes));
  }

  async start(): Promise<readonly unknown[]> {
    if (this.stopped !== undefined) throw new ScriptRuntimeError(STOPPED);
    const tick = Math.max(5, Math.min(50, this.timeoutMs / 5));
    this.watchdog = setInterval(() => this.watch(), tick).unref();
    const results = await Promise.allSettled(this.seats.map((seat, i) => this.startRunner(seat, i)));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed === undefined) return results.map((r) => (r as PromiseFulfilledResult<unknown>).value);
    const error = ScriptRuntimeError.isData(failed.reason) ? failed.reason : ScriptRuntimeError.dataOf(failed.reason);
    this.stopping = true;
    clearInterval(this.watchdog);
    await Promise.all(this.seats.map(({ runner }) => runner?.kill()));
    this.end(error);
    throw new ScriptRuntimeError(error);
  }

  private async startRunner(seat: Seat, worker: number): Promise<unknown> {
    const runner: Runner = new Runner(runnerOptions(this.options, worker), {
      record: (kind, id, bytes, at, end) => {
        if (id === 0) this.handlers.event(worker, kind, bytes, at, end);
        else this.handlers.reply(seat.give(id), kind, bytes, at, end);
      },
      rung: () => this.onRung(seat, runner),
      log: (level, message, fields) => this.handlers.log(level, message, { worker, ...fields }),
      message: (message) => {
        seat.pause.proven();
        this.handlers.message?.(worker, message);
      },
      call: (message) => this.handlers.call?.(worker, message),
      lost: (error) => this.replace(seat, worker, error),
    });
    seat.runner = runner;
    const report = await runner.start();
    // What it said as it started proves nothing.
    this.take(seat, runner);
    this.passEnd();
    seat.pause.started(performance.now());
    return report;
  }

  private onRung(seat: Seat, runner: Runner): void {
    if (seat.runner !== runner || runner.state === 'stopped' || this.heldBack.keeps(seat, runner)) return;
    this.take(seat, runner);
    this.passEnd();
    runner.arm();
  }

  holdBack(on: boolean): void {
    this.heldBack.set(on, (seat, runner) => this.onRung(seat, runner));
  }

  private take(seat: Seat, runner: Runner): number {
    const count = this.drain(runner);
    if (count > 0) {
      seat.movedAt = performance.now();
      seat.pause.proven();
    }
    seat.refill();
    return count;
  }

  private passEnd(): void {
    this.guarded(() => this.handlers.passEnd());
    if (this.idle !== undefined && this.inFlight === 0) this.idle();
  }

  /** Hands over all answers that are there. A handler that throws costs its record, not the pool. */
  private drain(runner: Runner): number {
    let count = 0;
    const drain = (): void => {
      count += runner.receiver.drain();
    };
    while (!this.guarded(drain)) count++;
    return count;
  }

  private guarded(run: () => void): boolean {
    return runGuarded(run, this.handlers.log);
  }

  send(
    kind: number,
    context: unknown,
    bytes: Uint8Array,
    at: number,
    end: number,
    worker: number = ANY_WORKER,
  ): number {
    // One worker needs no clock.
    const now = this.size > 1 ? performance.now() : 0;
    const index = worker === ANY_WORKER ? chooseSeat(this.seats, now, this.lookout.isQuick) : worker;
    const seat = this.seats[index];
    if (seat.inFlight === 0) seat.movedAt = now;
    this.tasks++;
    if (this.ended || (seat.pause.isDoubtful && !seat.isReady)) this.refuse(index, kind, context);
    else this.put(seat, kind, seat.take(kind, context), bytes, at, end);
    return index;
  }

  sendEvent(kind: number, bytes: Uint8Array, at: number, end: number, worker: number, tag = 0): void {
    if (!this.ended) this.put(this.seats[worker], kind, tag, bytes, at, end);
  }

  private put(seat: Seat, kind: number, id: number, bytes: Uint8Array, at: number, end: number): void {
    if (!seat.put(kind, id, bytes, at, end) && this.queued++ === 0) this.handlers.congested(true);
  }

  /** Nobody is there to take the task, and maybe nobody will ever be: its fault comes at once, but not in this call. */
  private refuse(worker: number, kind: number, context: unknown): void {
    const error: ScriptErrorData = this.ended
      ? STOPPED
      : { code: 'POOL_ERR_WORKER_LOST', message: `Worker ${worker} is gone and its successor cannot start` };
    queueMicrotask(() => this.fail([{ kind, context }], error));
  }

  private unqueue(count: number): void {
    this.queued -= count;
    if (count > 0 && this.queued === 0) this.handlers.congested(false);
  }

  flush(): void {
    for (const seat of this.seats) {
      const { runner } = seat;
      if (runner === undefined || !runner.sender.ring.unpublished) continue;
      if (seat.isReady && !this.heldBack.on) this.lookout.expect(seat, runner);
      runner.sender.ring.publish();
    }
  }

  post(worker: number, message: unknown): void {
    this.seats[worker].runner?.request({ type: 'app', message });
  }

  private watch(): void {
    const now = performance.now();
    this.progress.look(this.seats, now);
    for (let i = 0; i < this.seats.length; i++) {
      const seat = this.seats[i];
      const { runner } = seat;
      if (runner === undefined || runner.state === 'idle' || runner.state === 'stopped') continue;
      // A start that hangs is ended by its own time limit, with its own error.
      if (!runner.checkDeadline(now, this.graceMs) || runner.state === 'starting') continue;
      const error = runner.hungError(this.graceMs);
      void runner.kill();
      this.replace(seat, i, error);
    }
  }

  /** Answers what the lost worker held with an error, and only that; starts a successor. */
  private replace(seat: Seat, worker: number, error: ScriptErrorData): void {
    const delayMs = this.stopping ? 0 : seat.pause.lost(performance.now());
    const again = delayMs > 0 ? `, again soon after its start; next try in ${delayMs} ms` : '';
    this.abandon(seat, worker, { ...error, message: error.message + again });
    this.restart(seat, worker, delayMs);
  }

  private abandon(seat: Seat, worker: number, error: ScriptErrorData): void {
    const { code, message, script } = error;
    this.handlers.log('error', message, { worker, code, ...(script && { script }), inFlight: seat.inFlight });
    this.guarded(() => this.handlers.workerChanged?.(worker, 'lost'));
    // Answers that were already in the ring are good; a payload that was still in the dead thread's port is not.
    if (seat.runner !== undefined) this.drain(seat.runner);
    this.fail(seat.abandon(), error);
  }

  private fail(orphans: readonly Orphan[], error: ScriptErrorData): void {
    for (const { kind, context } of orphans) {
      this.faults++;
      this.guarded(() => this.handlers.fault(context, kind, error));
    }
    this.passEnd();
  }

  private restart(seat: Seat, worker: number, delayMs: number): void {
    if (this.stopping) return;
    if (delayMs > 0) {
      setTimeout(() => this.restart(seat, worker, 0), delayMs).unref();
      return;
    }
    seat.restarts++;
    this.startRunner(seat, worker).then(
      () => {
        this.handlers.log('info', `Worker ${worker} replaced`, { worker });
        this.guarded(() => this.handlers.workerChanged?.(worker, 'ready'));
      },
      (error: unknown) => {
        if (this.stopping) return;
        const data = ScriptRuntimeError.isData(error) ? error : ScriptRuntimeError.dataOf(error);
        const next = seat.pause.failed();
        const message = `Worker ${worker} cannot start, next try in ${next} ms: ${data.message}`;
        this.abandon(seat, worker, { ...data, message });
        this.restart(seat, worker, next);
      },
    );
  }

  get inFlight(): number {
    return this.seats.reduce((sum, seat) => sum + seat.inFlight, 0);
  }

  stats(): PoolStats {
    return {
      workers: this.seats.map((seat) => seat.stats()),
      tasks: this.tasks,
      faults: this.faults,
      queued: this.queued,
    };
  }

  stop(graceMs: number): Promise<void> {
    this.stopped ??= this.stopAll(graceMs);
    return this.stopped;
  }

  private async stopAll(graceMs: number): Promise<void> {
    this.stopping = true;
    this.flush();
    if (this.inFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    // What scripts do at their end has its deadline, too: where that comes in time, it is waited for.
    const lastMs = Math.max(1000, this.graceMs, this.timeoutMs <= graceMs ? graceMs : 0);
    await Promise.all(this.seats.map((seat) => seat.runner?.stop(lastMs)));
    clearInterval(this.watchdog);
    this.end({ code: 'POOL_ERR_STOPPED', message: 'The pool was stopped with tasks in flight' });
  }

  /** All threads have ended: takes their last words, and fails what they still owed. */
  private end(error: ScriptErrorData): void {
    if (this.ended) return;
    this.ended = true;
    for (const seat of this.seats) {
      if (seat.runner !== undefined) this.drain(seat.runner);
      this.fail(seat.abandon(), error);
    }
  }
}
