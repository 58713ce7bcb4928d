import type { Cursor } from './cursor.js';
import { latin1Text } from './name.js';
import { readLength } from './varint.js';

/** Longer names are decoded every time: they are no names anyone configured. */
const MAX_CACHED_NAME_BYTES = 64;

interface Entry {
  readonly hash: number;
  readonly text: string;
}

/**
 * Turns the bytes of a name into a string without building it again: a two-way hash table of a fixed number of
 * entries, so that a peer who invents names costs time, never memory. Strings are latin1, one character per byte.
 */
export class NameCache {
  private readonly entries: (Entry | undefined)[];
  private readonly mask: number;

  /** `size`: most names kept, rounded up to a power of two; 1024 by default. */
  constructor(size = 1024) {
    let slots = 2;
    while (slots < size) slots *= 2;
    this.entries = new Array(slots).fill(undefined);
    this.mask = slots - 1;
  }

  /** The string of `bytes[at..end)`. */
  text(bytes: Uint8Array, at: number, end: number): string {
    const length = end - at;
    if (length > MAX_CACHED_NAME_BYTES) return latin1Text(bytes, at, end);
    let hash = length;
    for (let i = at; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & this.mask;
    const first = this.entries[slot];
    if (first !== undefined && first.hash === hash && equals(first.text, bytes, at, length)) return first.text;
    const second = this.entries[slot ^ 1];
    if (second !== undefined && second.hash === hash && equals(second.text, bytes, at, length)) return second.text;
    const entry = { hash, text: latin1Text(bytes, at, end) };
    this.entries[first === undefined || second !== undefined ? slot : slot ^ 1] = entry;
    return entry.text;
  }

  /** Reads a name (varint length + bytes) at the cursor. Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT. */
  read(c: Cursor): string {
    const length = readLength(c);
    const at = c.at;
    c.at = at + length;
    return this.text(c.bytes, at, c.at);
  }
}

function equals(text: string, bytes: Uint8Array, at: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}
