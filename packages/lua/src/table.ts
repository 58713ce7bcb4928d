/**
 * The Lua table.
 *
 * Three parts, chosen by key:
 * - `arr`: keys 1..arr.length-1 at their own index. The last one is never nil, which makes the length O(1). What stands
 *   at index 0 means nothing and is never read: a number there lets V8 keep an array of numbers unboxed.
 * - `hash`: string keys as own properties of a {@link Hash}, whose prototype chain is empty, so that compiled code can
 *   use `t.hash.name` and V8 caches it by shape; no key can reach JavaScript's own objects. A cleared field keeps its
 *   slot with the value `undefined`.
 * - `map`: everything else, and all string keys once there are more than {@link MAX_HASH_KEYS} dynamic ones (there is no
 *   `hash` then).
 *
 * Compiled code reads `hash`, `mt` and `arr` directly; everyone else uses the methods, which are raw (they never look
 * at metatables, and they alone know when the shared empty parts have to be replaced).
 */
import { fillHash, Hash, namedStore } from './hash.js';
import { denseLimit, moveFromMap, NO_ARR, newArr, pullFromMap, sparseFrom } from './table-array.js';
import { Cursor, seek, stepKeys, stepMap } from './table-cursor.js';
import { Extension, isUnused, KeyMap, mergeIntoMap, sweep } from './table-extension.js';
import type { LuaValue } from './value.js';

/** Dynamic string keys after which a table moves its string keys to `map`. */
export const MAX_HASH_KEYS = 128;

export class LuaTable {
  /** String keys; undefined while there are none, and when they are in the map. */
  hash: Hash | undefined;
  arr: LuaValue[];
  /** The metatable, but undefined while string keys are in the map: then `hash` alone does not tell what is missing. */
  mt: LuaTable | undefined;
  ext: Extension | undefined;
  /** String keys added by dynamic stores, until they move to the map; -1 afterwards. */
  dynamicKeys: number;

  constructor() {
    this.hash = undefined;
    this.arr = NO_ARR;
    this.mt = undefined;
    this.ext = undefined;
    this.dynamicKeys = 0;
  }

  /** A table with `list` as elements 1..n. Trailing nils are dropped. */
  static fromArray(list: readonly LuaValue[]): LuaTable {
    const t = new LuaTable();
    t.arr = [0, ...list];
    t.trim();
    return t;
  }

  get meta(): LuaTable | undefined {
    return this.dynamicKeys === -1 ? this.ext!.meta : this.mt;
  }

  get map(): KeyMap | undefined {
    return this.ext === undefined ? undefined : this.ext.map;
  }

  /** Raw read of any key. */
  get(key: LuaValue): LuaValue {
    if (typeof key === 'string') return this.getStr(key);
    if (typeof key === 'number') return this.getNum(key);
    return this.getMap(key);
  }

  getStr(key: string): LuaValue {
    if (this.hash !== undefined) return this.hash[key];
    return this.dynamicKeys === -1 ? this.getMap(key) : undefined;
  }

  private getMap(key: LuaValue): LuaValue {
    const { map } = this;
    return map === undefined ? undefined : map.get(key);
  }

  getNum(key: number): LuaValue {
    const arr = this.arr;
    if (key > 0 && key < arr.length && (key | 0) === key) return arr[key];
    if (this.ext === undefined) return undefined;
    return key === 0 ? this.ext.zero : this.getMap(key);
  }

