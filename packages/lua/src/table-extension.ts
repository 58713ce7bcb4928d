/** What most tables do without: keys of every kind, and the place of a traversal. */
import type { Hash } from './hash.js';
import type { LuaTable } from './table.js';
import type { Cursor } from './table-cursor.js';
import type { LuaValue } from './value.js';

/** The `map` part, with the number of its entries whose value was cleared. */
export class KeyMap extends Map<LuaValue, LuaValue> {
  cleared = 0;
}

/** What most tables do not have. */
export class Extension {
  map: KeyMap | undefined = undefined;
  meta: LuaTable | undefined = undefined;
  cursor: Cursor | undefined = undefined;
  /** Element 0. */
  zero: LuaValue = undefined;
}

/** Drops cleared entries. JavaScript's own iterators over the map go on undisturbed. */
export function sweep(map: KeyMap): void {
  for (const [k, v] of map) if (v === undefined) map.delete(k);
  map.cleared = 0;
}

/** A map with the entries of a table's string keys and of its map. */
export function mergeIntoMap(hash: Hash | undefined, old: KeyMap | undefined): KeyMap {
  const map = new KeyMap();
  if (hash !== undefined) for (const k of Object.keys(hash)) if (hash[k] !== undefined) map.set(k, hash[k]);
  if (old !== undefined) for (const [k, v] of old) if (v !== undefined) map.set(k, v);
  return map;
}
