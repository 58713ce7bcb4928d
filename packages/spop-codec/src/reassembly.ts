const EMPTY = new Uint8Array(0);
/** Smallest buffer made for a message in parts. */
const MIN_BUFFER_BYTES = 1024;

/** Bytes a fragmented message may have together, unless stated: HAProxy 2.6 sends up to 2.9 MB (spop.md 3.5). */
export const DEFAULT_MAX_REASSEMBLED_BYTES = 4 * 1024 * 1024;

/**
 * Joins the payloads of a fragmented NOTIFY (SPOE.txt 3.2.6, spop.md 3.5). Fragments of one message are contiguous on
 * their connection, so there is at most one message here. Memory grows with the bytes that came, never past `maxBytes`.
 *
 * `idle` nothing; `collecting` parts so far are kept; `discarding` the message was given up, its other parts are waste.
 */
export class Reassembler {
  readonly maxBytes: number;
  state: 'idle' | 'collecting' | 'discarding' = 'idle';
  streamId: number | bigint = 0;
  frameId: number | bigint = 0;
  private buffer: Uint8Array = EMPTY;
  private length = 0;

  constructor(maxBytes: number = DEFAULT_MAX_REASSEMBLED_BYTES) {
    this.maxBytes = maxBytes;
  }

  /** Bytes collected so far. */
  get byteLength(): number {
    return this.length;
  }

  /** True when these are the ids of the message that is being collected or discarded. */
  owns(streamId: number | bigint, frameId: number | bigint): boolean {
    return this.state !== 'idle' && this.streamId === streamId && this.frameId === frameId;
  }

  /** Starts a message with its first part; what was here before is dropped. False as `append`. */
  begin(streamId: number | bigint, frameId: number | bigint, source: Uint8Array, at: number, end: number): boolean {
    this.drop();
    this.state = 'collecting';
    this.streamId = streamId;
    this.frameId = frameId;
    return this.append(source, at, end);
  }

  /** Copies the next part. False when the message grows past `maxBytes`: its memory is freed and the rest is discarded. */
  append(source: Uint8Array, at: number, end: number): boolean {
    const wanted = this.length + end - at;
    if (wanted > this.maxBytes) {
      this.free();
      this.state = 'discarding';
      return false;
    }
    if (wanted > this.buffer.length) {
      const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(MIN_BUFFER_BYTES, wanted, this.buffer.length * 2)));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    this.buffer.set(source.subarray(at, end), this.length);
    this.length = wanted;
    return true;
  }

  /** Hands over the whole payload, which then belongs to the caller, and is idle again. */
  finish(): Uint8Array {
    const payload = this.buffer.subarray(0, this.length);
    this.drop();
    return payload;
  }

  /** Forgets the message. */
  drop(): void {
    this.free();
    this.state = 'idle';
  }

  private free(): void {
    this.buffer = EMPTY;
    this.length = 0;
  }
}
