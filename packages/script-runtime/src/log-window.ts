import { Watch } from './protocol.js';

/** Most weight under way: some thousand lines, or a megabyte. */
const MAX_WEIGHT = 4096;
/** Characters that count as much as a line. */
const LINE_CHARS = 256;
const WAIT_MS = 50;
/** A pool that takes no line for so many waits is waited for no longer. */
const MOST_WAITS = 20;

/**
 * Bounds the log lines between a worker and its pool: a script that prints faster than that is written waits, as it would
 * at a terminal. Both ends count in the watch memory.
 */
export class LogWindow {
  private readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  /** The worker, before it sends a line: blocks while there are too many, at most until `isOver`. */
  enter(message: string, isOver: () => boolean): void {
    const { words } = this;
    for (let waits = 0; waits < MOST_WAITS; waits++) {
      const weight = Atomics.load(words, Watch.LogWeight);
      if (weight < MAX_WEIGHT || isOver()) break;
      Atomics.wait(words, Watch.LogWeight, weight, WAIT_MS);
    }
    Atomics.add(words, Watch.LogWeight, weightOf(message));
  }

  /** The pool, behind each line. */
  leave(message: string): void {
    const weight = weightOf(message);
    const before = Atomics.sub(this.words, Watch.LogWeight, weight);
    // Not for each line: a worker that waits is to have room for many.
    if (before >= MAX_WEIGHT / 2 && before - weight < MAX_WEIGHT / 2) Atomics.notify(this.words, Watch.LogWeight);
  }
}

function weightOf(message: string): number {
  return 1 + Math.floor(message.length / LINE_CHARS);
}
