/** How often a script that goes on is interrupted again, in milliseconds. */
const AGAIN_MS = 50;

export interface WatchActions {
  /** Longest time without an outcome, in milliseconds, as things are. */
  limitMs(): number;
  interrupt(): void;
  kill(): void;
  /** Nothing is out, but scripts wait inside: looks whether the process still answers. */
  ping(): void;
}

/**
 * Looks after a process that may not come back. One timer that is set again when it fires: work that is done in time
 * costs two assignments.
 */
export class ProcessWatch {
  private readonly actions: WatchActions;
  private readonly graceMs: number;
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  private due = 0;
  private busy = false;
  /** Calls wait inside the process. */
  waiting = false;

  constructor(actions: WatchActions, graceMs: number) {
    this.actions = actions;
    this.graceMs = graceMs;
  }

  /** Something was sent that has to be answered, or was answered in part. */
  begin(): void {
    this.busy = true;
    this.since = performance.now();
    const limit = this.actions.limitMs();
    // A timer that was set for a longer limit would come too late.
    if (this.timer === undefined || this.since + limit < this.due) this.schedule(limit);
  }

  end(): void {
    this.busy = false;
  }

  /** Nothing is out; looks again later where calls wait inside. */
  rest(): void {
    if (this.waiting && this.timer === undefined) this.schedule(this.actions.limitMs());
  }

  stop(): void {
    this.busy = false;
    this.waiting = false;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.due = performance.now() + ms;
    this.timer = setTimeout(() => this.look(), Math.max(1, ms));
    this.timer.unref();
  }

  private look(): void {
    this.timer = undefined;
    const limit = this.actions.limitMs();
    if (!this.busy) {
      if (this.waiting) this.actions.ping();
      return;
    }
    const elapsed = performance.now() - this.since;
    if (elapsed < limit) this.schedule(limit - elapsed);
    else if (elapsed < limit + this.graceMs) {
      this.actions.interrupt();
      this.schedule(AGAIN_MS);
    } else this.actions.kill();
  }
}
