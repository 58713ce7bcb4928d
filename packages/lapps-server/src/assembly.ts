import { headerLength, isBinaryMessage, isWholeMessage, keyBefore, payloadLength } from './client-header.js';
import { copyBytes } from './copy-bytes.js';
import { unmask } from './unmask.js';

/** Shorter payloads are left to ws: seldom cut, and soon put together. */
const SHORTEST = 4096;
/** Sizes of the buffers: powers of two from the smallest to the largest. */
const SMALLEST_BUFFER = 65_536;
const LARGEST_BUFFER = 1_048_576;
/** All buffers that are in use at one time, whatever peers announce; and those kept for later. */
const MOST_LENT = 4_194_304;
const MOST_KEPT = 1_048_576;

/** The memory messages are assembled in: one bound for all connections of a server, and used again. */
export class AssemblyPool {
  /** By size: 64 KiB, 128 KiB .. */
  readonly #free: Buffer[][] = [];
  #lent = 0;
  #kept = 0;

  /** Bytes in use. */
  get lent(): number {
    return this.#lent;
  }

  /** Memory for `bytes` bytes; undefined when they are too many, or too much is in use. */
  lend(bytes: number): Buffer | undefined {
    if (bytes > LARGEST_BUFFER) return undefined;
    const order = orderOf(bytes);
    const size = SMALLEST_BUFFER << order;
    if (this.#lent + size > MOST_LENT) return undefined;
    this.#lent += size;
    const found = this.#free[order]?.pop();
    if (found === undefined) return Buffer.allocUnsafeSlow(size);
    this.#kept -= size;
    return found;
  }

  /** Takes lent memory back. */
  giveBack(buffer: Buffer): void {
    this.giveAway(buffer);
    if (this.#kept + buffer.length > MOST_KEPT) return;
    this.#kept += buffer.length;
    const order = orderOf(buffer.length);
    while (this.#free.length <= order) this.#free.push([]);
    this.#free[order]!.push(buffer);
  }

  /** Lent memory is somebody else's from now on. */
  giveAway(buffer: Buffer): void {
    this.#lent -= buffer.length;
  }
}

const orderOf = (bytes: number): number => 32 - Math.clz32((bytes - 1) >>> 16);

/** A message in one frame whose payload ends in a later chunk. */
export class Assembly {
  readonly isBinary: boolean;
  readonly buffer: Buffer;
  readonly length: number;
  readonly #key: number;
  #filled = 0;

  private constructor(buffer: Buffer, isBinary: boolean, length: number, key: number) {
    this.buffer = buffer;
    this.isBinary = isBinary;
    this.length = length;
    this.#key = key;
  }

  /**
   * Begins with the frame at `at`, which reaches beyond the chunk, and takes everything from there on. Undefined, and
   * nothing taken, when it is for ws: no whole message, wrong, too short or too long, or there is no memory for it.
   */
  static begin(pool: AssemblyPool, chunk: Buffer, at: number, maxBytes: number): Assembly | undefined {
    if (chunk.length - at < 2) return undefined;
    const first = chunk[at]!;
    const second = chunk[at + 1]!;
    const payloadAt = at + headerLength(second);
    if (!isWholeMessage(first, second) || payloadAt > chunk.length) return undefined;
    const length = payloadLength(chunk, at);
    if (length < SHORTEST || length > maxBytes || length <= chunk.length - payloadAt) return undefined;
    const buffer = pool.lend(length);
    if (buffer === undefined) return undefined;
    const assembly = new Assembly(buffer, isBinaryMessage(first), length, keyBefore(chunk, payloadAt));
    assembly.add(chunk, payloadAt);
    return assembly;
  }

  get isComplete(): boolean {
    return this.#filled === this.length;
  }

  /** Takes what belongs to the message from `at` on; returns where that ends. */
  add(chunk: Buffer, at: number): number {
    const start = this.#filled;
    const end = Math.min(chunk.length, at + this.length - start);
    copyBytes(chunk, at, end, this.buffer, start);
    this.#filled += end - at;
    unmask(this.buffer, start, this.#filled, this.#key, start & 3);
    return end;
  }

  /** The frame as ws has to see it to judge it: unmasked already, with a key of zero. */
  asFrame(): Buffer {
    const header = Buffer.alloc(14);
    header[0] = this.isBinary ? 0x82 : 0x81;
    header[1] = 0xff;
    header.writeUInt32BE(this.length, 6);
    return Buffer.concat([header, this.buffer.subarray(0, this.length)]);
  }
}
