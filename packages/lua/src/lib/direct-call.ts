/** Calls of Lua functions from library loops, without the detour that values with `__call` need. */
import { settleFirst } from '../runtime/tail-call.js';
import type { LuaFunction, LuaValue } from '../value.js';

/** First result of a function called with one argument. */
export function callOne(fn: LuaFunction, a: LuaValue): LuaValue {
  const r = fn(a);
  return r instanceof Array ? settleFirst(r) : r;
}

/** First result of a function called with two arguments. */
export function callTwo(fn: LuaFunction, a: LuaValue, b: LuaValue): LuaValue {
  const r = fn(a, b);
  return r instanceof Array ? settleFirst(r) : r;
}
