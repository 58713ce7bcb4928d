import { DEFAULT_MAX_FRAME_BYTES } from './constants.js';
import { SpopError } from './errors.js';

/**
 * A read position in a byte array: reads move `at` towards `end` and never pass it.
 * `hi` and `lo` hold the 32-bit halves of the last varint read, so that 64 bits travel without BigInt.
 */
export class Cursor {
  bytes: Uint8Array;
  at: number;
  end: number;
  hi = 0;
  lo = 0;

  /** @throws RangeError when `at` and `end` are not a range inside `bytes`. */
  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.reset(bytes, at, end);
  }

  /** Points the cursor at `bytes[at..end)`. */
  reset(bytes: Uint8Array, at = 0, end: number = bytes.length): void {
    if (!(at >= 0 && at <= end && end <= bytes.length)) {
      throw new RangeError(`Cannot read from ${at} to ${end} of ${bytes.length} bytes`);
    }
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }
}

/** Makes sure that `n` bytes are left. Throws SPOP_ERR_TRUNCATED. */
export function need(c: Cursor, n: number): void {
  if (n > c.end - c.at) throw truncated(c, n);
}

/** The error of a read that wants `n` bytes the cursor does not have. */
export function truncated(c: Cursor, n: number): SpopError {
  const message = `Cannot read ${n} bytes at offset ${c.at}: ${c.end - c.at} left`;
  return new SpopError('SPOP_ERR_TRUNCATED', message, { offset: c.at });
}

const FIRST_CAPACITY = 256;

/**
 * A growing byte array with a hard limit. `bytes[0..at)` is what has been written; `bytes` is replaced when it grows,
 * so take it after the last write. `reset()` keeps the memory for the next use.
 */
export class Writer {
  bytes: Uint8Array;
  at = 0;
  /** Most bytes this writer may ever hold. */
  limit: number;

  constructor(limit: number = DEFAULT_MAX_FRAME_BYTES, capacity: number = FIRST_CAPACITY) {
    this.limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, capacity));
  }

  reset(): void {
    this.at = 0;
  }

  /** Makes room for `n` more bytes. Throws SPOP_ERR_FRAME_TOO_BIG past the limit and leaves the writer as it was. */
  reserve(n: number): void {
    if (n > this.bytes.length - this.at || this.at + n > this.limit) this.grow(n);
  }

  /** A view of what has been written, valid until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  private grow(n: number): void {
    const wanted = this.at + n;
    if (!(wanted <= this.limit)) {
      const message = `Cannot write ${n} bytes at offset ${this.at}: the limit is ${this.limit}`;
      throw new SpopError('SPOP_ERR_FRAME_TOO_BIG', message, { offset: this.at });
    }
    const bytes = new Uint8Array(Math.min(this.limit, Math.max(wanted, this.bytes.length * 2)));
    bytes.set(this.bytes.subarray(0, this.at));
    this.bytes = bytes;
  }
}

/** Copies `source[at..end)`. */
export function writeBytes(w: Writer, source: Uint8Array, at = 0, end: number = source.length): void {
  const n = end - at;
  w.reserve(n);
  const target = w.bytes;
  let to = w.at;
  // Below some dozens of bytes a loop is cheaper than making a view and calling set().
  if (n <= 48) for (let i = at; i < end; i++) target[to++] = source[i]!;
  else target.set(source.subarray(at, end), to);
  w.at += n;
}
