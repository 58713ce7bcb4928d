import type { Socket } from 'node:net';
import type { Writer } from '@offload/spop-codec';
import type { WriterPool } from './writer-pool.js';

/** Most NOTIFYs HAProxy 3.1 and later have open on a pipelined connection (spop.md 2.4). */
const ENGINE_WINDOW = 20;

export interface OutputLimits {
  readonly ackBurstBytes: number;
  readonly ackIntervalMs: number;
}

/**
 * The sending half of a connection: frames are appended to `writer()`, `flush` makes one write of them.
 *
 * Pacing (spop.md 3.10): HAProxy 3.1 and later stops parsing for good when one read fills its buffer. It has at most
 * 20 NOTIFYs open, so 20 times the largest ACK bounds what can be unread. Where that exceeds the burst, batches of
 * whole frames up to the burst leave with a pause between them.
 */
export class Output {
  bytesWritten = 0;
  private readonly socket: Socket;
  private readonly pool: WriterPool;
  private readonly limits: OutputLimits;
  /** Called when bytes that had waited for the pause or the kernel have left. */
  private readonly onRelief: () => void;
  private batch: Writer | undefined;
  private burstBytes = 0;
  private largestInBatch = 0;
  /** Largest frame of the current burst, and its bytes; a burst ends with a pause. */
  private largestSent = 0;
  private burstSent = 0;
  private burstAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private ending = false;

  constructor(socket: Socket, pool: WriterPool, limits: OutputLimits, onRelief: () => void) {
    this.socket = socket;
    this.pool = pool;
    this.limits = limits;
    this.onRelief = onRelief;
  }

  /** Turns pacing on, for an engine that pipelines and may be HAProxy 3.1 or later. */
  pace(maxFrameBytes: number): void {
    this.burstBytes = Math.min(this.limits.ackBurstBytes, Math.floor(((maxFrameBytes - 1) * 3) / 4));
  }

  /** Where to append frames; call `appended` after each. */
  writer(): Writer {
    this.batch ??= this.pool.take();
    return this.batch;
  }

  /** Notes the size of a frame that was appended. */
  appended(frameBytes: number): void {
    if (frameBytes > this.largestInBatch) this.largestInBatch = frameBytes;
  }

  /** Bytes that have not reached the kernel. */
  get unsentBytes(): number {
    return this.socket.writableLength + (this.batch?.at ?? 0);
  }

  /** Writes the batch, or as much of it as pacing allows now and the rest later. */
  flush(): void {
    const { batch } = this;
    if (batch === undefined || batch.at === 0 || this.timer !== undefined) return;
    const length = this.burstBytes === 0 ? batch.at : this.allowed(batch);
    if (length > 0) this.write(batch, length);
    if (this.batch !== undefined && this.batch.at > 0) {
      this.timer = setTimeout(() => this.onTimer(), this.limits.ackIntervalMs);
    } else if (this.ending) {
      this.socket.end();
    }
  }

  /** Writes what is left, paced if need be, and then the end of the stream. */
  end(): void {
    this.ending = true;
    if (this.batch === undefined || this.batch.at === 0) this.socket.end();
    else this.flush();
  }

  /** Drops what was not written. */
  destroy(): void {
    clearTimeout(this.timer);
    if (this.batch !== undefined) this.pool.give(this.batch);
    this.batch = undefined;
  }

  private onTimer(): void {
    this.timer = undefined;
    if (this.socket.destroyed) return;
    this.flush();
    this.onRelief();
  }

  /** Bytes of the batch that may leave now: whole frames. */
  private allowed(batch: Writer): number {
    const now = performance.now();
    if (now - this.burstAt >= this.limits.ackIntervalMs) {
      this.burstSent = 0;
      this.largestSent = 0;
    }
    const largest = Math.max(this.largestSent, this.largestInBatch);
    let length = batch.at;
    if (this.burstSent + length > this.burstBytes && largest * ENGINE_WINDOW > this.burstBytes) {
      length = wholeFrames(batch, this.burstBytes - this.burstSent, this.burstSent === 0);
    }
    if (length === 0) return 0;
    if (length === batch.at) this.largestInBatch = 0;
    this.largestSent = largest;
    this.burstSent += length;
    this.burstAt = now;
    return length;
  }

  private write(batch: Writer, length: number): void {
    const { socket } = this;
    const left = batch.at - length;
    this.bytesWritten += length;
    socket.write(Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, length));
    if (socket.writableLength === 0) {
      // The kernel has taken all: the memory is ours again.
      batch.bytes.copyWithin(0, length, batch.at);
      batch.at = left;
      if (left > 0) return;
      this.batch = undefined;
      this.pool.give(batch);
      return;
    }
    // The socket reads this memory until it has drained.
    this.batch = undefined;
    if (left > 0) {
      const rest = this.writer();
      rest.reserve(left);
      rest.bytes.set(batch.bytes.subarray(length, length + left));
      rest.at = left;
    }
  }
}

/** Length of the whole frames at the front of the batch within `room` bytes; the first counts even if it is longer. */
function wholeFrames(batch: Writer, room: number, first: boolean): number {
  const { bytes } = batch;
  let at = 0;
  while (at < batch.at) {
    const next = at + 4 + bytes[at]! * 0x1_00_00_00 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (next > room && !(first && at === 0)) break;
    at = next;
  }
  return at;
}
