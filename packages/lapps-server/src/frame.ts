import { copyBytes } from './copy-bytes.js';

/** Opcodes this package writes (RFC 6455 5.2). */
export const Opcode = { text: 1, binary: 2, ping: 9, pong: 10 } as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** A message framed once, to be sent to any number of connections. Made by `frameMessage`; not to be changed. */
export interface Framed {
  /** Header and payload. */
  readonly bytes: Buffer;
  /** Where the payload starts in `bytes`. */
  readonly payloadAt: number;
  readonly binary: boolean;
}

/** Bytes of the header of an unmasked frame with a payload of `length` bytes: 2, 4 or 10. */
export const headerLength = (length: number): number => {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
};

/** Writes the header of one whole, unmasked, uncompressed frame; returns the position behind it. `length` below 2^32. */
export const writeHeader = (target: Buffer, at: number, opcode: Opcode, length: number): number => {
  target[at] = 0x80 | opcode;
  if (length < 126) {
    target[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    target[at + 1] = 126;
    target[at + 2] = length >>> 8;
    target[at + 3] = length;
    return at + 4;
  }
  target[at + 1] = 127;
  target.writeUInt32BE(0, at + 2);
  target.writeUInt32BE(length, at + 6);
  return at + 10;
};

/**
 * Frames messages into memory that is never written to again, consecutive frames side by side: what one connection gets
 * in one pass is then often a single piece, whoever else got it too.
 */
export class Framer {
  #slab = Buffer.allocUnsafeSlow(0);
  #at = 0;

  /** Frames one message. `data` is copied. */
  frame(data: Uint8Array | string, binary: boolean): Framed {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    const payloadAt = headerLength(length);
    const bytes = this.#take(payloadAt + length);
    writeHeader(bytes, 0, binary ? Opcode.binary : Opcode.text, length);
    if (typeof data === 'string') bytes.write(data, payloadAt);
    else copyBytes(data, 0, length, bytes, payloadAt);
    return { bytes, payloadAt, binary };
  }

  #take(size: number): Buffer {
    if (size > 4096) return Buffer.allocUnsafeSlow(size);
    if (this.#at + size > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(16_384);
      this.#at = 0;
    }
    this.#at += size;
    return this.#slab.subarray(this.#at - size, this.#at);
  }
}
