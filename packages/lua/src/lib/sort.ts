/**
 * Quicksort as Lua 5.1 and LuaJIT do it: the same comparisons in the same order, so that the order of equal elements
 * and the "invalid order function" error agree with them.
 */
import { luaError } from '../raise.js';
import type { LuaValue } from '../value.js';

/** `a < b` in the order wanted; may raise. */
export type Less = (a: LuaValue, b: LuaValue) => boolean;

/** Sorts `list[low..high]` in place. What an error leaves behind is a permutation of the elements. */
export function quicksort(list: LuaValue[], low: number, high: number, less: Less): void {
  let l = low;
  let u = high;
  while (l < u) {
    const middle = (l + u) >> 1;
    if (medianOfThree(list, l, middle, u, less)) return;
    const i = partition(list, l, u, middle, less);
    // The smaller part by recursion, the larger one by the loop.
    if (i - l < u - i) {
      quicksort(list, l, i - 1, less);
      l = i + 1;
    } else {
      quicksort(list, i + 1, u, less);
      u = i - 1;
    }
  }
}

function swap(list: LuaValue[], a: number, b: number): void {
  const kept = list[a];
  list[a] = list[b];
  list[b] = kept;
}

/** Orders first, middle and last element; true when there are no others. */
function medianOfThree(list: LuaValue[], l: number, middle: number, u: number, less: Less): boolean {
  if (less(list[u], list[l])) swap(list, l, u);
  if (u - l === 1) return true;
  if (less(list[middle], list[l])) swap(list, middle, l);
  else if (less(list[u], list[middle])) swap(list, middle, u);
  return u - l === 2;
}

/** Divides by the middle element; returns where that ends up. */
function partition(list: LuaValue[], l: number, u: number, middle: number, less: Less): number {
  const pivot = list[middle];
  swap(list, middle, u - 1);
  let i = l;
  let j = u - 1;
  for (;;) {
    while (less(list[++i], pivot)) if (i >= u) throw invalidOrder();
    while (less(pivot, list[--j])) if (j <= l) throw invalidOrder();
    if (j < i) break;
    swap(list, i, j);
  }
  swap(list, u - 1, i);
  return i;
}

function invalidOrder(): Error {
  return luaError('invalid order function for sorting');
}

/** What all elements 1..n are, as far as it decides how to sort them. */
function commonType(list: LuaValue[]): 'number' | 'string' | undefined {
  const type = typeof list[1];
  if (type !== 'number' && type !== 'string') return undefined;
  for (let at = 1; at < list.length; at++) {
    const v = list[at];
    if (typeof v !== type) return undefined;
    // The order of 0 and -0, and what NaN does to it, must come from the comparisons themselves.
    if (type === 'number' && (Number.isNaN(v) || (v === 0 && 1 / v < 0))) return undefined;
  }
  return type;
}

/** Sorts elements 1..n by `<` natively where no difference can be seen; false when it did nothing. */
export function sortNatively(list: LuaValue[]): boolean {
  const type = commonType(list);
  if (type === undefined || list.length < 3) return false;
  const sorted = type === 'number' ? Float64Array.from(list.slice(1)).sort() : (list.slice(1) as string[]).sort();
  for (let at = 1; at < list.length; at++) list[at] = sorted[at - 1];
  return true;
}
