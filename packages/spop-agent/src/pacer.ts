import type { Writer } from '@offload/spop-codec';

/** Most NOTIFYs HAProxy 3.1 and later have open on a pipelined connection (spop.md 2.4). */
const ENGINE_WINDOW = 20;

/**
 * Keeps what HAProxy has not read of a connection below the size of its buffer: from 3.1 on it stops parsing for good
 * when one read fills it (spop.md 3.10).
 *
 * What it has read can be proven: of its 20 NOTIFYs that may be open, those we have not answered yet are open for certain,
 * so that at most the rest are answered and unread. While that proves too little, because few requests are under way, an
 * answer counts as read after a time: long enough for an HAProxy that has much else to do, or waits for its next share of a
 * CPU (100 ms, where a container has used up its quota).
 */
export class Pacer {
  private readonly unreadBytes: number;
  private readonly intervalMs: number;
  private readonly sizes = new Float64Array(ENGINE_WINDOW);
  private readonly times = new Float64Array(ENGINE_WINDOW);
  private head = 0;
  private count = 0;
  private bytes = 0;
  /** Largest answer so far. */
  private largest = 0;
  /** Answers in the batch. */
  private waiting = 0;
  /** False as long as no 20 answers could fill the buffer: nothing is counted then. */
  private isCareful = false;

  /**
   * @param unreadBytes most that may be unread, unless a single frame is longer
   * @param intervalMs when an answer counts as read without proof
   */
  constructor(unreadBytes: number, intervalMs: number) {
    this.unreadBytes = unreadBytes;
    this.intervalMs = intervalMs;
  }

  /** Notes an answer that was appended to the batch, and its size. True for the first that makes pacing necessary. */
  appended(size: number): boolean {
    this.waiting++;
    if (this.isCareful) return false;
    if (size * ENGINE_WINDOW > this.unreadBytes) {
      this.beCareful();
      return true;
    }
    if (size > this.largest) this.largest = size;
    return false;
  }

  /** What was sent so far was not counted: as much of it as can be may be unread. */
  private beCareful(): void {
    this.isCareful = true;
    if (this.largest === 0) return;
    const now = performance.now();
    for (let i = 0; i < ENGINE_WINDOW - 1; i++) this.sent(this.largest, now);
  }

  /**
   * Bytes of the batch, in whole frames, that leave now.
   *
   * @param inFlight NOTIFYs without an answer, those in the batch left out
   */
  send(batch: Writer, inFlight: number): number {
    if (this.isCareful) return this.wholeFrames(batch, inFlight, performance.now());
    this.waiting = 0;
    return batch.at;
  }

  private wholeFrames({ bytes, at: length }: Writer, inFlight: number, now: number): number {
    let at = 0;
    while (at < length) {
      const size = 4 + bytes[at]! * 0x1_00_00_00 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
      this.forget(inFlight + this.waiting, now);
      if (this.count > 0 && this.bytes + size > this.unreadBytes) break;
      this.sent(size, now);
      if (this.waiting > 0) this.waiting--;
      at += size;
    }
    return at;
  }

  /** Forgets what has been read. More open NOTIFYs than there can be prove nothing: the engine has given some up. */
  private forget(open: number, now: number): void {
    const unread = Math.min(open > ENGINE_WINDOW ? ENGINE_WINDOW : ENGINE_WINDOW - open, ENGINE_WINDOW - 1);
    while (this.count > 0 && (this.count > unread || now - this.times[this.head]! >= this.intervalMs)) {
      this.bytes -= this.sizes[this.head]!;
      this.head = (this.head + 1) % ENGINE_WINDOW;
      this.count--;
    }
  }

  private sent(size: number, now: number): void {
    const at = (this.head + this.count) % ENGINE_WINDOW;
    this.sizes[at] = size;
    this.times[at] = now;
    this.count++;
    this.bytes += size;
  }

  /** Longest time an engine's window of the largest answers takes to leave, ms. */
  get drainMs(): number {
    return this.isCareful ? ENGINE_WINDOW * this.intervalMs : 0;
  }

  /** Ms until the next answer counts as read without proof. */
  waitMs(): number {
    return Math.max(1, Math.ceil(this.times[this.head]! + this.intervalMs - performance.now()));
  }
}
