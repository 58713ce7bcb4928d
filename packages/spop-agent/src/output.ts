import type { Socket } from 'node:net';
import type { Writer } from '@offload/spop-codec';
import { Pacer } from './pacer.js';
import type { WriterPool } from './writer-pool.js';

/** For a peer that reads, where nothing is paced. */
const LAST_MS = 1000;

export interface OutputLimits {
  readonly ackBurstBytes: number;
  readonly ackIntervalMs: number;
}

/**
 * The sending half of a connection: frames are appended to `writer()`, `flush` makes one write of them, or of as many as
 * pacing allows; the rest leaves when it does.
 */
export class Output {
  bytesWritten = 0;
  private readonly socket: Socket;
  private readonly pool: WriterPool;
  private readonly limits: OutputLimits;
  /** NOTIFYs of the connection without an ACK. */
  private readonly inFlight: { readonly size: number };
  /** Called when bytes that had waited for the pause or the kernel have left. */
  private readonly onRelief: () => void;
  private batch: Writer | undefined;
  private pacer: Pacer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ending = false;

  constructor(
    socket: Socket,
    pool: WriterPool,
    limits: OutputLimits,
    inFlight: { readonly size: number },
    onRelief: () => void,
  ) {
    this.socket = socket;
    this.pool = pool;
    this.limits = limits;
    this.inFlight = inFlight;
    this.onRelief = onRelief;
  }

  /** Turns pacing on, for an engine that pipelines and may be HAProxy 3.1 or later. */
  pace(maxFrameBytes: number): void {
    const { ackBurstBytes, ackIntervalMs } = this.limits;
    this.pacer = new Pacer(Math.min(ackBurstBytes, maxFrameBytes - 1), ackIntervalMs);
  }

  /** Where to append frames; call `appended` after each. */
  writer(): Writer {
    this.batch ??= this.pool.take();
    return this.batch;
  }

  /** Notes an ACK that was appended, and its size. True when pacing begins with it. */
  appended(frameBytes: number): boolean {
    return this.pacer?.appended(frameBytes) ?? false;
  }

  /** Time for what was written last to leave before the socket is cut, ms. */
  get lastMs(): number {
    return LAST_MS + (this.pacer?.drainMs ?? 0);
  }

  /** Bytes that have not reached the kernel. */
  get unsentBytes(): number {
    return this.socket.writableLength + (this.batch?.at ?? 0);
  }

  /** Writes the batch, or as much of it as pacing allows now and the rest later. */
  flush(): void {
    const { batch, pacer } = this;
    if (batch === undefined || batch.at === 0) return;
    const length = pacer === undefined ? batch.at : pacer.send(batch, this.inFlight.size);
    if (length > 0) this.write(batch, length);
    if (this.isHeld) this.timer ??= setTimeout(() => this.onTimer(), pacer?.waitMs() ?? 1);
    else if (this.ending) this.socket.end();
  }

  private get isHeld(): boolean {
    return this.batch !== undefined && this.batch.at > 0;
  }

  /** Writes what is left, paced if need be, and then the end of the stream. */
  end(): void {
    this.ending = true;
    if (this.isHeld) this.flush();
    else this.socket.end();
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
