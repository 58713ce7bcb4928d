import { FIRST_FRAME_MAX_BYTES, LENGTH_PREFIX_BYTES, MIN_FRAME_BYTES } from './constants.js';
import { SpopError } from './errors.js';
import { readUint32, tooBig, tooShort } from './frame-header.js';

const EMPTY = new Uint8Array(0);
/** Smallest buffer made for the start of a frame. */
const MIN_CARRY_BYTES = 256;

/**
 * Cuts a byte stream into frames. Frames that lie whole in a chunk are not copied.
 *
 * ```ts
 * splitter.push(chunk);
 * while (splitter.next()) handle(splitter.bytes, splitter.at, splitter.end);
 * ```
 *
 * `bytes[at..end)` is one whole frame, length prefix included, valid until the next `push`. The loop may stop early
 * and go on later (backpressure), but `push` wants every frame taken; until then the splitter holds on to the chunk.
 */
export class FrameSplitter {
  /** Largest length field accepted. May be changed at any time; counts from the next frame on. */
  limit: number;
  bytes: Uint8Array = EMPTY;
  at = 0;
  end = 0;

  private chunk: Uint8Array = EMPTY;
  private chunkAt = 0;
  private drained = true;
  private error: SpopError | undefined;
  /** The first bytes of a frame whose end has not come; `carried` of them. */
  private carry: Uint8Array = EMPTY;
  private carried = 0;

  /** `limit` bounds the length field (the prefix does not count); the default suits the first frame of a connection. */
  constructor(limit: number = FIRST_FRAME_MAX_BYTES) {
    this.limit = limit;
  }

  /** Bytes held of a frame that is not complete: at the end of the stream anything but 0 is a cut frame. */
  get pendingBytes(): number {
    return this.carried + this.chunk.length - this.chunkAt;
  }

  /** Hands in the next bytes of the stream. Throws SPOP_ERR_NOT_DRAINED, and again the error `next` threw. */
  push(chunk: Uint8Array): void {
    if (this.error !== undefined) throw this.error;
    if (!this.drained) {
      throw new SpopError('SPOP_ERR_NOT_DRAINED', 'Cannot take a chunk: frames of the last one have not been read');
    }
    this.chunk = chunk;
    this.chunkAt = 0;
    this.drained = false;
  }

  /**
   * Moves to the next whole frame; false when there is none, and the chunk may then be reused by its owner.
   * Throws SPOP_ERR_FRAME_TOO_SHORT and SPOP_ERR_FRAME_TOO_BIG as soon as a length field is known, and on every call
   * after that: the stream cannot be followed any further.
   */
  next(): boolean {
    if (this.error !== undefined) throw this.error;
    if (this.drained) return false;
    if (this.carried > 0) return this.nextCarried();
    const { chunk, chunkAt } = this;
    const left = chunk.length - chunkAt;
    if (left >= LENGTH_PREFIX_BYTES) {
      const total = this.frameBytes(chunk, chunkAt);
      if (left >= total) {
        this.bytes = chunk;
        this.at = chunkAt;
        this.end = chunkAt + total;
        this.chunkAt = this.end;
        return true;
      }
    }
    if (left > 0) this.take(left);
    return this.drain();
  }

  /** Copies what was not read of the chunk yet, so that its owner may use the memory again before `next` says false. */
  keep(): void {
    if (this.drained) return;
    this.chunk = this.chunk.slice(this.chunkAt);
    this.chunkAt = 0;
  }

  /** Completes the frame that began in an earlier chunk, if this one holds enough. */
  private nextCarried(): boolean {
    if (this.carried < LENGTH_PREFIX_BYTES) {
      this.take(LENGTH_PREFIX_BYTES - this.carried);
      if (this.carried < LENGTH_PREFIX_BYTES) return this.drain();
    }
    const total = this.frameBytes(this.carry, 0);
    this.take(total - this.carried);
    if (this.carried < total) return this.drain();
    this.bytes = this.carry;
    this.at = 0;
    this.end = total;
    // The frame stays readable until the next push while the rest of the chunk may fill a new carry buffer.
    this.carry = EMPTY;
    this.carried = 0;
    return true;
  }

  /** Total size of the frame whose length field is at `at`. */
  private frameBytes(bytes: Uint8Array, at: number): number {
    const length = readUint32(bytes, at);
    if (length >= MIN_FRAME_BYTES && length <= this.limit) return length + LENGTH_PREFIX_BYTES;
    this.error = length < MIN_FRAME_BYTES ? tooShort(length, at) : tooBig(length, this.limit, at);
    this.chunk = EMPTY;
    this.carry = EMPTY;
    throw this.error;
  }

  /** Copies up to `n` bytes of the chunk behind the carried ones. Memory grows with what came, not with what was announced. */
  private take(n: number): void {
    const taken = Math.min(n, this.chunk.length - this.chunkAt);
    const wanted = this.carried + taken;
    if (wanted > this.carry.length) {
      const grown = new Uint8Array(
        Math.max(MIN_CARRY_BYTES, wanted, Math.min(this.carry.length * 2, this.carried + n)),
      );
      grown.set(this.carry.subarray(0, this.carried));
      this.carry = grown;
    }
    this.carry.set(this.chunk.subarray(this.chunkAt, this.chunkAt + taken), this.carried);
    this.carried = wanted;
    this.chunkAt += taken;
  }

  private drain(): false {
    this.chunk = EMPTY;
    this.chunkAt = 0;
    this.drained = true;
    return false;
  }
}
