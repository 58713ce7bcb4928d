import { LappsCodecError, type LappsCodecErrorCode } from './errors.js';
import type { CborLimits } from './limits.js';
import { isUtf8 } from './utf8.js';

/** What the check saw and the decoder has to know. */
export interface CborTraits {
  /**
   * Strings are present that cbor-x cannot read: of indefinite length, or with a length in 8 bytes, over which its native
   * part stumbles. They have to be rewritten first.
   */
  unread: boolean;
  /** 64-bit integers are present: cbor-x makes all of them `bigint`. */
  wide: boolean;
  /** Byte strings are present: cbor-x hands out views of the input. */
  binary: boolean;
}

interface Cursor extends CborTraits {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly maxDepth: number;
  at: number;
  itemsLeft: number;
  depth: number;
}

const BREAK = 0xff;

const fail = (code: LappsCodecErrorCode, what: string, offset: number): never => {
  throw new LappsCodecError(code, `Cannot decode CBOR: ${what} at offset ${offset}`, offset);
};

const failTruncated = (c: Cursor, count: number): never =>
  fail('LAPPS_ERR_CBOR_TRUNCATED', `need ${count} more bytes, have ${c.end - c.at}`, c.at);

const need = (c: Cursor, count: number): void => {
  if (count > c.end - c.at) failTruncated(c, count);
};

/** Argument of a head (RFC 8949 3). Above 2^53 it is only approximate: good for bounds, and no value is taken from it. */
const readArgument = (c: Cursor, info: number): number => {
  if (info < 24) return info;
  const { bytes } = c;
  if (info > 27) return fail('LAPPS_ERR_CBOR_RESERVED', `reserved additional information ${info}`, c.at - 1);
  const width = 1 << (info - 24);
  need(c, width);
  let value = 0;
  for (let left = width; left > 0; left -= 1) value = value * 256 + bytes[c.at++]!;
  return value;
};

const takeItem = (c: Cursor): void => {
  c.itemsLeft -= 1;
  if (c.itemsLeft < 0) fail('LAPPS_ERR_CBOR_ITEMS', 'too many items', c.at);
};

const enter = (c: Cursor): void => {
  c.depth += 1;
  if (c.depth > c.maxDepth) fail('LAPPS_ERR_CBOR_DEPTH', `nested deeper than ${c.maxDepth}`, c.at - 1);
};

const atBreak = (c: Cursor): boolean => {
  need(c, 1);
  if (c.bytes[c.at] !== BREAK) return false;
  c.at += 1;
  return true;
};

/** A definite string: its length is held against what remains before anything else. */
const checkString = (c: Cursor, major: number, info: number): void => {
  if (info === 27) c.unread = true;
  const length = readArgument(c, info);
  need(c, length);
  const start = c.at;
  c.at += length;
  if (major === 3 && !isUtf8(c.bytes, start, c.at)) fail('LAPPS_ERR_CBOR_UTF8', 'invalid UTF-8', start);
};

/** An indefinite string (RFC 8949 3.2.3): definite chunks of its own major type, then the break. */
const checkChunks = (c: Cursor, major: number): void => {
  c.unread = true;
  while (!atBreak(c)) {
    takeItem(c);
    const head = c.bytes[c.at++]!;
    if (head >> 5 !== major || (head & 31) === 31) {
      fail('LAPPS_ERR_CBOR_CHUNK', 'a string chunk of another type', c.at - 1);
    }
    checkString(c, major, head & 31);
  }
};

const checkStrings = (c: Cursor, major: number, info: number): void => {
  if (info === 31) checkChunks(c, major);
  else checkString(c, major, info);
};

const checkKey = (c: Cursor): void => {
  takeItem(c);
  need(c, 1);
  const head = c.bytes[c.at++]!;
  if (head >> 5 !== 3) fail('LAPPS_ERR_CBOR_KEY', 'a map key that is not a text string', c.at - 1);
  checkStrings(c, 3, head & 31);
};

const checkArray = (c: Cursor, info: number): void => {
  enter(c);
  if (info === 31) {
    while (!atBreak(c)) checkItem(c);
  } else {
    const count = readArgument(c, info);
    need(c, count);
    for (let left = count; left > 0; left -= 1) checkItem(c);
  }
  c.depth -= 1;
};

const checkMap = (c: Cursor, info: number): void => {
  enter(c);
  if (info === 31) {
    while (!atBreak(c)) {
      checkKey(c);
      checkItem(c);
    }
  } else {
    const count = readArgument(c, info);
    need(c, count * 2);
    for (let left = count; left > 0; left -= 1) {
      checkKey(c);
      checkItem(c);
    }
  }
  c.depth -= 1;
};

const checkSimple = (c: Cursor, info: number): void => {
  if (info >= 20 && info <= 22) return;
  if (info >= 25 && info <= 27) {
    need(c, 1 << (info - 24));
    c.at += 1 << (info - 24);
    return;
  }
  if (info === 31) fail('LAPPS_ERR_CBOR_BREAK', 'a break outside an indefinite item', c.at - 1);
  if (info > 27) fail('LAPPS_ERR_CBOR_RESERVED', `reserved additional information ${info}`, c.at - 1);
  const simple = readArgument(c, info);
  // RFC 8949 3.3: below 32 the two-byte form is not even well-formed. Either way the value is none that LAppS knows.
  fail('LAPPS_ERR_CBOR_SIMPLE', simple === 23 ? 'undefined' : `simple value ${simple}`, c.at - 1);
};

const checkInteger = (c: Cursor, info: number): void => {
  if (info === 27) c.wide = true;
  readArgument(c, info);
};

const checkItem = (c: Cursor): void => {
  takeItem(c);
  need(c, 1);
  const head = c.bytes[c.at++]!;
  const info = head & 31;
  switch (head >> 5) {
    case 0:
    case 1:
      checkInteger(c, info);
      break;
    case 2:
      c.binary = true;
      checkStrings(c, 2, info);
      break;
    case 3:
      checkStrings(c, 3, info);
      break;
    case 4:
      checkArray(c, info);
      break;
    case 5:
      checkMap(c, info);
      break;
    case 6:
      readArgument(c, info);
      fail('LAPPS_ERR_CBOR_TAG', 'a tag', c.at - 1);
      break;
    default:
      checkSimple(c, info);
  }
};

/**
 * Proves that `bytes` are exactly one well-formed item (RFC 8949 appendix C and F) of the dialect of `lapps.md 1.5`, within
 * limits. Dialect: integers, floats, text, byte strings, arrays, maps with text keys, false, true, null; no tags, no
 * undefined, no other simple values. Nothing is allocated but the cursor. `limits` must be resolved.
 *
 * @throws LappsCodecError `LAPPS_ERR_CBOR_*`
 */
export const checkCbor = (bytes: Uint8Array, limits: CborLimits): CborTraits => {
  if (bytes.length > limits.maxBytes) {
    fail('LAPPS_ERR_CBOR_BYTES', `${bytes.length} bytes, more than ${limits.maxBytes}`, limits.maxBytes);
  }
  const cursor: Cursor = {
    bytes,
    end: bytes.length,
    maxDepth: limits.maxDepth,
    at: 0,
    itemsLeft: limits.maxItems,
    depth: 0,
    unread: false,
    wide: false,
    binary: false,
  };
  checkItem(cursor);
  if (cursor.at !== cursor.end) fail('LAPPS_ERR_CBOR_TRAILING', `${cursor.end - cursor.at} bytes too many`, cursor.at);
  return cursor;
};
