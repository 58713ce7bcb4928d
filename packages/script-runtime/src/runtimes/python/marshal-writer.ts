import { bytesOf } from '../../byte-string.js';
import { sequenceLength } from './text.js';

const FLAG_REF = 0x80;
const NONE = 0x4e; // N
const TRUE = 0x54; // T
const FALSE = 0x46; // F
const INT = 0x69; // i
const LONG = 0x6c; // l
const FLOAT = 0x67; // g
const COMPLEX = 0x79; // y
const BYTES = 0x73; // s
const UNICODE = 0x75; // u
const ASCII = 0x61; // a
const SHORT_ASCII = 0x7a; // z
const SHORT_ASCII_INTERNED = 0x5a; // Z
const SMALL_TUPLE = 0x29; // )
const LIST = 0x5b; // [
const DICT = 0x7b; // {
const NULL = 0x30; // 0
const REF = 0x72; // r

/** Digits of a long integer. */
const DIGIT_BITS = 15;
const DIGIT = 1 << DIGIT_BITS;

/**
 * Writes the format of Python's `marshal` (read by `marshal.loads` of any Python 3.4 and later). Numbers are little
 * endian. The buffer grows; `bytes` up to `at` is what was written.
 */
export class MarshalWriter {
  bytes: Uint8Array;
  at = 0;
  private view: DataView;

