import { type Cursor, truncated, type Writer } from './cursor.js';
import { SpopError } from './errors.js';

const TWO_32 = 0x1_0000_0000;
/** Above this high word an unsigned value is no longer a safe integer. */
const SAFE_HIGH = 0x1f_ffff;
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/**
 * Reads a varint into `c.hi` and `c.lo` (unsigned 32-bit halves). Reads at most 10 bytes.
 * Every byte after the first is added whole, its high bit included, so each value has one encoding (spop.md 1.2).
 * Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT (over 10 bytes or above 2^64-1).
 */
export function readVarintWords(c: Cursor): void {
  const bytes = c.bytes;
  const end = c.end;
  let at = c.at;
  if (at >= end) throw truncated(c, 1);
  let b = bytes[at++]!;
  // Two sums of less than 2^53 each: the bytes shifted by 0..25 bits and those shifted by 32 and more.
  let low = b;
  let high = 0;
  if (b >= 240) {
    let factor = 16;
    let i = 1;
    do {
      if (at >= end) throw truncated(c, i + 1);
      if (i === 10) throw overflow(c);
      b = bytes[at++]!;
      if (i < 5) low += b * factor;
      else high += b * factor;
      factor = i === 4 ? 1 : factor * 128;
      i++;
    } while (b >= 128);
    if (low >= TWO_32) high += Math.floor(low / TWO_32);
    if (high >= TWO_32) throw overflow(c);
  }
  c.at = at;
  c.lo = low >>> 0;
  c.hi = high;
}

/** Reads an unsigned 64-bit varint: a number up to 2^53-1, a bigint beyond. Throws as `readVarintWords`. */
export function readVarint(c: Cursor): number | bigint {
  if (c.at < c.end && c.bytes[c.at]! < 240) return c.bytes[c.at++]!;
  readVarintWords(c);
  return unsignedFromWords(c.hi, c.lo);
}

/** Reads a varint that counts bytes still to come; what comes back is safe to take. Throws also SPOP_ERR_TRUNCATED. */
export function readLength(c: Cursor): number {
  let length: number;
  if (c.at < c.end && c.bytes[c.at]! < 240) {
    length = c.bytes[c.at++]!;
  } else {
    readVarintWords(c);
    length = c.hi * TWO_32 + c.lo;
  }
  if (length > c.end - c.at) throw truncated(c, length);
  return length;
}

/** Joins two unsigned 32-bit halves: a number up to 2^53-1, a bigint beyond. */
export function unsignedFromWords(hi: number, lo: number): number | bigint {
  if (hi <= SAFE_HIGH) return hi * TWO_32 + lo;
  return (BigInt(hi) << 32n) | BigInt(lo);
}

/** Joins two halves of a two's complement value: a number within +-(2^53-1), a bigint beyond. */
export function signedFromWords(hi: number, lo: number): number | bigint {
  const value = (hi | 0) * TWO_32 + lo;
  // The sum is exact up to 2^53; one past the safe range it may have been rounded.
  if (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER) return value;
  return (BigInt(hi | 0) << 32n) | BigInt(lo);
}

/** Writes 0..2^64-1 as a varint of 1 to 10 bytes. Throws SPOP_ERR_VALUE, SPOP_ERR_FRAME_TOO_BIG. */
export function writeVarint(w: Writer, value: number | bigint): void {
  if (typeof value === 'bigint') {
    if (value < 0n || value > MAX_UINT64) throw notUint64(w, value);
    writeVarintWords(w, Number(value >> 32n), Number(value & 0xffff_ffffn));
  } else if (value < 240 && value >= 0 && value === (value | 0)) {
    w.reserve(1);
    w.bytes[w.at++] = value;
  } else {
    if (!(Number.isSafeInteger(value) && value >= 0)) throw notUint64(w, value);
    writeVarintWords(w, Math.floor(value / TWO_32), value >>> 0);
  }
}

/** Writes the value whose unsigned 32-bit halves are given. Throws SPOP_ERR_FRAME_TOO_BIG. */
export function writeVarintWords(w: Writer, hi: number, lo: number): void {
  w.reserve(varintLength(hi, lo));
  const bytes = w.bytes;
  let at = w.at;
  if (hi === 0 && lo < 240) {
    bytes[at++] = lo;
  } else {
    bytes[at++] = (lo & 15) | 0xf0;
    if (lo < 240) hi -= 1;
    lo = (lo - 240) >>> 0;
    lo = ((lo >>> 4) | (hi << 28)) >>> 0;
    hi >>>= 4;
    while (hi > 0 || lo >= 128) {
      bytes[at++] = (lo & 127) | 128;
      if (lo < 128) hi -= 1;
      lo = (lo - 128) >>> 0;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    bytes[at++] = lo;
  }
  w.at = at;
}

/** Bytes the encoding takes: 1..10 (spop.md 1.2). Reserving the exact count lets a frame end at its limit. */
function varintLength(hi: number, lo: number): number {
  if (hi === 0) {
    if (lo < 240) return 1;
    if (lo < 2_288) return 2;
    if (lo < 264_432) return 3;
    if (lo < 33_818_864) return 4;
    return 5;
  }
  // 5 to 10 bytes: every threshold is (h << 32) + 0x020408f0, so borrow once and compare high halves.
  const h = lo < 0x0204_08f0 ? hi - 1 : hi;
  if (h < 0x1) return 5;
  if (h < 0x81) return 6;
  if (h < 0x4081) return 7;
  if (h < 0x20_4081) return 8;
  return h < 0x1020_4081 ? 9 : 10;
}

function overflow(c: Cursor): SpopError {
  return new SpopError('SPOP_ERR_VARINT', `Cannot read varint at offset ${c.at}: it exceeds 64 bits`, { offset: c.at });
}

function notUint64(w: Writer, value: number | bigint): SpopError {
  const message = `Cannot write varint ${value}: an integer from 0 to 2^64-1 is needed (bigint beyond 2^53-1)`;
  return new SpopError('SPOP_ERR_VALUE', message, { offset: w.at });
}
