import type { ScriptValue } from '@offload/script-runtime';
import { fromScript, isNljson } from './convert.js';
import { JsonObject } from './json-object.js';
import { toByteString } from './text.js';
import { BrokenText, type JsonValue } from './value.js';
import { documentObject } from './view.js';

/** Whether documents are the language's own lists and maps, as JSON and CBOR know them; else they are `nljson`. */
function hasPlainDocuments(language: string): boolean {
  return language === 'python';
}

/** A document as scripts of a language get it. */
export function shownDocument(root: JsonValue, language: string): ScriptValue {
  return hasPlainDocuments(language) ? plainOf(root) : documentObject(root);
}

/**
 * The document a script hands over: `nljson`, and in languages with plain documents any value. Undefined for what is
 * none.
 * @throws HostError for what a document cannot hold
 */
export function givenDocument(value: ScriptValue, language: string): JsonValue | undefined {
  if (isNljson(value)) return value.value;
  return hasPlainDocuments(language) ? fromScript(value) : undefined;
}

/** A copy made of arrays and maps, text as byte strings. */
function plainOf(node: JsonValue): ScriptValue {
  if (typeof node === 'string') return toByteString(node);
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map(plainOf);
  if (node instanceof JsonObject) {
    const names = node.names();
    const values = node.values(names);
    return new Map(names.map((name, i) => [toByteString(name), plainOf(values[i] as JsonValue)]));
  }
  return node instanceof BrokenText ? node.bytes : node;
}
