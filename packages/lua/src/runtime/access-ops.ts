/** Slow paths of indexing, calls and comparison. */
import { callError, compareError, indexError, luaError } from '../raise.js';
import { LuaTable } from '../table.js';
import { type LuaFunction, LuaUserdata, type LuaValue } from '../value.js';
import type { Suspendable } from './coroutine.js';
import type { TypeMetas } from './heap.js';
import type { Caller, Invoke } from './invoke.js';
import { settleFirst } from './tail-call.js';

/** Length of an `__index` or `__newindex` chain that counts as a loop (LJ_MAX_IDXCHAIN). */
const MAX_CHAIN = 100;

/** Gives a function the generator version that calls `fn` with `bound` in front of the arguments. */
export type MakeSuspendable = (wrapper: LuaFunction, fn: LuaFunction, bound: readonly LuaValue[]) => LuaFunction;

export function accessOps(metas: TypeMetas, caller: Caller, invoke: Invoke, suspendable?: MakeSuspendable) {
  const index = (o: LuaValue, k: LuaValue): LuaValue => {
    if (o instanceof Array) o = settleFirst(o);
    for (let n = 0; n < MAX_CHAIN; n++) {
      let handler: LuaValue;
      if (o instanceof LuaTable) {
        const v = o.get(k);
        if (v !== undefined || o.meta === undefined) return v;
        handler = o.meta.getStr('__index');
        if (handler === undefined) return undefined;
      } else {
        handler = metas.metaOf(o)?.getStr('__index');
        if (handler === undefined) throw indexError(o);
      }
      if (typeof handler === 'function') return invoke(handler, [o, k], 'first');
      o = handler;
    }
    throw luaError('loop in gettable', 0);
  };

  const setindex = (o: LuaValue, k: LuaValue, v: LuaValue): LuaValue => {
    if (o instanceof Array) o = settleFirst(o);
    for (let n = 0; n < MAX_CHAIN; n++) {
      let handler: LuaValue;
      if (o instanceof LuaTable) {
        const { meta } = o;
        if (meta === undefined || o.get(k) !== undefined || (handler = meta.getStr('__newindex')) === undefined) {
          if (typeof k === 'number') {
            if (k !== k) throw luaError('table index is NaN', 0);
            o.setNum(k, v);
          } else if (k === undefined) throw luaError('table index is nil', 0);
          else o.set(k, v);
          return undefined;
        }
      } else {
        handler = metas.metaOf(o)?.getStr('__newindex');
        if (handler === undefined) throw indexError(o);
      }
      if (typeof handler === 'function') return invoke(handler, [o, k, v], 'drop');
      o = handler;
    }
    throw luaError('loop in settable', 0);
  };

  /** A function that calls `f`, or one that raises the error when it is called: arguments are evaluated before. */
  const callable = (f: LuaValue): LuaValue => {
    if (f instanceof Array) f = settleFirst(f);
    if (typeof f === 'function') return f;
    const resolved = caller.tryResolve(f);
    if (resolved === undefined) {
      const refuse: Suspendable = () => {
        throw callError(f);
      };
      // Called as it is, at the place of the call: neither asked for a generator nor left to a caller further out.
      refuse.g$ = 0;
      refuse.refuses = true;
      return refuse;
    }
    const { target, bound } = resolved;
    const wrapper = (...args: LuaValue[]) => target(...bound, ...args);
    return suspendable === undefined ? wrapper : suspendable(wrapper, target, bound);
  };

  const equal = (a: LuaValue, b: LuaValue): LuaValue => {
    const kind = a instanceof LuaTable ? LuaTable : a instanceof LuaUserdata ? LuaUserdata : undefined;
    if (kind === undefined || !(b instanceof kind) || a === b) return a === b;
    const handler = sameHandler(a.meta, b.meta, '__eq');
    return handler === undefined ? false : invoke(handler, [a, b], 'truth');
  };

  const less = (a: LuaValue, b: LuaValue): LuaValue => {
    if (a instanceof Array) a = settleFirst(a);
    if (b instanceof Array) b = settleFirst(b);
    if (isOrdered(a, b)) return a < b;
    const handler = compareHandler(a, b, '__lt');
    if (handler === undefined) throw compareError(a, b);
    return invoke(handler, [a, b], 'truth');
  };

  const lessEqual = (a: LuaValue, b: LuaValue): LuaValue => {
    if (a instanceof Array) a = settleFirst(a);
    if (b instanceof Array) b = settleFirst(b);
    if (isOrdered(a, b)) return a <= b;
    const handler = compareHandler(a, b, '__le');
    if (handler !== undefined) return invoke(handler, [a, b], 'truth');
    const reversed = compareHandler(b, a, '__lt');
    if (reversed === undefined) throw compareError(a, b);
    return invoke(reversed, [b, a], 'not');
  };

  /** Lua 5.1 compares two values only by a metamethod both have. */
  const compareHandler = (a: LuaValue, b: LuaValue, event: string): LuaValue => {
    const x = metas.metaOf(a);
    const y = metas.metaOf(b);
    return x === undefined || y === undefined ? undefined : sameHandler(x, y, event);
  };

  return { IX: index, SX: setindex, CA: callable, EQ: equal, LT: less, LE: lessEqual };
}

function sameHandler(x: LuaTable | undefined, y: LuaTable | undefined, event: string): LuaValue {
  const handler = x?.getStr(event);
  return handler !== undefined && handler === y?.getStr(event) ? handler : undefined;
}

function isOrdered(a: LuaValue, b: LuaValue): boolean {
  const x = typeof a;
  const y = typeof b;
  if (x === 'number' || x === 'bigint') return y === 'number' || y === 'bigint';
  return x === 'string' && y === 'string';
}
