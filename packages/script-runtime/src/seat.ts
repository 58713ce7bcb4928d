import { ScriptRuntimeError } from './errors.js';
import { RestartPause } from './restart-pause.js';
import { copyOf } from './ring.js';
import type { Runner } from './runner.js';

interface Queued {
  readonly kind: number;
  readonly id: number;
  readonly bytes: Uint8Array;
  /** It found no room, and whoever feeds the pool was told. */
  readonly excess: boolean;
}

/** What a record needs in a ring besides its payload, at most. */
const RECORD_BYTES = 24;

/** A task that nobody will answer. */
export interface Orphan {
  readonly kind: number;
  readonly context: unknown;
}

/** One place in a pool: the present runner, what it owes answers for, and what waits for room in its ring. */
export class Seat {
  runner: Runner | undefined;
  inFlight = 0;
  /** When it last answered, or got a task while it had none; by `performance.now()`. */
  movedAt = 0;
  restarts = 0;
  readonly pause = new RestartPause();
  /** By task id; 0 is never a task. */
  private readonly contexts: unknown[] = [undefined];
  private readonly kinds: number[] = [0];
  private readonly free: number[] = [];
  private queue: Queued[] = [];
  /** Bytes of queued records that a worker to come has room for. */
  private earlyBytes = 0;
  private readonly roomBytes: number;
  /** The runner whose ring is waited for. */
  private crowded: Runner | undefined;
  /** Told how many records beyond the room were taken out of the queue. */
  private readonly onUnqueued: (count: number) => void;

  /** @param roomBytes the ring of a worker */
  constructor(onUnqueued: (count: number) => void, roomBytes = 0) {
    this.onUnqueued = onUnqueued;
    this.roomBytes = roomBytes;
  }

  get isReady(): boolean {
    return this.runner?.state === 'started';
  }

  stats(): { readonly state: string; readonly inFlight: number; readonly restarts: number } {
    return { state: this.runner?.state ?? 'idle', inFlight: this.inFlight, restarts: this.restarts };
  }

  /** Opens a task and returns its id. */
  take(kind: number, context: unknown): number {
    const id = this.free.pop() ?? this.contexts.length;
    this.contexts[id] = context;
    this.kinds[id] = kind;
    this.inFlight++;
    return id;
  }

  isOpen(id: number): boolean {
    return (this.kinds[id] as number) > 0;
  }

  /**
   * Ends a task and returns its context.
   * @throws ScriptRuntimeError SCRIPT_ERR_HOST when there is no such task: its answer was given before
   */
  give(id: number): unknown {
    if (!this.isOpen(id)) {
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: `task ${id} is not open` });
    }
    const context = this.contexts[id];
    this.contexts[id] = undefined;
    this.kinds[id] = 0;
    this.free.push(id);
    this.inFlight--;
    return context;
  }

  /** Ends all tasks and forgets what is queued: the runner is gone. */
  abandon(): Orphan[] {
    const orphans: Orphan[] = [];
    for (let id = 1; id < this.contexts.length; id++) {
      const kind = this.kinds[id] as number;
      if (kind !== 0) orphans.push({ kind, context: this.give(id) });
    }
    const excess = this.unqueue(this.queue.length);
    this.onUnqueued(excess);
    return orphans;
  }

  /** Takes so many records out of the queue; returns how many of them were beyond the room. */
  private unqueue(count: number): number {
    let excess = 0;
    for (let i = 0; i < count; i++) {
      const record = this.queue[i] as Queued;
      if (record.excess) excess++;
      else this.earlyBytes -= record.bytes.length + RECORD_BYTES;
    }
    this.queue = this.queue.slice(count);
    return excess;
  }

  /**
   * Sends a record, behind those that wait. False when it has to wait for room; while there is no worker, the ring of the
   * one to come is room.
   */
  put(kind: number, id: number, bytes: Uint8Array, at: number, end: number): boolean {
    if (this.queue.length === 0 && this.isReady) {
      if ((this.runner as Runner).sender.send(kind, id, bytes, at, end)) return true;
      this.awaitRoom();
    }
    const early = this.earlyBytes + end - at + RECORD_BYTES;
    const excess = this.isReady || early > this.roomBytes;
    if (!excess) this.earlyBytes = early;
    this.queue.push({ kind, id, bytes: copyOf(bytes, at, end), excess });
    return !excess;
  }

  /** Sends what waits, as far as there is room. */
  refill(): void {
    const { queue, runner } = this;
    if (queue.length === 0 || runner === undefined || !this.isReady) return;
    let sent = 0;
    for (const { kind, id, bytes } of queue) {
      if (!runner.sender.send(kind, id, bytes, 0, bytes.length)) break;
      sent++;
    }
    if (sent < queue.length) this.awaitRoom();
    if (sent === 0) return;
    const excess = this.unqueue(sent);
    runner.sender.ring.publish();
    this.onUnqueued(excess);
  }

  /** The worker may have nothing to answer, so that its doorbell never rings: room is waited for by itself. */
  private awaitRoom(): void {
    const { runner } = this;
    if (runner === undefined || this.crowded === runner) return;
    this.crowded = runner;
    const { ring } = runner.sender;
    const room = ring.waitForRoomAsync();
    const goOn = (): void => {
      if (this.crowded !== runner) return;
      this.crowded = undefined;
      ring.endWaitForRoom();
      if (this.runner === runner) this.refill();
    };
    if (room === undefined) setImmediate(goOn);
    else void room.then(goOn);
  }
}

/** So many tasks may share a worker that moves on before another one is woken for them. */
const PACKED = 8;
/** A worker moves on when it answered, or got its first task, at most so many milliseconds ago. */
const MOVING_MS = 0.2;

/**
 * The seat for the next task: where scripts are quick, one whose worker is awake and holds few (to wake another thread
 * would cost more than the task); else the one with the least in flight among those whose worker is
 * there; else one that may get a worker soon.
 */
export function chooseSeat(seats: readonly Seat[], now: number, isQuick: boolean): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < seats.length; i++) {
    const { inFlight, isReady, pause, movedAt } = seats[i] as Seat;
    if (isQuick && isReady && inFlight > 0 && inFlight < PACKED && now - movedAt < MOVING_MS) return i;
    const load = isReady ? inFlight : inFlight + (pause.isDoubtful ? 2e9 : 1e9);
    if (load < least) {
      least = load;
      best = i;
    }
  }
  return best;
}
