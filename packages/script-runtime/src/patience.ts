import type { RingReader } from './ring.js';

/** Longest look, in milliseconds: about what a sleep and a wake-up across threads cost together. */
const LOOK_MS = 0.05;
/** With more in flight than this the threads overlap anyway, and there is other work to do. */
const MOST_IN_FLIGHT = 8;
/** How often a look that was in vain for long is tried again: once in so many flushes. */
const RETRY = 64;
const MOST_CREDIT = 16;

/**
 * Decides whether the IO thread looks for an answer for a moment instead of sleeping. That pays where handlers take
 * microseconds and the other thread runs at once; where it was in vain some times (slow handlers, a busy machine) it is
 * only tried now and then.
 */
export class Patience {
  private credit = MOST_CREDIT;
  private flushes = 0;

  worthIt(inFlight: number): boolean {
    if (inFlight > MOST_IN_FLIGHT) return false;
    return this.credit > 0 || ++this.flushes % RETRY === 0;
  }

  /** Looks until there are records, or for `LOOK_MS`. */
  wait(ring: RingReader): void {
    const end = performance.now() + LOOK_MS;
    for (;;) {
      for (let i = 0; i < 20; i++) {
        if (!ring.hasRecords) continue;
        if (this.credit < MOST_CREDIT) this.credit++;
        return;
      }
      if (performance.now() > end) break;
    }
    if (this.credit > 0) this.credit -= 2;
  }
}
