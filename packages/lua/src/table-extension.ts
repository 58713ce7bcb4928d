/** What most tables do without: keys of every kind, and the place of a traversal. */
import type { Hash } from './hash.js';
import type { LuaTable } from './table.js';
import type { Cursor } from './table-cursor.js';
import type { LuaValue } from './value.js';

/** Entries a map has before anyone looks whether its integers belong in the array part. */
const FIRST_CHECK = 64;

/** The `map` part, with the number of its entries whose value was cleared. */
export class KeyMap extends Map<LuaValue, LuaValue> {
  cleared = 0;
  /** Size at which to look next whether integers belong in the array part. */
  check = FIRST_CHECK;

  /** The next look comes when it has doubled. */
  checked(): void {
    this.check = Math.max(FIRST_CHECK, 2 * this.size);
  }
}

/** What most tables do not have. */
export class Extension {
  map: KeyMap | undefined = undefined;
  meta: LuaTable | undefined = undefined;
  cursor: Cursor | undefined = undefined;
  /** Element 0. */
  zero: LuaValue = undefined;
}

/** Whether a table whose string keys are not in the map could do without `ext`. */
export function isUnused(ext: Extension | undefined): boolean {
  if (ext === undefined || ext.zero !== undefined || ext.cursor !== undefined) return false;
  return ext.map === undefined || ext.map.size === 0;
}

/** Drops cleared entries. JavaScript's own iterators over the map go on undisturbed. */
export function sweep(map: KeyMap): void {
  for (const [k, v] of map) if (v === undefined) map.delete(k);
  map.cleared = 0;
  map.checked();
}

/** A map with the entries of a table's string keys and of its map. */
export function mergeIntoMap(hash: Hash | undefined, old: KeyMap | undefined): KeyMap {
  const map = new KeyMap();
  if (hash !== undefined) for (const k of Object.keys(hash)) if (hash[k] !== undefined) map.set(k, hash[k]);
  if (old !== undefined) for (const [k, v] of old) if (v !== undefined) map.set(k, v);
  return map;
}
