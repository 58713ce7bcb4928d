/**
 * Tail calls. `return f(x)` is compiled to an ordinary JavaScript call, which takes stack; every hundred or so of them
 * returns a {@link TailCall} instead. It travels back through all the frames that are waiting in tail position and is run
 * by the first caller that is not, so a chain of tail calls of any length needs bounded stack.
 */
import type { LuaFunction, LuaValue } from '../value.js';

/** A call still to be made. An array to the code that looks for several results, so that it costs no test of its own. */
export class TailCall extends Array<LuaValue> {
  fn: LuaFunction | undefined = undefined;
  args: readonly LuaValue[] = [];
}

export function tailCall(fn: LuaFunction, args: readonly LuaValue[]): TailCall {
  const t = new TailCall();
  t.fn = fn;
  t.args = args;
  return t;
}

/** Runs pending tail calls; the final result in the form of the calling convention. */
export function settle(result: LuaValue): LuaValue {
  while (result instanceof TailCall) result = result.fn!(...result.args);
  return result;
}

/** First of the results, after pending tail calls have run. */
export function settleFirst(result: LuaValue): LuaValue {
  const r = settle(result);
  return r instanceof Array ? r[0] : r;
}

/** All of the results as an array for reading. */
export function settleAll(result: LuaValue): readonly LuaValue[] {
  const r = settle(result);
  return r instanceof Array ? r : [r];
}
