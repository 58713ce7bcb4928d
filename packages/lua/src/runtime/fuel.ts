/**
 * The counter every call and loop charges, so that a script can be stopped from outside, and the switch by which the
 * engine asks a closure about itself.
 */

/** Calls between two looks at the hook; 500 loop passes count as {@link TICK_COST} calls. */
const SLICE = 20_000;
const TICK_COST = 50;
/** Tail calls between two returns to the trampoline; the exact number varies so that no pattern can dodge it. */
const TAIL_SLICE = 100;

export class Fuel {
  /** Calls left; compiled functions decrement it. */
  f = SLICE;
  /** Tail calls left before one goes through the trampoline; compiled functions decrement it. */
  t = TAIL_SLICE;
  /** Set while a closure is called only to describe itself. */
  want = false;
  /** Looks at deadlines and interrupts; throws to stop the script. */
  hook: () => void;
  private tail = 0;

  constructor(hook: () => void) {
    this.hook = hook;
  }

  /** Called when {@link f} has run out. True: the function must describe itself instead of running. */
  trap(): boolean {
    if (this.want) return true;
    // Only a hook that returns grants more: while an interrupt stands, each further check raises again.
    this.f = 0;
    this.hook();
    this.f = SLICE;
    return false;
  }

  /** Called by a loop that has used up its credit. */
  tick(): void {
    if ((this.f -= TICK_COST) < 0) this.trap();
  }

  /** Charges work of `n` units done by a library function. */
  burn(n: number): void {
    if (n > 0 && (this.f -= Math.min(n, SLICE)) < 0) this.trap();
  }

  /** Makes the next check look at the hook. */
  expire(): void {
    this.f = 0;
  }

  /** Restarts the tail-call count. */
  refillTail(): void {
    this.tail = (this.tail * 5 + 7) & 63;
    this.t = TAIL_SLICE + this.tail;
  }
}