  /** Raw write of any key. The key must be neither nil nor NaN (callers raise the Lua error). */
  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === 'string') this.setStr(key, value);
    else if (typeof key === 'number') this.setNum(key, value);
    else this.setMap(key, value);
  }

  setStr(key: string, value: LuaValue): void {
    if (this.dynamicKeys === -1) {
      this.setMap(key, value);
      return;
    }
    const { hash } = this;
    if (hash !== undefined && hash[key] !== undefined) {
      hash[key] = value;
    } else if (value !== undefined) {
      if (++this.dynamicKeys > MAX_HASH_KEYS) {
        this.hashToMap();
        this.setMap(key, value);
      } else (hash ?? this.newHash())[key] = value;
    }
  }

  /** Like {@link setStr}, for names that scripts are going to use often: globals and members of modules. */
  define(key: string, value: LuaValue): void {
    const store = value === undefined || this.dynamicKeys === -1 ? undefined : namedStore(key);
    if (store === undefined) this.setStr(key, value);
    else store(this.hash ?? this.newHash(), value);
  }

  /** Like {@link define} for many. */
  defineAll(members: ReadonlyMap<string, LuaValue>): void {
    if (this.dynamicKeys === -1 || !fillHash(this.hash ?? this.newHash(), members))
      for (const [key, value] of members) this.define(key, value);
  }

  /** Gives the table a hash of its own and returns it. */
  newHash(): Hash {
    this.hash = new Hash();
    return this.hash;
  }

  setNum(key: number, value: LuaValue): void {
    const arr = this.arr;
    const n = arr.length;
    if (key > 0 && key < n && (key | 0) === key) {
      arr[key] = value;
      if (value === undefined && key === n - 1) this.trim();
    } else if (key === n) {
      if (value !== undefined) this.append(value);
    } else if (key === 0) {
      this.extension().zero = value;
    } else {
      const grown = this.setMap(key, value);
      if (grown !== undefined && grown.size >= grown.check) this.densify(grown);
    }
  }

  /** Stores element `arr.length`, the first one past the array part. */
  append(value: LuaValue): void {
    if (this.arr === NO_ARR) this.arr = newArr(value);
    else this.arr.push(value);
    const n = this.arr.length;
    const { map } = this;
    if (map !== undefined && map.size > 0) {
      // It may have been in the map as long as it was not the next one.
      if (map.has(n - 1)) map.delete(n - 1);
      pullFromMap(this.arr, map);
    } else if ((n & (n - 1)) === 0 && n > 16) this.checkDensity();
  }

  /** Border as `#` gives it (raw). */
  length(): number {
    return this.arr.length - 1;
  }

  /** Replaces the metatable. */
  setMeta(meta: LuaTable | undefined): void {
    if (this.dynamicKeys === -1) this.ext!.meta = meta;
    else this.mt = meta;
  }

  /** Removes every key. */
  clear(): void {
    this.mt = this.meta;
    this.hash = undefined;
    this.arr = NO_ARR;
    this.ext = undefined;
    this.dynamicKeys = 0;
  }

  /**
   * The key after `key` (undefined = from the start) whose value is not nil, or undefined at the end. Clearing fields
   * between two steps is allowed. Amortised O(1) when called with the keys it returned.
   * @throws RangeError when `key` is not a key of the table.
   */
  nextKey(key: LuaValue): LuaValue {
    const arr = this.arr;
    let i = 1;
    if (key !== undefined) {
      if (typeof key !== 'number') return this.nextHashed(key);
      if (key < 0 || (key | 0) !== key) return this.nextHashed(key);
      if (key >= arr.length && this.ext?.cursor?.arrIndex !== key) return this.nextHashed(key);
      i = key + 1;
    } else if (this.ext?.zero !== undefined) {
      return 0;
    }
    for (; i < arr.length; i++) {
      if (arr[i] !== undefined) {
        if (i === arr.length - 1) this.startCursor().arrIndex = i;
        return i;
      }
    }
    return this.step(this.startCursor());
  }

  /** Number of entries a traversal visits; O(n). */
  count(): number {
    let n = 0;
    for (let k = this.nextKey(undefined); k !== undefined; k = this.nextKey(k)) n++;
    return n;
  }

  private startCursor(): Cursor {
    const c = new Cursor(this.hash === undefined ? [] : Object.keys(this.hash));
    this.extension().cursor = c;
    return c;
  }

  private extension(): Extension {
    this.ext ??= new Extension();
    return this.ext;
  }

  private step(c: Cursor): LuaValue {
    return stepKeys(c, this.hash) ?? stepMap(c, this.map);
  }

  private nextHashed(key: LuaValue): LuaValue {
    let c = this.ext?.cursor;
    if (c !== undefined) {
      if (c.mapKey === key) return stepMap(c, this.map);
      if (c.keys[c.at] === key) {
        c.at++;
        return this.step(c);
      }
    }
    // Not the continuation of the last traversal: find the place again.
    c = this.startCursor();
    seek(c, key, this.map);
    return this.step(c);
  }

  /** Returns the map when `key` is new in it. */
  private setMap(key: LuaValue, value: LuaValue): KeyMap | undefined {
    let { map } = this;
    if (map === undefined) {
      if (value === undefined) return undefined;
      map = new KeyMap();
      this.extension().map = map;
    }
    // A cleared entry stays, so that a traversal standing on it can go on; insertion sweeps them out.
    const old = map.get(key);
    if (value === undefined) {
      if (old !== undefined) {
        map.set(key, undefined);
        map.cleared++;
      }
      return undefined;
    }
    if (old === undefined) {
      if (map.cleared > 0) {
        if (map.has(key)) map.cleared--;
        else if (map.cleared > 16 && map.cleared > map.size >> 1) sweep(map);
      }
    }
    map.set(key, value);
    return old === undefined ? map : undefined;
  }

  private hashToMap(): void {
    const ext = this.extension();
    ext.map = mergeIntoMap(this.hash, ext.map);
    ext.meta = this.mt;
    this.mt = undefined;
    this.hash = undefined;
    this.dynamicKeys = -1;
  }

  /** Keeps "the last element is not nil". */
  trim(): void {
    const arr = this.arr;
    let n = arr.length;
    while (n > 1 && arr[n - 1] === undefined) n--;
    if (n === arr.length - 1) arr.pop();
    else if (n < arr.length) arr.length = n;
  }

  /** An array that was not filled from 1 on: when most of its elements exist, they move to `arr`. */
  private densify(map: KeyMap): void {
    const limit = denseLimit(this.arr, map);
    if (limit > 0) this.arr = moveFromMap(this.arr, map, limit);
    map.checked();
    // Without an extension the next elements are appended the fast way.
    if (this.dynamicKeys !== -1 && isUnused(this.ext)) this.ext = undefined;
  }

  /** A queue that only moves forward leaves nils behind: when they are the majority the elements move to `map`. */
  private checkDensity(): void {
    const arr = this.arr;
    const keep = sparseFrom(arr);
    if (keep === 0) return;
    for (let i = keep; i < arr.length; i++) if (arr[i] !== undefined) this.setMap(i, arr[i]);
    arr.length = keep;
  }
}
