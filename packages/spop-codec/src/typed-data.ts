import { BOOL_TRUE, DataType, type IntegerType } from './constants.js';
import { type Cursor, need, type Writer, writeBytes } from './cursor.js';
import { SpopError } from './errors.js';
import { writeLengthAndBytes } from './name.js';
import { readLength, readVarintWords, signedFromWords, unsignedFromWords, writeVarintWords } from './varint.js';

/**
 * A value of TYPED-DATA (SPOE.txt 3.1). Integers are exact over the whole 64 bits: `number` within +-(2^53-1),
 * `bigint` beyond. Strings are bytes of no stated charset. Decoded byte arrays are views into the frame.
 */
export type TypedData =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int32'; readonly value: number }
  | { readonly type: 'uint32'; readonly value: number }
  | { readonly type: 'int64'; readonly value: number | bigint }
  | { readonly type: 'uint64'; readonly value: number | bigint }
  | { readonly type: 'ipv4'; readonly value: Uint8Array }
  | { readonly type: 'ipv6'; readonly value: Uint8Array }
  | { readonly type: 'string'; readonly value: Uint8Array }
  | { readonly type: 'binary'; readonly value: Uint8Array };

/** Bytes of an address. */
export const IPV4_BYTES = 4;
export const IPV6_BYTES = 16;

const NULL: TypedData = { type: 'null' };
const TRUE: TypedData = { type: 'bool', value: true };
const FALSE: TypedData = { type: 'bool', value: false };

/**
 * Reads one value; byte arrays come back as views that live as long as the bytes under the cursor do.
 * INT32 and UINT32 keep their low 32 bits; a string with flags is binary; types 10..15 are null (spop.md 1.3).
 * Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT.
 */
export function readTypedData(c: Cursor): TypedData {
  need(c, 1);
  const tag = c.bytes[c.at++]!;
  switch (tag & 15) {
    case DataType.BOOL:
      return tag === BOOL_TRUE ? TRUE : FALSE;
    case DataType.INT32:
      readVarintWords(c);
      return { type: 'int32', value: c.lo | 0 };
    case DataType.UINT32:
      readVarintWords(c);
      return { type: 'uint32', value: c.lo };
    case DataType.INT64:
      readVarintWords(c);
      return { type: 'int64', value: signedFromWords(c.hi, c.lo) };
    case DataType.UINT64:
      readVarintWords(c);
      return { type: 'uint64', value: unsignedFromWords(c.hi, c.lo) };
    case DataType.IPV4:
      return { type: 'ipv4', value: take(c, IPV4_BYTES) };
    case DataType.IPV6:
      return { type: 'ipv6', value: take(c, IPV6_BYTES) };
    case DataType.STRING:
      return { type: tag === DataType.STRING ? 'string' : 'binary', value: take(c, readLength(c)) };
    case DataType.BINARY:
      return { type: 'binary', value: take(c, readLength(c)) };
    default:
      return NULL;
  }
}

/** Moves past one value with the checks of `readTypedData`, making nothing. */
export function skipTypedData(c: Cursor): void {
  need(c, 1);
  const tag = c.bytes[c.at++]! & 15;
  if (tag >= DataType.INT32 && tag <= DataType.UINT64) readVarintWords(c);
  else if (tag === DataType.IPV4) skip(c, IPV4_BYTES);
  else if (tag === DataType.IPV6) skip(c, IPV6_BYTES);
  else if (tag === DataType.STRING || tag === DataType.BINARY) skip(c, readLength(c));
}

/**
 * Writes one value. The range of integers and the length of addresses are checked.
 * Throws SPOP_ERR_VALUE, SPOP_ERR_FRAME_TOO_BIG; the writer is then as it was.
 */
