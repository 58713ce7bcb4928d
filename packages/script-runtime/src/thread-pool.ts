import { type ScriptErrorData, ScriptRuntimeError } from './errors.js';
import { Patience } from './patience.js';
import { ANY_WORKER, type Pool, type PoolHandlers, type PoolStats } from './pool.js';
import { Runner } from './runner.js';

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
  /** Each of the two rings per worker; a power of two. Default 1 MiB. */
  readonly ringBytes?: number;
  /** V8 heap limit per worker in MB; the default is V8's own. */
  readonly maxHeapMb?: number;
}

interface Queued {
  readonly kind: number;
  readonly id: number;
  readonly bytes: Uint8Array;
}

const MAX_RESTART_DELAY_MS = 5000;

/** A pool of worker threads behind rings of shared memory (architecture.md 2). */
export function createThreadPool(options: ThreadPoolOptions, handlers: PoolHandlers): Pool {
  return new ThreadPool(options, handlers);
}

/** One place in the pool: the present runner, and what it owes answers for. */
class Seat {
  runner!: Runner;
  inFlight = 0;
  restarts = 0;
  failedStarts = 0;
  /** By task id; 0 is never a task. */
  readonly contexts: unknown[] = [undefined];
  readonly kinds: number[] = [0];
  readonly free: number[] = [];
  queue: Queued[] = [];
  rungAt = 0;

  take(kind: number, context: unknown): number {
    const id = this.free.pop() ?? this.contexts.length;
    this.contexts[id] = context;
    this.kinds[id] = kind;
    this.inFlight++;
    return id;
  }

  give(id: number): unknown {
    const context = this.contexts[id];
    this.contexts[id] = undefined;
    this.kinds[id] = 0;
    this.free.push(id);
    this.inFlight--;
    return context;
  }
}

class ThreadPool implements Pool {
  readonly size: number;
  private readonly options: ThreadPoolOptions;
  private readonly handlers: PoolHandlers;
  private readonly seats: Seat[] = [];
  private readonly timeoutMs: number;
  private readonly graceMs: number;
  private watchdog: NodeJS.Timeout | undefined;
  private readonly patience = new Patience();
  private queued = 0;
  private tasks = 0;
  private faults = 0;
  private stopping = false;
  private idle: (() => void) | undefined;

