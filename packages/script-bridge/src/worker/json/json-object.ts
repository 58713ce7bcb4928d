import { compareUtf8 } from '@offload/lapps-codec';
import type { JsonValue } from './value.js';

/** Up to so many members looking through them all beats hashing. */
const FEW = 8;

/**
 * The members of an object in a document. Most have a handful: those are two arrays in the order of the names' bytes,
 * which makes reading, copying and writing them several times cheaper than a `Map`; larger ones are a `Map`.
 */
export class JsonObject {
  private keys: string[];
  private items: JsonValue[];
  /** `keys` belongs to copies, too. */
  private shared: boolean;
  private many: Map<string, JsonValue> | undefined;

  private constructor(keys: string[], items: JsonValue[], shared: boolean, many?: Map<string, JsonValue>) {
    this.keys = keys;
    this.items = items;
    this.shared = shared;
    this.many = many;
  }

  static empty(): JsonObject {
    return new JsonObject([], [], false);
  }

  static of(members: Iterable<readonly [string, JsonValue]>): JsonObject {
    const object = JsonObject.empty();
    for (const [name, value] of members) object.set(name, value);
    return object;
  }

  get size(): number {
    return this.many === undefined ? this.keys.length : this.many.size;
  }

  get(name: string): JsonValue | undefined {
    if (this.many !== undefined) return this.many.get(name);
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) if (keys[i] === name) return this.items[i];
    return undefined;
  }

  has(name: string): boolean {
    return this.many === undefined ? this.keys.includes(name) : this.many.has(name);
  }

  set(name: string, value: JsonValue): void {
    if (this.many !== undefined) {
      this.many.set(name, value);
      return;
    }
    const { keys, items } = this;
    let at = keys.length;
    for (; at > 0; at--) {
      const order = compareUtf8(keys[at - 1] as string, name);
      if (order < 0) break;
      if (order > 0) continue;
      items[at - 1] = value;
      return;
    }
    if (keys.length === FEW) this.grow().set(name, value);
    else if (at === keys.length) {
      this.ownKeys().push(name);
      items.push(value);
    } else {
      this.ownKeys().splice(at, 0, name);
      items.splice(at, 0, value);
    }
  }

  /** Whether there was such a member. */
  delete(name: string): boolean {
    if (this.many !== undefined) return this.many.delete(name);
    const at = this.keys.indexOf(name);
    if (at < 0) return false;
    this.ownKeys().splice(at, 1);
    this.items.splice(at, 1);
    return true;
  }

  /** Names in the order of their UTF-8 bytes, so that a document always gives the same text. Not to be changed. */
  names(): readonly string[] {
    return this.many === undefined ? this.keys : [...this.many.keys()].sort(compareUtf8);
  }

  /** Values in the order of `names`, which must come from {@link names}. Not to be changed. */
  values(names: readonly string[]): readonly JsonValue[] {
    const { many } = this;
    return many === undefined ? this.items : names.map((name) => many.get(name) as JsonValue);
  }

  /** An object with the same members, each put through `copy` where it is an object or array. */
  copy(copy: (value: JsonValue & object) => JsonValue): JsonObject {
    const { many } = this;
    if (many === undefined) {
      this.shared = true;
      return new JsonObject(this.keys, copyItems(this.items, copy), true);
    }
    const members = new Map<string, JsonValue>();
    for (const [name, value] of many) members.set(name, isObject(value) ? copy(value) : value);
    return new JsonObject([], [], false, members);
  }

  private ownKeys(): string[] {
    if (this.shared) {
      this.keys = this.keys.slice();
      this.shared = false;
    }
    return this.keys;
  }

  private grow(): Map<string, JsonValue> {
    const many = new Map<string, JsonValue>();
    for (let i = 0; i < this.keys.length; i++) many.set(this.keys[i] as string, this.items[i] as JsonValue);
    this.keys = [];
    this.items = [];
    this.many = many;
    return many;
  }
}

function isObject(value: JsonValue): value is JsonValue & object {
  return typeof value === 'object' && value !== null;
}

/** A copy of a list of members, each put through `copy` where it is an object or array. */
function copyItems(items: readonly JsonValue[], copy: (value: JsonValue & object) => JsonValue): JsonValue[] {
  const other = items.slice();
  for (let i = 0; i < other.length; i++) {
    const item = other[i] as JsonValue;
    if (typeof item === 'object' && item !== null) other[i] = copy(item);
  }
  return other;
}
