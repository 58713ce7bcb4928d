import { HostError, HostObject, type HostObjectClass, ScriptFunction, type ScriptValue } from '@offload/script-runtime';
import { fromScript } from './convert.js';
import { JsonObject } from './json-object.js';
import { fromByteString, toByteString } from './text.js';
import { BrokenText, isContainer, JSON_LIMITS, type JsonValue, typeNameOf } from './value.js';
import { writeJson } from './write.js';

/**
 * The userdata `nljson` (`lapps.md 3.3`): a value of a document. A container read from it is a view of the same
 * document, valid as long as it is held. A missing member reads as nil; assigning a table replaces what was there.
 */
export const nljsonClass: HostObjectClass<JsonValue> = {
  name: 'nljson',
  index: (node, key) => toScript(memberOf(node, key)),
  newIndex: setMember,
  toText: (node) => writeJson(node, 0),
  length: (node) => {
    if (node instanceof JsonObject) return node.size;
    if (Array.isArray(node)) return node.length;
    throw new HostError(`a ${typeNameOf(node)} has no length`);
  },
  entries: (node) => entriesOf(node),
};

/** A whole document as scripts hold it, a scalar one included. */
export function documentObject(root: JsonValue): HostObject<JsonValue> {
  return new HostObject(nljsonClass, root);
}

/** What a script sees of a value: containers as live views. */
export function toScript(node: JsonValue | undefined): ScriptValue {
  if (typeof node === 'string') return toByteString(node);
  if (typeof node !== 'object' || node === null) return node;
  if (node instanceof BrokenText) return node.bytes;
  return isContainer(node) ? new HostObject(nljsonClass, node) : node;
}

function memberOf(node: JsonValue, key: ScriptValue): JsonValue | undefined {
  if (node instanceof JsonObject && typeof key === 'string') {
    const name = fromByteString(key);
    return name === undefined ? undefined : node.get(name);
  }
  if (Array.isArray(node) && typeof key === 'number') return node[Math.trunc(key) - 1];
  throw badKey(node, key);
}

function setMember(node: JsonValue, key: ScriptValue, value: ScriptValue): void {
  if (node instanceof JsonObject && typeof key === 'string') {
    const name = fromByteString(key);
    if (name === undefined) throw new HostError('a member name must be UTF-8');
    node.set(name, fromScript(value));
  } else if (Array.isArray(node) && typeof key === 'number') {
    const at = Math.trunc(key) - 1;
    if (!(at >= 0 && at < JSON_LIMITS.maxItems))
      throw new HostError(`index ${key} is outside 1 to ${JSON_LIMITS.maxItems}`);
    const item = fromScript(value);
    while (node.length < at) node.push(null);
    node[at] = item;
  } else throw badKey(node, key);
}

function badKey(node: JsonValue, key: ScriptValue): HostError {
  const type = typeNameOf(node);
  if (!isContainer(node)) return new HostError(`attempt to index a nljson ${type}`);
  const wanted = type === 'array' ? 'a number from 1' : 'a string';
  return new HostError(`bad key for a nljson ${type}: ${wanted} expected, got ${keyType(key)}`);
}

function keyType(key: ScriptValue): string {
  if (key === null || key === undefined) return 'nil';
  if (key instanceof ScriptFunction) return 'function';
  return typeof key === 'object' ? 'table' : typeof key;
}

/** Members in the order of their names' bytes, elements from 1. A snapshot: callbacks may change the document. */
export function entriesOf(node: JsonValue): [ScriptValue, ScriptValue][] {
  if (node instanceof JsonObject) {
    const names = node.names();
    const values = node.values(names);
    return names.map((name, i) => [toScript(name), toScript(values[i])]);
  }
  if (Array.isArray(node)) return node.map((item, i) => [i + 1, toScript(item)]);
  return [[1, toScript(node)]];
}
