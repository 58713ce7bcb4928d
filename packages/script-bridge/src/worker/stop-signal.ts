import type { StopFlag } from '../shared/stop-flag.js';

/** Longest time a blocked script goes without a look at its deadline, ms. */
const SLICE_MS = 20;
/** Longest timer Node takes, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Waiting in a worker thread that ends when the server stops. */
export class StopSignal {
  private readonly flag: StopFlag;
  private readonly sleepers = new Set<() => void>();

  constructor(flag: StopFlag) {
    this.flag = flag;
  }

  get raised(): boolean {
    return this.flag.raised;
  }

  /** Wakes what sleeps in this thread: the flag itself wakes only threads that block. */
  wakeAll(): void {
    for (const wake of [...this.sleepers]) wake();
  }

  /** Resolves after `ms`, or at once when the server stops. */
  async sleep(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.raised; left = until - performance.now()) {
      await this.timer(Math.min(left, MAX_TIMER_MS));
    }
    // A script that goes on sleeping must not keep the event loop from all others.
    if (this.raised) await new Promise((resolve) => setImmediate(resolve));
  }

  private timer(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.sleepers.add(wake);
    });
  }

  /**
   * Blocks the thread for `ms`, until the server stops, or until `interrupted()`, which is asked now and then.
   * @returns false when it was interrupted
   */
  block(ms: number, interrupted: () => boolean): boolean {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.raised; left = until - performance.now()) {
      this.flag.sleep(Math.min(left, SLICE_MS));
      if (interrupted()) return false;
    }
    return true;
  }
}
