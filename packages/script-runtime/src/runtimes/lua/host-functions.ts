import { type LuaFunction, type LuaValue, luaError, NONE, type State } from '@offload/lua';
import { ScriptRuntimeError } from '../../errors.js';
import type { HostFunction, HostResult, ScriptValue } from '../../value.js';
import type { Values } from './values.js';

/** A call of the host, counted as so many of the script's own (`State.charge`): those that handle documents take their time. */
export const HOST_UNITS = 10;
/** Texts beyond this may have taken a while. */
const LONG_BYTES = 65_536;

/** Host functions as Lua functions. */
export class HostFunctions {
  private readonly state: State;
  private readonly values: Values;
  /** Told when a function blocked the thread, or failed, because its caller cannot be suspended. */
  private readonly onBlocked: () => void;

  constructor(state: State, values: Values, onBlocked: () => void) {
    this.state = state;
    this.values = values;
    this.onBlocked = onBlocked;
  }

  /** Makes `fn` callable from Lua. `dropFirst` hides the object of a method call from it. */
  wrap(name: string, fn: HostFunction, dropFirst: boolean): LuaFunction {
    const { values, state } = this;
    const plain = fn.blocking === undefined ? this.plain(name, fn, dropFirst) : this.blocking(fn.blocking, dropFirst);
    const suspending = (...args: LuaValue[]): LuaValue | PromiseLike<LuaValue> => {
      state.charge(HOST_UNITS);
      const result = fn(...this.toHost(args, dropFirst));
      return result instanceof Promise
        ? result.then((r: HostResult) => values.resultToLua(r))
        : this.looked(values.resultToLua(result), args);
    };
    return state.defineSuspending(name, suspending, plain, raised);
  }

  private toHost(args: readonly LuaValue[], dropFirst: boolean): ScriptValue[] {
    const from = dropFirst ? 1 : 0;
    const list: ScriptValue[] = [];
    for (let i = from; i < args.length; i++) list.push(this.values.toHost(args[i]));
    return list;
  }

  /** The function in plain calls, written out for few arguments: set_var and its like run on every message. */
  private plain(name: string, fn: HostFunction, dropFirst: boolean): LuaFunction {
    const { values, state } = this;
    const finish = (result: HostResult | Promise<HostResult>): LuaValue => {
      if (result instanceof Promise) {
        // Nobody will look at it any more; the next call of the script's function can be suspended.
        result.catch(() => {});
        this.onBlocked();
        throw new Error(`'${name}' has to wait, which is not possible in this call`);
      }
      return values.resultToLua(result);
    };
    return function (a: LuaValue, b: LuaValue, c: LuaValue, d: LuaValue) {
      state.charge(HOST_UNITS);
      try {
        // biome-ignore lint/complexity/noArguments: a rest parameter would allocate on every call
        const args = arguments;
        if (args.length === 3 && !dropFirst) {
          const result = fn(
            isPrimitive(a) ? a : values.toHost(a),
            isPrimitive(b) ? b : values.toHost(b),
            isPrimitive(c) ? c : values.toHost(c),
          );
          return result === undefined ? NONE : finish(result);
        }
        if (args.length === 1 && !dropFirst) {
          const result = finish(fn(isPrimitive(a) ? a : values.toHost(a)));
          if (isLong(result) || isLong(a)) state.check();
          return result;
        }
        if (dropFirst && args.length === 4) return finish(fn(values.toHost(b), values.toHost(c), values.toHost(d)));
        if (dropFirst && args.length === 3) return finish(fn(values.toHost(b), values.toHost(c)));
        // Not `[...args]`: that asks the arguments for their iterator, which costs more than most functions here.
        const list: ScriptValue[] = [];
        let long = false;
        for (let i = dropFirst ? 1 : 0; i < args.length; i++) {
          const arg = args[i] as LuaValue;
          if (isLong(arg)) long = true;
          list.push(values.toHost(arg));
        }
        const result = finish(fn(...list));
        if (long || isLong(result)) state.check();
        return result;
      } catch (error) {
        throw raised(error);
      }
    };
  }

  /** The result; behind work on long texts (documents) only where the script may go on, which makes no step of its own then. */
  private looked(result: LuaValue, args: readonly LuaValue[]): LuaValue {
    if (isLong(result) || args.some(isLong)) this.state.check();
    return result;
  }

  private blocking(fn: NonNullable<HostFunction['blocking']>, dropFirst: boolean): LuaFunction {
    return (...args: LuaValue[]) => {
      this.onBlocked();
      try {
        return this.values.resultToLua(fn(...this.toHost(args, dropFirst)));
      } catch (error) {
        throw raised(error);
      }
    };
  }
}

function isLong(v: LuaValue): boolean {
  return typeof v === 'string' && v.length > LONG_BYTES;
}

/** Values that are the same on both sides and that most calls pass. */
function isPrimitive(v: LuaValue): boolean {
  return typeof v === 'string' || typeof v === 'number';
}

/** What a host function threw, as an error at the script's line. Errors of Lua pass as they are, out of callbacks, too. */
export function raised(error: unknown): Error {
  if (error instanceof Error && error.name === 'LuaError') return error;
  if (error instanceof ScriptRuntimeError && error.code === 'SCRIPT_ERR_RUNTIME') {
    // A callback of this script: its error may be any value, and a text names its place already.
    const { cause } = error;
    if (cause instanceof Error && cause.name === 'LuaError') return cause;
  }
  return luaError(error instanceof Error ? error.message : String(error));
}
