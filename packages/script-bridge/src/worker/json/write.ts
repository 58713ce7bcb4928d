import { HostError } from '@offload/script-runtime';
import { fromByteString, toByteString } from './text.js';
import { BrokenText, JSON_LIMITS, type JsonValue } from './value.js';

/**
 * JSON text of a document as a byte string (UTF-8). NaN and the infinities are written as null.
 * @param indent spaces per level; 0 gives the compact form
 * @throws HostError for strings that are not UTF-8, and for what is nested too deep
 */
export function writeJson(node: JsonValue, indent: number): string {
  return toByteString(new JsonWriter(indent).write(node, 0));
}

class JsonWriter {
  private readonly indent: number;

  constructor(indent: number) {
    this.indent = indent;
  }

  write(node: JsonValue, depth: number): string {
    switch (typeof node) {
      case 'string':
        return JSON.stringify(node);
      case 'number':
        return Number.isFinite(node) ? String(node === 0 ? 0 : node) : 'null';
      case 'boolean':
      case 'bigint':
        return String(node);
      default:
        return node === null ? 'null' : this.writeObject(node, depth);
    }
  }

  private writeObject(node: Exclude<JsonValue, null | boolean | number | bigint | string>, depth: number): string {
    if (node instanceof BrokenText) throw new HostError('a string in the document is not UTF-8');
    if (node instanceof Uint8Array) return this.write(binaryText(node), depth);
    if (depth >= JSON_LIMITS.maxDepth) throw new HostError(`nested deeper than ${JSON_LIMITS.maxDepth}`);
    if (Array.isArray(node)) {
      return this.join(
        '[',
        node.map((item) => this.write(item, depth + 1)),
        ']',
        depth,
      );
    }
    const colon = this.indent > 0 ? ': ' : ':';
    const names = node.names();
    const values = node.values(names);
    const members = names.map((name, i) => {
      return `${JSON.stringify(name)}${colon}${this.write(values[i] as JsonValue, depth + 1)}`;
    });
    return this.join('{', members, '}', depth);
  }

  private join(open: string, parts: readonly string[], close: string, depth: number): string {
    if (this.indent === 0 || parts.length === 0) return `${open}${parts.join(',')}${close}`;
    const outer = ' '.repeat(this.indent * depth);
    const inner = ' '.repeat(this.indent * (depth + 1));
    return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${outer}${close}`;
  }
}

/** JSON has no byte strings: those of CBOR that are text are written as text. */
function binaryText(bytes: Uint8Array): string {
  const text = fromByteString(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  if (text === undefined) throw new HostError('a byte string in the document is not UTF-8');
  return text;
}
