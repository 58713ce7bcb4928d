import type { Runner } from './runner.js';
import type { Seat } from './seat.js';

/**
 * Longest look in vain, in milliseconds: some times what it costs to be woken by another thread (15 to 60 us of CPU on
 * a virtual machine, most of it the interrupt to a sleeping core).
 */
const LOOK_MS = 0.1;
/** With more in flight than this the threads overlap anyway. */
const MOST_IN_FLIGHT = 64;
/** How often a look that was in vain for long is tried again: once in so many flushes. */
const RETRY = 64;
const MOST_CREDIT = 16;
/** So many looks in a row, none in vain, say that scripts answer within microseconds. */
const QUICK_LOOKS = 32;

/** What the lookout needs of its pool. */
export interface LookoutHost {
  /** Hands over all answers of one worker; returns how many there were. */
  drain(seat: Seat, runner: Runner): number;
  /** Answers were handed over, the last of this turn of the event loop. */
  passEnd(): void;
}

/** A worker whose answers are looked for; its doorbell is muted meanwhile. */
interface Looked {
  readonly seat: Seat;
  readonly runner: Runner;
}

/**
 * Looks for the answers of workers once per turn of the event loop, for a moment, instead of sleeping until the doorbell
 * rings. That pays where handlers take microseconds: to be woken costs more than some turns, and the turns read what
 * comes in at the sockets meanwhile. Where it was in vain some times (slow handlers, a busy machine) it is only tried
 * now and then.
 */
export class Lookout {
  private readonly host: LookoutHost;
  private looked: Looked[] = [];
  private until = 0;
  private scheduled = false;
  private credit = MOST_CREDIT;
  private streak = 0;
  private flushes = 0;
  private readonly turn = (): void => this.look();

  constructor(host: LookoutHost) {
    this.host = host;
  }

  /** True while answers keep coming within microseconds. */
  get isQuick(): boolean {
    return this.streak >= QUICK_LOOKS;
  }

  /** To be called before records are shown to a worker, so that it does not ring for an answer that is looked for. */
  expect(seat: Seat, runner: Runner): void {
    if (this.looked.some((one) => one.runner === runner) || !this.isWorthIt(seat.inFlight)) return;
    runner.receiver.ring.mute();
    this.looked.push({ seat, runner });
    this.until = performance.now() + LOOK_MS;
    this.schedule();
  }

  private isWorthIt(inFlight: number): boolean {
    if (inFlight > MOST_IN_FLIGHT) return false;
    return this.credit > 0 || ++this.flushes % RETRY === 0;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turn);
  }

  private look(): void {
    this.scheduled = false;
    this.looked = this.looked.filter(({ seat, runner }) => seat.runner === runner && runner.state !== 'stopped');
    let found = 0;
    // What handlers send meanwhile adds to the list.
    for (const { seat, runner } of this.looked) {
      if (runner.receiver.ring.hasRecords) found += this.host.drain(seat, runner);
    }
    const now = performance.now();
    if (found > 0) {
      this.host.passEnd();
      this.streak++;
      if (this.credit < MOST_CREDIT) this.credit++;
      this.until = now + LOOK_MS;
    }
    const over = found === 0 && now > this.until;
    if (over) {
      this.streak = 0;
      if (this.credit > 0) this.credit -= 2;
    }
    // Where records came meanwhile the doorbell stays muted: the next turn finds them.
    this.looked = this.looked.filter(
      ({ seat, runner }) => !((over || seat.inFlight === 0) && runner.receiver.ring.unmute()),
    );
    if (this.looked.length > 0) this.schedule();
  }
}
