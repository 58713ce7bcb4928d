import { ipv4Text, ipv6Text } from '../../ip-text.js';

const SLOTS = 1024;

/** An address as four words, the first three 0 for IPv4, and its text. */
interface Known {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly text: string;
}

/**
 * Texts of addresses, kept because clients come back. A fixed number of slots, in which the last one stays: addresses
 * nobody has seen before cost a little time, never memory.
 */
export class AddressTexts {
  private readonly v4: Known[];
  private readonly v6: Known[];

  constructor() {
    // An address of zeros, which every slot starts with, is right.
    const zero4 = { a: 0, b: 0, c: 0, d: 0, text: '0.0.0.0' };
    const zero6 = { a: 0, b: 0, c: 0, d: 0, text: '::' };
    this.v4 = new Array<Known>(SLOTS).fill(zero4);
    this.v6 = new Array<Known>(SLOTS).fill(zero6);
  }

  /** Text of the four bytes at `at`. */
  ipv4(bytes: Uint8Array, at: number): string {
    const d = word(bytes, at);
    const slot = hash(d);
    const known = this.v4[slot];
    if (known.d === d) return known.text;
    const text = ipv4Text(bytes, at);
    this.v4[slot] = { a: 0, b: 0, c: 0, d, text };
    return text;
  }

  /** Text of the sixteen bytes at `at`. */
  ipv6(bytes: Uint8Array, at: number): string {
    const a = word(bytes, at);
    const b = word(bytes, at + 4);
    const c = word(bytes, at + 8);
    const d = word(bytes, at + 12);
    const slot = hash(Math.imul(Math.imul(Math.imul(a, 31) + b, 31) + c, 31) + d);
    const known = this.v6[slot];
    if (known.d === d && known.c === c && known.b === b && known.a === a) return known.text;
    const text = ipv6Text(bytes, at);
    this.v6[slot] = { a, b, c, d, text };
    return text;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function hash(word: number): number {
  const mixed = Math.imul(word, 0x9e3779b1);
  return (mixed >>> 16) & (SLOTS - 1);
}
