/**
 * How slow paths run metamethods. In plain code they are called at once. In generator code a metamethod may suspend, so
 * the slow path only notes the call in a {@link PendingCall} and returns that; the generator then runs it.
 */
import type { LuaFunction, LuaValue } from '../value.js';
import type { TypeMetas } from './heap.js';
import { settle } from './tail-call.js';

/** What becomes of the results of a metamethod. */
export type After = 'first' | 'truth' | 'not' | 'drop' | 'all';

export type Invoke = (handler: LuaValue, args: readonly LuaValue[], after: After) => LuaValue;

/** A metamethod call the generator still has to run. One per state: it is consumed right after it was returned. */
export class PendingCall {
  handler: LuaValue = undefined;
  args: readonly LuaValue[] = [];
  after: After = 'first';
}

export function finish(result: LuaValue, after: After): LuaValue {
  if (after === 'drop') return undefined;
  if (after === 'all') return result;
  const value = result instanceof Array ? result[0] : result;
  if (after === 'first') return value;
  const truth = value !== undefined && value !== false;
  return after === 'truth' ? truth : !truth;
}

interface Resolved {
  readonly target: LuaFunction;
  readonly bound: readonly LuaValue[];
}

/** Calls any value: functions directly, others through `__call`. */
export class Caller {
  private readonly metas: TypeMetas;
  private readonly notCallable: (v: LuaValue) => Error;

  constructor(metas: TypeMetas, notCallable: (v: LuaValue) => Error) {
    this.metas = metas;
    this.notCallable = notCallable;
  }

  /** Results in the form of the calling convention. */
  call(fn: LuaValue, args: readonly LuaValue[]): LuaValue {
    if (typeof fn === 'function') return settle(fn(...args));
    const { target, bound } = this.resolve(fn);
    return settle(target(...bound, ...args));
  }

  /** The function behind a value with `__call`, and the arguments to put in front. */
  resolve(fn: LuaValue): Resolved {
    const resolved = this.tryResolve(fn);
    if (resolved === undefined) throw this.notCallable(fn);
    return resolved;
  }

  tryResolve(fn: LuaValue): Resolved | undefined {
    if (typeof fn === 'function') return { target: fn, bound: [] };
    // One step only: LuaJIT does not call what a __call handler's own __call would give.
    const handler = this.metas.metaOf(fn)?.getStr('__call');
    return typeof handler === 'function' ? { target: handler, bound: [fn] } : undefined;
  }
}