export function writeTypedData(w: Writer, data: TypedData): void {
  switch (data.type) {
    case 'null':
      writeTag(w, DataType.NULL);
      break;
    case 'bool':
      writeTag(w, data.value ? BOOL_TRUE : DataType.BOOL);
      break;
    case 'int32':
      writeInteger(w, DataType.INT32, data.value);
      break;
    case 'uint32':
      writeInteger(w, DataType.UINT32, data.value);
      break;
    case 'int64':
      writeInteger(w, DataType.INT64, data.value);
      break;
    case 'uint64':
      writeInteger(w, DataType.UINT64, data.value);
      break;
    case 'ipv4':
      writeAddress(w, DataType.IPV4, data.value);
      break;
    case 'ipv6':
      writeAddress(w, DataType.IPV6, data.value);
      break;
    case 'string':
      writeByteString(w, DataType.STRING, data.value);
      break;
    case 'binary':
      writeByteString(w, DataType.BINARY, data.value);
      break;
    default:
      neverType(data);
  }
}

/**
 * Writes an integer of any tag as the 64-bit two's complement value HAProxy reads, negative INT32 included
 * (spop.md 1.3). A UINT64 above 2^63-1 is legal but turns negative inside HAProxy.
 * Throws SPOP_ERR_VALUE outside the tag's range, SPOP_ERR_FRAME_TOO_BIG; the writer is then as it was.
 */
export function writeInteger(w: Writer, type: IntegerType, value: number | bigint): void {
  if (!fits(type, value)) throw notInRange(w, type, value);
  const start = w.at;
  writeTag(w, type);
  try {
    if (typeof value === 'bigint') {
      writeVarintWords(w, Number((value >> 32n) & 0xffff_ffffn), Number(value & 0xffff_ffffn));
    } else {
      writeVarintWords(w, Math.floor(value / 0x1_0000_0000) >>> 0, value >>> 0);
    }
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes IPV4 (4 bytes) or IPV6 (16 bytes), network order. Throws SPOP_ERR_VALUE, SPOP_ERR_FRAME_TOO_BIG. */
export function writeAddress(w: Writer, type: 6 | 7, bytes: Uint8Array): void {
  const length = type === DataType.IPV4 ? IPV4_BYTES : IPV6_BYTES;
  if (bytes.length !== length) {
    const message = `Cannot encode address of ${bytes.length} bytes: ${length} are needed`;
    throw new SpopError('SPOP_ERR_VALUE', message, { offset: w.at });
  }
  w.reserve(length + 1);
  w.bytes[w.at++] = type;
  writeBytes(w, bytes);
}

/** Writes STRING or BINARY. Throws SPOP_ERR_FRAME_TOO_BIG; the writer is then as it was. */
export function writeByteString(w: Writer, type: 8 | 9, bytes: Uint8Array, at = 0, end: number = bytes.length): void {
  const start = w.at;
  writeTag(w, type);
  try {
    writeLengthAndBytes(w, bytes, at, end);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Writes a type byte that needs no data: NULL, or BOOL with its flag. */
export function writeTag(w: Writer, tag: number): void {
  w.reserve(1);
  w.bytes[w.at++] = tag;
}

function take(c: Cursor, n: number): Uint8Array {
  need(c, n);
  const at = c.at;
  c.at = at + n;
  return c.bytes.subarray(at, c.at);
}

function skip(c: Cursor, n: number): void {
  need(c, n);
  c.at += n;
}

function fits(type: IntegerType, value: number | bigint): boolean {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) return false;
    if (type === DataType.INT32) return value === (value | 0);
    if (type === DataType.UINT32) return value === value >>> 0;
    return value >= 0 || type === DataType.INT64;
  }
  if (type === DataType.INT32) return value === BigInt.asIntN(32, value);
  if (type === DataType.UINT32) return value === BigInt.asUintN(32, value);
  return value === (type === DataType.INT64 ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
}

const RANGES = { 2: '-2^31..2^31-1', 3: '0..2^32-1', 4: '-2^63..2^63-1', 5: '0..2^64-1' } as const;

function notInRange(w: Writer, type: IntegerType, value: unknown): SpopError {
  const message = `Cannot encode integer ${String(value)}: ${RANGES[type]} is needed (bigint beyond +-(2^53-1))`;
  return new SpopError('SPOP_ERR_VALUE', message, { offset: w.at });
}

function neverType(data: never): never {
  const type = String((data as { type?: unknown }).type);
  throw new SpopError('SPOP_ERR_VALUE', `Cannot encode value of type "${type}": one of the ten data types is needed`);
}
