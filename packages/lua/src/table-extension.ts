/** What most tables do without: keys of every kind, and the state of a traversal. */
import type { LuaTable } from './table.js';
import type { LuaValue } from './value.js';

/** State of the last `next` traversal of a table, kept so that the following step is O(1). */
export class Cursor {
  readonly keys: string[];
  at = 0;
  mapEntries: Iterator<[LuaValue, LuaValue]> | undefined = undefined;
  mapKey: LuaValue = undefined;
  arrIndex = -1;

  constructor(keys: string[]) {
    this.keys = keys;
  }
}

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
