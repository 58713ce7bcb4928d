import type { Cursor } from './cursor.js';
import { latin1Text } from './name.js';
import { readLength } from './varint.js';

/** Longer names are decoded every time: they are no names anyone configured. */
const MAX_CACHED_NAME_BYTES = 64;

interface Entry {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Slot of the name that came after this one the last time. A number, since a chain of entries could grow for ever. */
  nextSlot: number;
}

/**
 * Turns the bytes of a name into a string without building it again. Names come in the same order frame after frame,
 * so the one that followed last time is tried first; then a two-way hash table is asked. The table has a fixed number
 * of entries: a peer who invents names costs time, never memory. Strings are latin1, one character per byte.
 */
export class NameCache {
  private readonly entries: (Entry | undefined)[];
  private readonly mask: number;
  private last: Entry = { bytes: new Uint8Array(0), text: '', nextSlot: 0 };

  /** `size`: most names kept, rounded up to a power of two; 1024 by default. */
  constructor(size = 1024) {
    let slots = 2;
    while (slots < size) slots *= 2;
    this.entries = new Array(slots).fill(undefined);
    this.mask = slots - 1;
  }

  /** The string of `bytes[at..end)`. */
  text(bytes: Uint8Array, at: number, end: number): string {
    const guess = this.entries[this.last.nextSlot];
    if (guess !== undefined && equals(guess.bytes, bytes, at, end)) {
      this.last = guess;
      return guess.text;
    }
    return this.find(bytes, at, end);
  }

  /** Reads a name (varint length + bytes) at the cursor. Throws SPOP_ERR_TRUNCATED, SPOP_ERR_VARINT. */
  read(c: Cursor): string {
    const length = readLength(c);
    // Arguments without a name are common.
    if (length === 0) return '';
    const at = c.at;
    c.at = at + length;
    return this.text(c.bytes, at, c.at);
  }

  private find(bytes: Uint8Array, at: number, end: number): string {
    if (end - at > MAX_CACHED_NAME_BYTES) return latin1Text(bytes, at, end);
    let hash = 0;
    for (let i = at; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    let slot = (hash ^ (hash >>> 15)) & this.mask;
    let entry = this.entries[slot];
    if (entry === undefined || !equals(entry.bytes, bytes, at, end)) {
      const first = entry;
      const other = this.entries[slot ^ 1];
      if (other !== undefined && equals(other.bytes, bytes, at, end)) {
        slot ^= 1;
        entry = other;
      } else {
        if (first !== undefined && other === undefined) slot ^= 1;
        entry = { bytes: new Uint8Array(bytes.subarray(at, end)), text: latin1Text(bytes, at, end), nextSlot: 0 };
        this.entries[slot] = entry;
      }
    }
    this.last.nextSlot = slot;
    this.last = entry;
    return entry.text;
  }
}

function equals(name: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
  const length = name.length;
  if (end - at !== length) return false;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[at + i]) return false;
  return true;
}
