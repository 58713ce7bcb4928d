/**
 * Lua values as JavaScript values, and the calling convention of compiled code.
 *
 * | Lua                    | JavaScript                                                       |
 * |------------------------|------------------------------------------------------------------|
 * | nil                    | `undefined` (`null` is never a Lua value)                        |
 * | boolean                | boolean                                                          |
 * | number                 | number (a double); a 64-bit integer beyond +-(2^53 - 1): bigint  |
 * | string                 | string of char codes 0..255, one per byte (never above 255)      |
 * | function               | function                                                         |
 * | table                  | {@link LuaTable}                                                 |
 * | userdata               | {@link LuaUserdata}                                              |
 * | thread                 | `Coroutine`                                                      |
 *
 * Calling convention. A Lua function is a JavaScript function that takes its arguments positionally
 * (`f(a, b)`; a missing argument is `undefined`, `arguments.length` counts what was passed) and returns
 *
 * - the plain value when there is exactly one result (`undefined` = one nil),
 * - {@link NONE} when there is no result at all,
 * - a JavaScript array (a {@link Multi}) when there are two or more results.
 *
 * Arrays are never Lua values, so `x instanceof Array` tells several results from one. A receiver that wants
 * one value uses {@link first}; one that wants all uses {@link toArray}. A returned array is owned by the
 * receiver only for reading: nobody writes into it after it was returned.
 *
 * What runs a Lua function from JavaScript (a comparator, a gsub replacement) must go through `call`/`call1`
 * of `./call.js`, never call it directly: a tail call may come back as a `TailCall` that still has to be run,
 * and the callee may be a table with `__call`.
 */
import type { LuaTable } from './table.js';

// biome-ignore lint/suspicious/noExplicitAny: a Lua value is dynamically typed; narrowing happens by typeof.
export type LuaValue = any;

/** A JavaScript function callable from Lua, see the calling convention above. */
export type LuaFunction = (...args: LuaValue[]) => LuaValue;

/** Zero, or two and more, results of a call. */
export type Multi = readonly LuaValue[];

/** "No results": what a function returns that ends without `return`. Frozen; compare by identity or length. */
export const NONE: Multi = Object.freeze([]);

/** The results `list` in the form of the calling convention. `list` must not be changed afterwards. */
export function multi(list: LuaValue[]): LuaValue {
  return list.length === 1 ? list[0] : list;
}

/** First result of a call, nil when there is none. */
export function first(result: LuaValue): LuaValue {
  return result instanceof Array ? result[0] : result;
}

/** All results of a call as an array that must only be read. */
export function toArray(result: LuaValue): Multi {
  return result instanceof Array ? result : [result];
}

/** An opaque host object in Lua. `meta` supplies its behaviour; `value` is the host's own. */
export class LuaUserdata {
  value: unknown;
  meta: LuaTable | undefined;

  constructor(value: unknown, meta?: LuaTable) {
    this.value = value;
    this.meta = meta;
  }
}

/** A coroutine as scripts see it (`type` gives `thread`). The engine's own class extends it. */
export class LuaThread {}
