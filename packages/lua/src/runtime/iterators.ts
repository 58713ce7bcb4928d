/** Traversals that generic `for` runs without calls. They look at the live table, so fields may be cleared on the way. */
import type { Hash } from '../hash.js';
import type { LuaTable } from '../table.js';
import type { LuaValue } from '../value.js';

const NO_KEYS: string[] = [];

/** `pairs(t)`: array part, string keys, the rest. */
export class PairsIterator {
  k: LuaValue = undefined;
  v: LuaValue = undefined;
  private readonly t: LuaTable;
  /** Next array index, -1 when the array part is done. */
  private i = 1;
  private hash: Hash | undefined = undefined;
  private keys: string[] = NO_KEYS;
  private at = 0;
  private entries: Iterator<[LuaValue, LuaValue]> | undefined = undefined;

  constructor(t: LuaTable) {
    this.t = t;
    if (t.getNum(0) !== undefined) this.i = 0;
  }

  /** Moves to the next entry; false at the end. */
  step(): boolean {
    let i = this.i;
    if (i >= 0) {
      const arr = this.t.arr;
      for (; i < arr.length; i++) {
        const v = i === 0 ? this.t.getNum(0) : arr[i];
        if (v !== undefined) {
          this.i = i + 1;
          this.k = i;
          this.v = v;
          return true;
        }
      }
      this.i = -1;
      this.hash = this.t.hash;
      this.keys = this.hash === undefined ? NO_KEYS : Object.keys(this.hash);
    }
    return this.stepHash();
  }

  private stepHash(): boolean {
    const { keys } = this;
    const hash = this.hash!;
    while (this.at < keys.length) {
      const k = keys[this.at++]!;
      const v = hash[k];
      if (v !== undefined) {
        this.k = k;
        this.v = v;
        return true;
      }
    }
    return this.t.map !== undefined && this.stepMap();
  }

  private stepMap(): boolean {
    this.entries ??= this.t.map!.entries();
    for (;;) {
      const r = this.entries.next();
      if (r.done) return false;
      const entry = r.value;
      if (entry[1] !== undefined) {
        this.k = entry[0];
        this.v = entry[1];
        return true;
      }
    }
  }
}

/** `ipairs(t)`: raw elements 1, 2, ... up to the first nil. */
export class IpairsIterator {
  k = 0;
  v: LuaValue = undefined;
  private readonly t: LuaTable;

  constructor(t: LuaTable) {
    this.t = t;
  }

  step(): boolean {
    const i = ++this.k;
    const v = this.t.arr[i] ?? this.t.getNum(i);
    this.v = v;
    return v !== undefined;
  }
}
