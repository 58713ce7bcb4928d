/** The traversal of a table by `next`, past its array part: string keys first, then the map. */
import type { Hash } from './hash.js';
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

/** The next string key whose value is not nil; undefined when there are no more. */
export function stepKeys(c: Cursor, hash: Hash | undefined): string | undefined {
  const { keys } = c;
  if (hash !== undefined) {
    for (; c.at < keys.length; c.at++) {
      const k = keys[c.at]!;
      if (hash[k] !== undefined) return k;
    }
  }
  return undefined;
}

/** The next key of the map whose value is not nil; undefined when there are no more. */
export function stepMap(c: Cursor, map: Map<LuaValue, LuaValue> | undefined): LuaValue {
  if (map === undefined) return undefined;
  c.mapEntries ??= map.entries();
  for (;;) {
    const r = c.mapEntries.next();
    if (r.done) {
      c.mapKey = undefined;
      return undefined;
    }
    if (r.value[1] !== undefined) {
      c.mapKey = r.value[0];
      return r.value[0];
    }
  }
}

/**
 * Moves a new cursor past `key`, which is not in the array part.
 * @throws RangeError when it is not a key of the table.
 */
export function seek(c: Cursor, key: LuaValue, map: Map<LuaValue, LuaValue> | undefined): void {
  if (typeof key === 'string') {
    const at = c.keys.indexOf(key);
    if (at >= 0) {
      c.at = at + 1;
      return;
    }
  }
  c.at = c.keys.length;
  if (!map?.has(key)) throw new RangeError('Cannot continue traversal: key is not in the table');
  c.mapEntries = map.entries();
  while (c.mapEntries.next().value[0] !== key);
}
