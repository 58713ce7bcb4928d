import { JsonObject } from './json-object.js';

/**
 * A JSON document as this process holds it. Text is ordinary JavaScript text; scripts see its UTF-8 bytes. A string a
 * script stored that is not UTF-8 keeps its bytes as {@link BrokenText}, can be read back, and cannot be encoded.
 */
export type JsonValue = null | boolean | number | bigint | string | Uint8Array | BrokenText | JsonValue[] | JsonObject;

export type JsonContainer = JsonValue[] | JsonObject;

/** Bytes a script stored as a string that are not UTF-8. */
export class BrokenText {
  /** Byte string. */
  readonly bytes: string;
  constructor(bytes: string) {
    this.bytes = bytes;
  }
}

/** Bounds of documents made by scripts; texts from peers have their own. */
export interface JsonLimits {
  /** Containers within each other. */
  readonly maxDepth: number;
  /** Values in one conversion, copy or padded array. */
  readonly maxItems: number;
}

/** Longest message or document a script can send or encode, bytes. */
export const MAX_DOCUMENT_BYTES = 16 << 20;

export const JSON_LIMITS: JsonLimits = Object.freeze({ maxDepth: 200, maxItems: 1_000_000 });

export function isContainer(node: JsonValue): node is JsonContainer {
  return Array.isArray(node) || node instanceof JsonObject;
}

/** `object` `array` `string` `number` `boolean` `null`, as nljson names them. */
export function typeNameOf(node: JsonValue): string {
  if (node === null) return 'null';
  if (Array.isArray(node)) return 'array';
  if (node instanceof JsonObject) return 'object';
  const type = typeof node;
  if (type === 'bigint') return 'number';
  return type === 'object' ? 'string' : type;
}
