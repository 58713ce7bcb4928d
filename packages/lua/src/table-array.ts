/** The array part of a table: what it begins as, and which elements belong in it. */
import type { LuaValue } from './value.js';

/** The `arr` of tables without elements. Never written: whoever appends uses `LuaTable.append`. */
export const NO_ARR: LuaValue[] = [0];

/** A new array part with one element. */
export function newArr(value: LuaValue): LuaValue[] {
  return typeof value === 'number' ? [0, value] : general(0, value);
}

/** The arguments as an array for values of any kind, so that it need not be converted when the first one is stored. */
function general(...list: LuaValue[]): LuaValue[] {
  return list;
}

/** Appends the elements of `map` that follow those of `arr`, and takes them out of it. */
export function pullFromMap(arr: LuaValue[], map: Map<LuaValue, LuaValue>): void {
  const from = arr.length;
  for (;;) {
    const v = map.get(arr.length);
    if (v === undefined) break;
    arr.push(v);
  }
  // Deleting them one by one makes the map shrink again and again.
  if (arr.length - from === map.size) map.clear();
  else for (let k = from; k < arr.length; k++) map.delete(k);
}

/** Where the elements begin that belong in the map because nils are the majority; 0 when they are not. */
export function sparseFrom(arr: readonly LuaValue[]): number {
  let used = 0;
  for (let i = 1; i < arr.length; i++) if (arr[i] !== undefined) used++;
  if (used > arr.length >> 1) return 0;
  // The run from 1 stays: the end of the array part must remain a border.
  let keep = 1;
  while (arr[keep] !== undefined) keep++;
  return keep;
}
