/** Lines one kind of event gets in a window. */
const LINES_PER_WINDOW = 10;
const WINDOW_MS = 10_000;

/** Of the same kind a few lines, then one that says how many more there were: nobody may fill the log. */
export class LineQuota {
  private readonly tellMore: (kind: string, text: string) => void;
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tellMore writes the line of a kind that had more, e.g. `17 more in the last 10 s` */
  constructor(tellMore: (kind: string, text: string) => void) {
    this.tellMore = tellMore;
  }

  /** Whether one more line of this kind may be written; counts it. */
  mayWrite(kind: string): boolean {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (this.timer === undefined) {
      this.timer = setTimeout(() => this.endWindow(), WINDOW_MS);
      this.timer.unref();
    }
    return count <= LINES_PER_WINDOW;
  }

  private endWindow(): void {
    this.timer = undefined;
    for (const [kind, count] of this.counts) {
      const more = count - LINES_PER_WINDOW;
      if (more > 0) this.tellMore(kind, `${more} more in the last ${WINDOW_MS / 1000} s`);
    }
    this.counts.clear();
  }
}
