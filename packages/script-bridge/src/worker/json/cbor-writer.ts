import { HostError } from '@offload/script-runtime';
import { JsonObject } from './json-object.js';
import { BrokenText, JSON_LIMITS, type JsonValue } from './value.js';

const FIRST_BYTES = 1 << 16;
/** Memory beyond this is given back after use. */
const KEEP_BYTES = 1 << 20;
/** Longest text written char by char. */
const SHORT_TEXT = 64;

const UINT = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const DOUBLE = 0xfb;

/**
 * Writes documents as CBOR in one pass, into memory of its own that is used again: the same bytes as `encodeCbor` of
 * lapps-codec (`lapps.md 1.5`), whose copy for sorting and checking this saves. Whole numbers are integers, other numbers
 * doubles, members in the order of their names' bytes.
 */
export class CborWriter {
  private readonly maxBytes: number;
  private memory: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private at = 0;
  private depth = 0;

  /** @param maxBytes longest result, the room in front of it included */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Where the last {@link write} put its result. Valid until the next one. */
  get bytes(): Buffer {
    return this.memory;
  }

  /**
   * Writes a document from `start` on; returns where it ends in {@link bytes}.
   * @throws HostError for strings that are not UTF-8, and for what is too long or nested too deep
   */
  write(document: JsonValue, start = 0): number {
    if (this.memory.length > KEEP_BYTES) this.memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.at = start;
    this.depth = 0;
    this.value(document);
    return this.at;
  }

  /** A document's bytes in memory of their own. */
  encode(document: JsonValue): Uint8Array {
    const end = this.write(document);
    return new Uint8Array(this.memory.subarray(0, end));
  }

  private room(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.memory.length) return;
    if (needed > this.maxBytes) throw new HostError(`Cannot encode CBOR: more than ${this.maxBytes} bytes`);
    const grown = Buffer.allocUnsafeSlow(Math.min(this.maxBytes, Math.max(needed, this.memory.length * 2)));
    grown.set(this.memory.subarray(0, this.at));
    this.memory = grown;
  }

  private head(major: number, argument: number): void {
    this.room(9);
    const { memory } = this;
    const type = major << 5;
    if (argument < 24) memory[this.at++] = type | argument;
    else if (argument < 0x100) {
      memory[this.at++] = type | 24;
      memory[this.at++] = argument;
    } else if (argument < 0x10000) {
      memory[this.at] = type | 25;
      this.at = memory.writeUInt16BE(argument, this.at + 1);
    } else if (argument < 0x100000000) {
      memory[this.at] = type | 26;
      this.at = memory.writeUInt32BE(argument, this.at + 1);
    } else this.wideHead(major, BigInt(argument));
  }

  private wideHead(major: number, argument: bigint): void {
    this.room(9);
    this.memory[this.at] = (major << 5) | 27;
    this.at = this.memory.writeBigUInt64BE(argument, this.at + 1);
  }

  private value(node: JsonValue): void {
    switch (typeof node) {
      case 'string':
        this.text(node);
        break;
      case 'number':
        this.number(node);
        break;
      case 'boolean':
        this.simple(node ? 0xf5 : 0xf4);
        break;
      case 'bigint':
        this.bigint(node);
        break;
      default:
        if (node === null) this.simple(0xf6);
        else if (Array.isArray(node)) this.array(node);
        else if (node instanceof JsonObject) this.object(node);
        else this.blob(node);
    }
  }

  private simple(byte: number): void {
    this.room(1);
    this.memory[this.at++] = byte;
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value >= 0) this.head(UINT, value);
      else this.head(NEGATIVE, -1 - value);
      return;
    }
    this.room(9);
    this.memory[this.at] = DOUBLE;
    this.at = this.memory.writeDoubleBE(value, this.at + 1);
  }

  private bigint(value: bigint): void {
    if (Number.isSafeInteger(Number(value))) this.number(Number(value));
    else if (value >= 0n) this.wideHead(UINT, value);
    else this.wideHead(NEGATIVE, -1n - value);
  }

  private text(text: string): void {
    const { length } = text;
    if (length <= SHORT_TEXT) {
      const start = this.at;
      this.head(TEXT, length);
      this.room(length);
      const { memory } = this;
      let i = 0;
      for (let code = 0; i < length && (code = text.charCodeAt(i)) < 0x80; i++) memory[this.at++] = code;
      if (i === length) return;
      this.at = start;
    }
    const bytes = Buffer.byteLength(text);
    this.head(TEXT, bytes);
    this.room(bytes);
    this.at += this.memory.write(text, this.at);
  }

  private blob(node: Uint8Array | BrokenText): void {
    if (node instanceof BrokenText) throw new HostError('Cannot encode CBOR: a string in the document is not UTF-8');
    this.head(BYTES, node.length);
    this.room(node.length);
    this.memory.set(node, this.at);
    this.at += node.length;
  }

  private enter(): void {
    if (++this.depth > JSON_LIMITS.maxDepth) {
      throw new HostError(`Cannot encode CBOR: nested deeper than ${JSON_LIMITS.maxDepth}`);
    }
  }

  private array(items: readonly JsonValue[]): void {
    this.enter();
    this.head(ARRAY, items.length);
    // One byte each at least, which is all a number below 24 needs.
    this.room(items.length);
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as JsonValue;
      if (typeof item === 'number' && (item | 0) === item && item >= 0 && item < 24) this.simple(item);
      else this.value(item);
    }
    this.depth--;
  }

  private object(object: JsonObject): void {
    this.enter();
    this.head(MAP, object.size);
    const names = object.names();
    const values = object.values(names);
    for (let i = 0; i < names.length; i++) {
      this.text(names[i] as string);
      this.value(values[i] as JsonValue);
    }
    this.depth--;
  }
}