  constructor(options: ThreadPoolOptions, handlers: PoolHandlers) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`Cannot create pool: workers is ${options.workers}, must be a whole number of at least 1`);
    }
    this.options = options;
    this.handlers = handlers;
    this.size = options.workers;
    this.timeoutMs = options.timeoutMs ?? 1000;
    this.graceMs = options.graceMs ?? 500;
    for (let i = 0; i < options.workers; i++) this.seats.push(new Seat());
  }

  async start(): Promise<readonly unknown[]> {
    const tick = Math.max(5, Math.min(50, this.timeoutMs / 5));
    this.watchdog = setInterval(() => this.watch(), tick);
    this.watchdog.unref();
    const results = await Promise.allSettled(this.seats.map((seat, i) => this.startRunner(seat, i)));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed !== undefined) {
      this.stopping = true;
      clearInterval(this.watchdog);
      await Promise.all(this.seats.map((seat) => seat.runner.kill()));
      throw new ScriptRuntimeError(
        ScriptRuntimeError.isData(failed.reason) ? failed.reason : ScriptRuntimeError.dataOf(failed.reason),
      );
    }
    return results.map((r) => (r as PromiseFulfilledResult<unknown>).value);
  }

  private startRunner(seat: Seat, worker: number): Promise<unknown> {
    const { entry, data, maxHeapMb } = this.options;
    const runner: Runner = new Runner(
      {
        worker,
        entry,
        data,
        timeoutMs: this.timeoutMs,
        loadTimeoutMs: this.options.loadTimeoutMs ?? 10_000,
        startTimeoutMs: this.options.startTimeoutMs ?? 60_000,
        ringBytes: this.options.ringBytes ?? 1 << 20,
        ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
      },
      {
        record: (kind, id, bytes, at, end) => this.onRecord(seat, worker, kind, id, bytes, at, end),
        rung: () => this.onRung(seat, runner),
        log: (level, message, fields) => this.handlers.log(level, message, { worker, ...fields }),
        message: (message) => this.handlers.message?.(worker, message),
        call: (message) => this.handlers.call?.(worker, message),
        lost: (error) => this.replace(seat, worker, error),
      },
    );
    seat.runner = runner;
    return runner.start();
  }

  private onRecord(
    seat: Seat,
    worker: number,
    kind: number,
    id: number,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): void {
    if (id === 0) this.handlers.event(worker, kind, bytes, at, end);
    else this.handlers.reply(seat.give(id), kind, bytes, at, end);
  }

  private onRung(seat: Seat, runner: Runner): void {
    if (seat.runner !== runner || runner.state === 'stopped') return;
    runner.receiver.drain();
    this.refill(seat);
    this.handlers.passEnd();
    runner.arm();
    this.noteIdle();
  }

  send(
    kind: number,
    context: unknown,
    bytes: Uint8Array,
    at: number,
    end: number,
    worker: number = ANY_WORKER,
  ): number {
    const index = worker === ANY_WORKER ? this.pick() : worker;
    const seat = this.seats[index];
    this.tasks++;
    this.put(seat, kind, seat.take(kind, context), bytes, at, end);
    return index;
  }

  sendEvent(kind: number, bytes: Uint8Array, at: number, end: number, worker: number, tag = 0): void {
    this.put(this.seats[worker], kind, tag, bytes, at, end);
  }

  private put(seat: Seat, kind: number, id: number, bytes: Uint8Array, at: number, end: number): void {
    const ready = seat.queue.length === 0 && seat.runner.state === 'started';
    if (ready && seat.runner.sender.send(kind, id, bytes, at, end)) return;
    seat.queue.push({ kind, id, bytes: bytes.slice(at, end) });
    if (this.queued++ === 0) this.handlers.congested(true);
  }

  private pick(): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.seats.length; i++) {
      const seat = this.seats[i];
      const load = seat.runner.state === 'started' ? seat.inFlight : seat.inFlight + 1e9;
      if (load < least) {
        least = load;
        best = i;
      }
    }
    return best;
  }

  private refill(seat: Seat): void {
    if (seat.queue.length === 0 || seat.runner.state !== 'started') return;
    let sent = 0;
    for (const { kind, id, bytes } of seat.queue) {
      if (!seat.runner.sender.send(kind, id, bytes, 0, bytes.length)) break;
      sent++;
    }
    if (sent === 0) return;
    seat.queue = seat.queue.slice(sent);
    this.unqueue(sent);
    seat.runner.sender.ring.publish();
  }

  private unqueue(count: number): void {
    if (count === 0) return;
    this.queued -= count;
    if (this.queued === 0) this.handlers.congested(false);
  }

  flush(): void {
    let waitFor: Seat | undefined;
    for (const seat of this.seats) {
      if (!seat.runner.sender.ring.unpublished) continue;
      // Before the worker is woken, so that it does not ring for an answer that is looked for anyway.
      if (waitFor === undefined && this.patience.worthIt(seat.inFlight)) {
        waitFor = seat;
        seat.runner.receiver.ring.mute();
      }
      seat.runner.sender.ring.publish();
    }
    if (waitFor !== undefined) this.lookFor(waitFor);
  }

  /** Waits a moment for the answers of one worker with open eyes: cheaper than to fall asleep and be woken. */
  private lookFor({ runner }: Seat): void {
    const { ring } = runner.receiver;
    this.patience.wait(ring);
    do {
      if (runner.receiver.drain() > 0) this.handlers.passEnd();
    } while (!ring.unmute());
    this.noteIdle();
  }

  post(worker: number, message: unknown): void {
    this.seats[worker].runner.request({ type: 'app', message });
  }

  private watch(): void {
    const now = performance.now();
    for (let i = 0; i < this.seats.length; i++) {
      const seat = this.seats[i];
      const { state } = seat.runner;
      if ((state !== 'started' && state !== 'starting') || !seat.runner.checkDeadline(now, this.graceMs)) continue;
      // A start that hangs is ended by its own time limit, with its own error.
      if (state === 'starting') continue;
      void seat.runner.kill();
      this.replace(seat, i, {
        code: 'POOL_ERR_WORKER_HUNG',
        message: `Worker ${i} did not come back ${this.timeoutMs + this.graceMs} ms after it entered a script: thread ended`,
      });
    }
  }

  /** Answers what the lost worker held with an error, and only that; starts a successor. */
  private replace(seat: Seat, worker: number, error: ScriptErrorData): void {
    this.handlers.log('error', error.message, { worker, code: error.code, inFlight: seat.inFlight });
    this.handlers.workerChanged?.(worker, 'lost');
    this.drainLast(seat);
    const dropped = seat.queue.length;
    seat.queue = [];
    for (let id = 1; id < seat.contexts.length; id++) {
      if (seat.kinds[id] === 0) continue;
      const kind = seat.kinds[id];
      this.faults++;
      this.handlers.fault(seat.give(id), kind, error);
    }
    this.handlers.passEnd();
    this.unqueue(dropped);
    this.noteIdle();
    if (!this.stopping) this.restart(seat, worker);
  }

  /** Answers that were already in the ring are good; a payload that was still in the dead thread's port is not. */
  private drainLast(seat: Seat): void {
    try {
      seat.runner.receiver.drain();
    } catch (error) {
      this.handlers.log('warn', `Answer of a lost worker is incomplete: ${(error as Error).message}`);
    }
  }

  private restart(seat: Seat, worker: number): void {
    seat.restarts++;
    this.startRunner(seat, worker).then(
      () => {
        seat.failedStarts = 0;
        this.handlers.log('info', `Worker ${worker} replaced`, { worker });
        this.handlers.workerChanged?.(worker, 'ready');
        this.refill(seat);
      },
      (error: unknown) => {
        const data = ScriptRuntimeError.isData(error) ? error : ScriptRuntimeError.dataOf(error);
        const delay = Math.min(100 * 2 ** seat.failedStarts++, MAX_RESTART_DELAY_MS);
        this.handlers.log('error', `Worker ${worker} cannot start, next try in ${delay} ms: ${data.message}`, {
          worker,
        });
        if (this.stopping) return;
        setTimeout(() => {
          if (!this.stopping) this.restart(seat, worker);
        }, delay).unref();
      },
    );
  }

  get inFlight(): number {
    let sum = 0;
    for (const seat of this.seats) sum += seat.inFlight;
    return sum;
  }

  stats(): PoolStats {
    return {
      workers: this.seats.map(({ runner, inFlight, restarts }) => ({ state: runner.state, inFlight, restarts })),
      tasks: this.tasks,
      faults: this.faults,
      queued: this.queued,
    };
  }

  private noteIdle(): void {
    if (this.idle !== undefined && this.inFlight === 0) this.idle();
  }

  async stop(graceMs: number): Promise<void> {
    if (this.stopping) return;
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
    clearInterval(this.watchdog);
    await Promise.all(this.seats.map((seat) => seat.runner.stop(Math.max(1000, this.graceMs))));
    for (const [i, seat] of this.seats.entries()) this.drop(seat, i);
  }

  private drop(seat: Seat, worker: number): void {
    if (seat.inFlight === 0) return;
    this.replace(seat, worker, {
      code: 'POOL_ERR_STOPPED',
      message: `Worker ${worker} was stopped with ${seat.inFlight} tasks in flight`,
    });
  }
}
