import { type CborLimits, type CborValue, DEFAULT_CBOR_LIMITS, decodeCbor } from '@offload/lapps-codec';
import { byteString, copyOf } from '@offload/script-runtime';
import { JsonObject } from './json-object.js';
import { KeyCache } from './key-cache.js';
import type { JsonValue } from './value.js';

/** Longest array whose memory is taken at once. */
const LIKELY = 64;
const FLOAT32 = 26;
const FLOAT64 = 27;

/** What this reader leaves to the codec. */
const UNUSUAL = Symbol('unusual');
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads CBOR into documents, in one pass and without a copy, whatever memory it lies in. Forms that are rare (indefinite
 * lengths, half floats, integers beyond 2^53), and everything that is wrong or too much, are left to `decodeCbor` of
 * lapps-codec, which is the judge: this reads nothing that it would refuse, and reads it the same.
 */
export class CborReader {
  private readonly keys = new KeyCache();
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly number = new DataView(new ArrayBuffer(8));
  private at = 0;
  private end = 0;
  private depthLeft = 0;
  private itemsLeft = 0;

  /**
   * The one item that fills `bytes` from `at` to `end`.
   * @throws LappsCodecError as `decodeCbor`
   */
  read(bytes: Uint8Array, at: number, end: number, limits: CborLimits = DEFAULT_CBOR_LIMITS): JsonValue {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.depthLeft = limits.maxDepth;
    this.itemsLeft = limits.maxItems;
    try {
      if (end - at <= limits.maxBytes) {
        const value = this.value();
        if (this.at === end) return value;
      }
    } catch (error) {
      if (error !== UNUSUAL) throw error;
    }
    return documentOf(decodeCbor(copyOf(bytes, at, end), limits));
  }

  private value(): JsonValue {
    if (--this.itemsLeft < 0 || this.at >= this.end) throw UNUSUAL;
    const head = this.bytes[this.at++] as number;
    if (head < 24) return head;
    const info = head & 31;
    switch (head >> 5) {
      case 0:
        return this.argument(info);
      case 1:
        return -1 - this.argument(info);
      case 2:
        return this.blob(this.argument(info));
      case 3:
        return this.text(this.argument(info));
      case 4:
        return this.array(this.argument(info));
      case 5:
        return this.object(this.argument(info));
      case 7:
        return this.simple(info);
      default:
        throw UNUSUAL;
    }
  }

  /** Argument of a head (RFC 8949 3), up to 2^53 - 2, so that a negative integer is exact too. */
  private argument(info: number): number {
    if (info < 24) return info;
    const width = 1 << (info - 24);
    if (info > 27 || width > this.end - this.at) throw UNUSUAL;
    const { bytes } = this;
    let value = 0;
    for (let left = width; left > 0; left--) value = value * 256 + (bytes[this.at++] as number);
    if (value >= Number.MAX_SAFE_INTEGER) throw UNUSUAL;
    return value;
  }

  private array(count: number): JsonValue[] {
    if (count > this.end - this.at || --this.depthLeft < 0) throw UNUSUAL;
    // No memory for more than is likely on the word of a peer.
    const array: JsonValue[] = count <= LIKELY ? new Array<JsonValue>(count) : [];
    const { bytes, end } = this;
    for (let i = 0; i < count; ) {
      // Numbers below 24 are one byte: the rule in arrays, and worth not calling anything.
      const first = i;
      let { at } = this;
      for (; i < count && at < end && (bytes[at] as number) < 24; i++, at++) array[i] = bytes[at] as number;
      this.itemsLeft -= i - first;
      this.at = at;
      if (i < count) array[i++] = this.value();
    }
    if (this.itemsLeft < 0) throw UNUSUAL;
    this.depthLeft++;
    return array;
  }

  private object(count: number): JsonObject {
    if (count * 2 > this.end - this.at || --this.depthLeft < 0) throw UNUSUAL;
    const object = JsonObject.empty();
    for (let i = 0; i < count; i++) {
      const name = this.key();
      object.set(name, this.value());
    }
    this.depthLeft++;
    return object;
  }

  private key(): string {
    if (--this.itemsLeft < 0 || this.at >= this.end) throw UNUSUAL;
    const head = this.bytes[this.at++] as number;
    if (head >> 5 !== 3) throw UNUSUAL;
    const length = this.argument(head & 31);
    const start = this.at;
    if (length > this.end - start) throw UNUSUAL;
    const known = this.keys.find(this.bytes, start, length);
    if (known === undefined) return this.keys.add(length, this.text(length));
    this.at += length;
    return known;
  }

  private text(length: number): string {
    const { bytes, at } = this;
    const end = at + length;
    if (end > this.end) throw UNUSUAL;
    this.at = end;
    for (let i = at; i < end; i++) if ((bytes[i] as number) >= 0x80) return decodeUtf8(bytes, at, end);
    return byteString(bytes, at, end);
  }

  private blob(length: number): Uint8Array {
    const { at } = this;
    if (length > this.end - at) throw UNUSUAL;
    this.at += length;
    return copyOf(this.bytes, at, this.at);
  }

  private simple(info: number): JsonValue {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case FLOAT32:
      case FLOAT64:
        return this.float(info === FLOAT64 ? 8 : 4);
      default:
        throw UNUSUAL;
    }
  }

  private float(width: 4 | 8): number {
    const { bytes, at } = this;
    if (width > this.end - at) throw UNUSUAL;
    this.at += width;
    for (let i = 0; i < width; i++) this.number.setUint8(i, bytes[at + i] as number);
    return width === 8 ? this.number.getFloat64(0) : this.number.getFloat32(0);
  }
}

/** Strings of a message are mostly ASCII; this is for those that are not. */
function decodeUtf8(bytes: Uint8Array, at: number, end: number): string {
  try {
    // The decoder does not take shared memory.
    return decoder.decode(copyOf(bytes, at, end));
  } catch {
    throw UNUSUAL;
  }
}

/** A decoded item as a document. Its depth was checked. */
function documentOf(value: CborValue): JsonValue {
  if (Array.isArray(value)) return value.map(documentOf);
  if (!(value instanceof Map)) return value;
  const object = JsonObject.empty();
  for (const [name, member] of value) object.set(name, documentOf(member));
  return object;
}
