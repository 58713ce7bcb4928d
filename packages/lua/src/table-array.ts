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

/**
 * Up to which element more than half exist when those of `map` join `arr`, a power of two; 0 when that is not past the end
 * of `arr`. The elements of `arr` count as all there.
 */
export function denseLimit(arr: readonly LuaValue[], map: ReadonlyMap<LuaValue, LuaValue>): number {
  // How many keys are at most 2^i, but more than half of it.
  const counts = new Array<number>(32).fill(0);
  for (const [k, v] of map) if (isElement(k) && v !== undefined) counts[32 - Math.clz32(k - 1)]!++;
  const own = arr.length - 1;
  let limit = 0;
  let used = 0;
  for (let i = 0; i < 31; i++) {
    used += counts[i]!;
    const n = 2 ** i;
    if (used + Math.min(own, n) > n / 2) limit = n;
  }
  return limit > own ? limit : 0;
}

function isElement(k: LuaValue): k is number {
  return typeof k === 'number' && k > 0 && (k | 0) === k;
}

/** Moves the elements of `map` up to `limit`, and those that follow, to `arr`; returns what is now the array part. */
export function moveFromMap(arr: LuaValue[], map: Map<LuaValue, LuaValue>, limit: number): LuaValue[] {
  const list = arr === NO_ARR ? [0] : arr;
  const keys: number[] = [];
  let last = 0;
  for (const [k, v] of map) {
    if (!isElement(k) || k > limit || v === undefined) continue;
    keys.push(k);
    if (k > last) last = k;
  }
  while (list.length <= last) list.push(undefined);
  for (const k of keys) list[k] = map.get(k);
  if (keys.length === map.size) map.clear();
  else for (const k of keys) map.delete(k);
  pullFromMap(list, map);
  return list;
}
