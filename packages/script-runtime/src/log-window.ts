import { Watch } from './protocol.js';

/** Most weight under way: some thousand lines, or a megabyte. */
const MAX_WEIGHT = 4096;
/** Characters that count as much as a line. */
const LINE_CHARS = 256;
const WAIT_MS = 50;
/** After so many waits nobody reads the log: lines are lost until somebody does. */
const MOST_WAITS = 20;

/**
 * Bounds the log lines between a worker and its pool: a script that prints faster than that is written waits, as it would
 * at a terminal. Both ends count in the watch memory.
 */
export class LogWindow {
  private readonly words: Int32Array;
  private isStalled = false;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  /**
   * The worker, before it sends a line: blocks while there are too many.
   * @param isOver the script has no time left
   * @returns false when the line is not to be sent: nobody takes any, or there is no time to wait for that
   */
  enter(message: string, isOver: () => boolean): boolean {
    if (!this.hasRoom(isOver)) {
      Atomics.add(this.words, Watch.LogLost, 1);
      return false;
    }
    this.isStalled = false;
    this.count(message);
    return true;
  }

  private hasRoom(isOver: () => boolean): boolean {
    const { words } = this;
    for (let waits = 0; ; waits++) {
      const weight = Atomics.load(words, Watch.LogWeight);
      if (weight < MAX_WEIGHT) return true;
      if (this.isStalled || isOver()) return false;
      if (waits < MOST_WAITS) Atomics.wait(words, Watch.LogWeight, weight, WAIT_MS);
      else this.isStalled = true;
    }
  }

  private count(message: string): void {
    Atomics.add(this.words, Watch.LogWeight, weightOf(message));
  }

  /** The worker: a line about those that were not sent, to be sent in front of the next one; undefined without any. */
  lossText(): string | undefined {
    const text = this.takeLossText();
    if (text !== undefined) this.count(text);
    return text;
  }

  /** The same for the pool, to be written at once: when all that came is written, and when the worker has ended. */
  takeLossText(): string | undefined {
    const lost = Atomics.exchange(this.words, Watch.LogLost, 0);
    if (lost === 0) return undefined;
    return lost === 1
      ? '1 line of the log is lost: lines came faster than they were read'
      : `${lost} lines of the log are lost: lines came faster than they were read`;
  }

  /**
   * The pool, behind each line.
   * @returns true when none is under way any more
   */
  leave(message: string): boolean {
    const weight = weightOf(message);
    const before = Atomics.sub(this.words, Watch.LogWeight, weight);
    // Not for each line: a worker that waits is to have room for many.
    if (before >= MAX_WEIGHT / 2 && before - weight < MAX_WEIGHT / 2) Atomics.notify(this.words, Watch.LogWeight);
    return before === weight;
  }
}

function weightOf(message: string): number {
  return 1 + Math.floor(message.length / LINE_CHARS);
}
