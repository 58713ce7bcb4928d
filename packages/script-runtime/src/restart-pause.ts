const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;
/** A worker that lasts so long is well too. */
const STEADY_MS = 1000;

/**
 * How long a place stays empty before its next worker starts: not at all after most losses, ever longer (0.1 to 5 s)
 * while workers cannot start, or start only to be lost before they did anything. Otherwise a script that ends its worker
 * from a timer would keep a core busy with nothing but starts. A worker that answered is well, whatever ended it: who sends
 * a message that ends workers must not get a pause for everybody else.
 */
export class RestartPause {
  private failedStarts = 0;
  private shortLives = 0;
  private startedAt = 0;
  private isProven = false;

  /** Whether the present or next worker is a trial: nobody should wait for it. */
  get isDoubtful(): boolean {
    return this.failedStarts > 0 || this.shortLives > 1;
  }

  /** @param now ms, by `performance.now()` */
  started(now: number): void {
    this.failedStarts = 0;
    this.startedAt = now;
    this.isProven = false;
  }

  /** The worker answered. */
  proven(): void {
    this.isProven = true;
  }

  /** A started worker was lost; returns the pause in ms. */
  lost(now: number): number {
    const isWell = this.isProven || now - this.startedAt >= STEADY_MS;
    this.shortLives = isWell ? 0 : this.shortLives + 1;
    return this.shortLives < 2 ? 0 : pauseOf(this.shortLives - 2);
  }

  /** A start failed; returns the pause in ms. */
  failed(): number {
    return pauseOf(this.failedStarts++);
  }
}

const pauseOf = (tries: number): number => Math.min(FIRST_PAUSE_MS * 2 ** tries, MAX_PAUSE_MS);
