import {
  CoroutineObject,
  copyOf,
  HostError,
  HostObject,
  ScriptFunction,
  ScriptTable,
  type ScriptValue,
} from '@offload/script-runtime';
import { Budget } from './budget.js';
import { JsonObject } from './json-object.js';
import { luaNumberText } from './number-text.js';
import { fromByteString, textOrBroken } from './text.js';
import type { JsonValue } from './value.js';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Whether an object is of the class `nljson`; only the host makes classes, so their names are unique. */
export function isNljson(value: ScriptValue): value is HostObject<JsonValue> {
  return value instanceof HostObject && value.class.name === 'nljson';
}

/**
 * A document's own copy of what a script assigned: nil, functions and coroutines as null, nljson copied deep, tables
 * converted (`lapps.md 3.3`).
 * @throws HostError for other userdata, keys that are none, cycles, and more than a document holds
 */
export function fromScript(value: ScriptValue): JsonValue {
  switch (typeof value) {
    case 'string':
      return textOrBroken(value);
    case 'number':
    case 'boolean':
      return value;
    case 'undefined':
      return null;
    default:
      return convert(value, new Budget());
  }
}

/** A container or scalar that shares nothing with `node`. */
export function deepCopy(node: JsonValue, budget: Budget = new Budget()): JsonValue {
  if (node instanceof JsonObject) return copyObject(node, budget);
  return Array.isArray(node) ? copyArray(node, budget) : node;
}

function copyObject(node: JsonObject, budget: Budget): JsonObject {
  budget.enter();
  budget.take(node.size);
  const copy = node.copy((value) => deepCopy(value, budget));
  budget.leave();
  return copy;
}

/**
 * Like the copy of an object's members, but not the same code: arrays come in so many kinds (of small integers, of doubles,
 * with holes) that one place for both is too much for V8's caches: 4 % of the time of a LAppS message went there.
 */
function copyArray(node: readonly JsonValue[], budget: Budget): JsonValue[] {
  budget.enter();
  const copy = node.slice();
  const { length } = copy;
  budget.take(length);
  for (let i = 0; i < length; i++) {
    const item = copy[i] as JsonValue;
    if (typeof item === 'object' && item !== null) copy[i] = deepCopy(item, budget);
  }
  budget.leave();
  return copy;
}

function convert(value: ScriptValue, budget: Budget): JsonValue {
  if (typeof value === 'string') return textOrBroken(value);
  if (typeof value === 'bigint') return checkWide(value);
  if (typeof value !== 'object') return value ?? null;
  if (value === null || value instanceof ScriptFunction) return null;
  if (value instanceof Uint8Array) return copyOf(value, 0, value.length);
  if (value instanceof HostObject) {
    if (isNljson(value)) return deepCopy(value.value, budget);
    if (value instanceof CoroutineObject) return null;
    throw new HostError(`a ${value.class.name} cannot be stored in nljson`);
  }
  budget.enter();
  const container = Array.isArray(value) ? convertList(value, budget) : convertTable(value as Table, budget);
  budget.leave();
  return container;
}

type Table = ScriptTable | ReadonlyMap<ScriptValue, ScriptValue>;

function convertTable(table: Table, budget: Budget): JsonValue {
  const shape = table instanceof ScriptTable ? table.shape : undefined;
  if (shape === undefined) return convertPairs(pairsOf(table), budget);
  const entries = [...pairsOf(table)];
  budget.take(entries.length);
  if (shape === 'list') return entries.map(([, item]) => convert(item, budget));
  return toObject(entries.map(([key, item]) => [key, convert(item, budget)]));
}

function pairsOf(table: Table): Iterable<readonly [ScriptValue, ScriptValue]> {
  return table instanceof ScriptTable ? table.entries() : table;
}

function checkWide(value: bigint): bigint {
  if (value < INT64_MIN || value > UINT64_MAX) throw new HostError(`${value} does not fit 64 bits`);
  return value;
}

function convertList(list: readonly ScriptValue[], budget: Budget): JsonValue[] {
  budget.take(list.length);
  return list.map((item) => convert(item, budget));
}

/** Array-like when every key is a whole number other than 0, or its text; an empty table is an array. */
function convertPairs(pairs: Iterable<readonly [ScriptValue, ScriptValue]>, budget: Budget): JsonValue {
  const entries: (readonly [ScriptValue, JsonValue])[] = [];
  let arrayLike = true;
  let length = 0;
  for (const [key, item] of pairs) {
    budget.take(1);
    const index = indexOf(key);
    if (index === undefined) arrayLike = false;
    else length = Math.max(length, index);
    entries.push([key, convert(item, budget)]);
  }
  return arrayLike ? toArray(entries, length, budget) : toObject(entries);
}

function indexOf(key: ScriptValue): number | undefined {
  const number = typeof key === 'string' && /^-?\d+$/.test(key) ? Number(key) : key;
  return typeof number === 'number' && Number.isInteger(number) && number !== 0 ? number : undefined;
}

function toArray(entries: readonly (readonly [ScriptValue, JsonValue])[], length: number, budget: Budget): JsonValue[] {
  // Holes are filled with null, so a lone large index costs what it says.
  budget.take(Math.max(0, length - entries.length));
  const array = new Array<JsonValue>(length).fill(null);
  for (const [key, item] of entries) {
    const index = indexOf(key) as number;
    if (index < 0) throw new HostError(`negative index ${index} in a table`);
    array[index - 1] = item;
  }
  return array;
}

function toObject(entries: readonly (readonly [ScriptValue, JsonValue])[]): JsonObject {
  const object = JsonObject.empty();
  for (const [key, item] of entries) object.set(keyText(key), item);
  return object;
}

/** A member's name from a script's key. */
export function keyText(key: ScriptValue): string {
  if (typeof key === 'number' || typeof key === 'bigint') return luaNumberText(key);
  if (typeof key !== 'string') throw new HostError('a member name must be a string or a number');
  const text = fromByteString(key);
  if (text === undefined) throw new HostError('a member name must be UTF-8');
  return text;
}
