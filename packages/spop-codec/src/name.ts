import { MAX_VARIABLE_NAME_BYTES } from './constants.js';
import { type Cursor, type Writer, writeBytes } from './cursor.js';
import { SpopError } from './errors.js';
import { readLength, writeVarint } from './varint.js';

/**
 * Names (of keys, messages, arguments and variables) are untyped strings: varint length + bytes (spop.md 1.4).
 * In memory they are JavaScript strings with one character per byte (latin1), so any bytes survive both ways.
 */

/** Characters handed to `String.fromCharCode` at once; the argument list of a call is bounded. */
const SLICE = 4096;

/** Makes a string with one character per byte of `bytes[at..end)`. */
export function latin1Text(bytes: Uint8Array, at = 0, end: number = bytes.length): string {
  let text = '';
  if (end - at <= 16) {
    for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]!);
    return text;
  }
  for (let i = at; i < end; i += SLICE) {
    text += String.fromCharCode.apply(null, bytes.subarray(i, Math.min(end, i + SLICE)) as unknown as number[]);
  }
  return text;
}

/** Makes the bytes of a string whose characters are all 0..255. Throws SPOP_ERR_VALUE. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw notLatin1(text, i);
    bytes[i] = code;
  }
  return bytes;
}

/** Reads a name. Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT. */
export function readName(c: Cursor): string {
  const length = readLength(c);
  const at = c.at;
  c.at = at + length;
  return latin1Text(c.bytes, at, c.at);
}

/** Writes varint length + one byte per character (0..255). Throws SPOP_ERR_VALUE, SPOP_ERR_FRAME_TOO_BIG. */
export function writeLatin1(w: Writer, text: string): void {
  const start = w.at;
  writeVarint(w, text.length);
  w.reserve(text.length);
  const bytes = w.bytes;
  let at = w.at;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) {
      w.at = start;
      throw notLatin1(text, i);
    }
    bytes[at++] = code;
  }
  w.at = at;
}

/** Writes varint length + the bytes of `source[at..end)`. Throws SPOP_ERR_FRAME_TOO_BIG. */
export function writeLengthAndBytes(w: Writer, source: Uint8Array, at = 0, end: number = source.length): void {
  writeVarint(w, end - at);
  writeBytes(w, source, at, end);
}

/** 1 for the characters HAProxy accepts in a variable name: A-Z a-z 0-9 _ and full stop. */
const NAME_CHARACTERS = /* @__PURE__ */ (() => {
  const table = new Uint8Array(128);
  for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.') table[c.charCodeAt(0)] = 1;
  return table;
})();

/**
 * Writes the name of a variable: 1..48 characters of `[A-Za-z0-9_.]`. HAProxy would skip an action with any other
 * (spop.md 1.5). Throws SPOP_ERR_NAME, SPOP_ERR_FRAME_TOO_BIG; the writer is then as it was.
 */
export function writeVariableName(w: Writer, name: string): void {
  const n = name.length;
  if (n === 0 || n > MAX_VARIABLE_NAME_BYTES) throw badName(name);
  w.reserve(n + 1);
  const bytes = w.bytes;
  let at = w.at;
  bytes[at++] = n;
  for (let i = 0; i < n; i++) {
    const code = name.charCodeAt(i);
    // A code past the table reads undefined, which is no 1.
    if (NAME_CHARACTERS[code] !== 1) throw badName(name);
    bytes[at++] = code;
  }
  w.at = at;
}

/** Throws SPOP_ERR_NAME unless `writeVariableName` would take the name. */
export function checkVariableName(name: string): void {
  const n = name.length;
  if (n === 0 || n > MAX_VARIABLE_NAME_BYTES) throw badName(name);
  for (let i = 0; i < n; i++) if (NAME_CHARACTERS[name.charCodeAt(i)] !== 1) throw badName(name);
}

function badName(name: string): SpopError {
  const shown = JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}...` : name);
  const rule = `1 to ${MAX_VARIABLE_NAME_BYTES} characters of A-Z a-z 0-9 _ . are needed`;
  return new SpopError('SPOP_ERR_NAME', `Cannot encode variable name ${shown}: ${rule}`);
}

function notLatin1(text: string, i: number): SpopError {
  const code = text.charCodeAt(i).toString(16);
  return new SpopError(
    'SPOP_ERR_VALUE',
    `Cannot encode character U+${code} at index ${i}: one byte per character is needed`,
  );
}