  constructor(bytes = 16 * 1024) {
    this.bytes = new Uint8Array(bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  setUint32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** Values that were written before. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  none(): void {
    this.byte(NONE);
  }

  bool(value: boolean): void {
    this.byte(value ? TRUE : FALSE);
  }

  /** A whole number: exact to +-(2^53 - 1). */
  int(value: number): void {
    if (value === (value | 0)) {
      this.reserve(5);
      const { bytes, at } = this;
      bytes[at] = INT;
      bytes[at + 1] = value;
      bytes[at + 2] = value >> 8;
      bytes[at + 3] = value >> 16;
      bytes[at + 4] = value >> 24;
      this.at = at + 5;
      return;
    }
    const start = this.beginLong();
    let rest = Math.abs(value);
    for (; rest > 0; rest = Math.floor(rest / DIGIT)) this.digit(rest % DIGIT);
    this.endLong(start, value < 0);
  }

  bigint(value: bigint): void {
    const start = this.beginLong();
    let rest = value < 0n ? -value : value;
    for (; rest > 0n; rest >>= 15n) this.digit(Number(rest & 0x7fffn));
    this.endLong(start, value < 0n);
  }

  /** The whole number that the `count` bytes at `at` are, most significant first. */
  unsigned(bytes: Uint8Array, at: number, count: number): void {
    const start = this.beginLong();
    let first = at;
    while (first < at + count && bytes[first] === 0) first++;
    let bits = 0;
    let rest = 0;
    for (let i = at + count - 1; i >= first; i--) {
      rest |= (bytes[i] as number) << bits;
      bits += 8;
      if (bits >= DIGIT_BITS) {
        this.digit(rest & (DIGIT - 1));
        rest >>= DIGIT_BITS;
        bits -= DIGIT_BITS;
      }
    }
    // The most significant digit is not 0 (marshal refuses it).
    if (rest > 0) this.digit(rest);
    this.endLong(start, false);
  }

  private beginLong(): number {
    this.byte(LONG);
    this.uint32(0);
    return this.at;
  }

  private digit(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  private endLong(start: number, negative: boolean): void {
    const digits = (this.at - start) / 2;
    this.view.setInt32(start - 4, negative ? -digits : digits, true);
  }

  float(value: number): void {
    this.reserve(9);
    this.bytes[this.at] = FLOAT;
    this.view.setFloat64(this.at + 1, value, true);
    this.at += 9;
  }

  complex(real: number, imaginary: number): void {
    this.reserve(17);
    this.bytes[this.at] = COMPLEX;
    this.view.setFloat64(this.at + 1, real, true);
    this.view.setFloat64(this.at + 9, imaginary, true);
    this.at += 17;
  }

  binary(bytes: Uint8Array, at: number, end: number): void {
    const length = end - at;
    this.reserve(5 + length);
    this.bytes[this.at] = BYTES;
    this.view.setUint32(this.at + 1, length, true);
    this.copy(this.at + 5, bytes, at, end);
  }

  private copy(to: number, bytes: Uint8Array, at: number, end: number): void {
    const target = this.bytes;
    if (end - at < 32) for (let i = at; i < end; i++) target[to++] = bytes[i] as number;
    else {
      target.set(bytes.subarray(at, end), to);
      to += end - at;
    }
    this.at = to;
  }

  /** Text of UTF-8 bytes; each byte that is none becomes the surrogate that `surrogateescape` gives it. */
  utf8(bytes: Uint8Array, at: number, end: number): void {
    const length = end - at;
    this.reserve(5 + length);
    const target = this.bytes;
    let to = this.at;
    if (length < 256) {
      target[to] = SHORT_ASCII;
      target[to + 1] = length;
      to += 2;
    } else {
      target[to] = ASCII;
      this.view.setUint32(to + 1, length, true);
      to += 5;
    }
    for (let i = at; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte > 0x7f) {
        this.unicode(bytes, at, end);
        return;
      }
      target[to++] = byte;
    }
    this.at = to;
  }

  private unicode(bytes: Uint8Array, at: number, end: number): void {
    this.reserve(5 + 3 * (end - at));
    const target = this.bytes;
    const start = this.at;
    let to = start + 5;
    while (at < end) {
      const byte = bytes[at] as number;
      const length = byte < 0x80 ? 1 : sequenceLength(bytes, at, end);
      if (length === 0) {
        target[to] = 0xed;
        target[to + 1] = byte < 0xc0 ? 0xb2 : 0xb3;
        target[to + 2] = 0x80 | (byte & 0x3f);
        to += 3;
        at++;
      } else {
        for (let i = 0; i < length; i++) target[to++] = bytes[at++] as number;
      }
    }
    target[start] = UNICODE;
    this.view.setUint32(start + 1, to - start - 5, true);
    this.at = to;
  }

  /** Text of a byte string. */
  text(value: string): void {
    const length = value.length;
    if (length < 256) {
      this.reserve(2 + length);
      const target = this.bytes;
      let to = this.at + 2;
      let i = 0;
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        target[to++] = code;
      }
      if (i === length) {
        target[this.at] = SHORT_ASCII;
        target[this.at + 1] = length;
        this.at = to;
        return;
      }
    }
    const bytes = bytesOf(value);
    this.utf8(bytes, 0, bytes.length);
  }

  /** Text of up to 255 ASCII characters that {@link ref} can name from now on; `interned` where it is a known word. */
  shared(value: string, interned: boolean): void {
    const length = value.length;
    this.reserve(2 + length);
    this.bytes[this.at++] = (interned ? SHORT_ASCII_INTERNED : SHORT_ASCII) | FLAG_REF;
    this.bytes[this.at++] = length;
    for (let i = 0; i < length; i++) this.bytes[this.at++] = value.charCodeAt(i);
  }

  /** What was written by the `index`-th call of {@link shared} since the start. */
  ref(index: number): void {
    this.reserve(5);
    this.bytes[this.at] = REF;
    this.view.setUint32(this.at + 1, index, true);
    this.at += 5;
  }

  /** Begins a tuple of up to 255 items. */
  tuple(count: number): void {
    this.reserve(2);
    this.bytes[this.at++] = SMALL_TUPLE;
    this.bytes[this.at++] = count;
  }

  list(count: number): void {
    this.byte(LIST);
    this.uint32(count);
  }

  /** Begins a dictionary: keys and values in turn, then {@link endDict}. */
  dict(): void {
    this.byte(DICT);
  }

  endDict(): void {
    this.byte(NULL);
  }
}
