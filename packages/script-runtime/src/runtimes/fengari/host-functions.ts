import { ScriptRuntimeError } from '../../errors.js';
import { HostError, type HostFunction, type HostResult, type ScriptValue } from '../../value.js';
import type { LuaCFunction, LuaState } from './api.js';
import { raisedValue } from './faults.js';
import type { ValueGate } from './gate.js';
import { lua } from './library.js';
import { raise } from './strings.js';
import type { Threads, Wait } from './threads.js';

/** Makes host functions callable from Lua; one that has to wait suspends the Lua thread. */
export class HostFunctions {
  private readonly threads: Threads;
  private readonly gate: ValueGate;

  constructor(threads: Threads, gate: ValueGate) {
    this.threads = threads;
    this.gate = gate;
  }

  /** `skip` leading arguments are dropped (1 for modules called with a colon). */
  wrap(fn: HostFunction, skip = 0): LuaCFunction {
    return (L) => {
      const args: ScriptValue[] = [];
      let result: HostResult | Promise<HostResult>;
      let failure: unknown;
      try {
        const count = lua.lua_gettop(L);
        for (let i = skip + 1; i <= count; i++) args.push(this.gate.read(L, i));
        result = fn.blocking !== undefined && !this.threads.canWait(L) ? fn.blocking(...args) : fn(...args);
        if (!isPromise(result)) return this.gate.pushResults(L, result);
      } catch (error) {
        failure = error;
      }
      if (isPromise(result)) return this.waitFor(L, result);
      return this.raiseHost(L, failure);
    };
  }

  /** Raises what a host function threw as a Lua error at the calling line. */
  raiseHost(L: LuaState, error: unknown): never {
    lua.lua_checkstack(L, 4);
    if (error instanceof ScriptRuntimeError) {
      const push = raisedValue(error);
      // The text of a script's own error names its place already.
      if (push === undefined) return raise(L, error.message, -1);
      push(L);
      return lua.lua_error(L);
    }
    if (error instanceof HostError || error instanceof Error) return raise(L, error.message);
    return raise(L, String(error));
  }

  private waitFor(L: LuaState, promise: Promise<HostResult>): number {
    if (!this.threads.canWait(L)) {
      promise.catch(() => {});
      return raise(
        L,
        'attempt to wait where the script cannot be suspended (inside a sort, gsub, metamethod or iterator of the library)',
      );
    }
    const wait: Wait = { promise, outcome: null };
    this.threads.wait = wait;
    return lua.lua_yieldk(L, 0, wait, this.afterWait);
  }

  private readonly afterWait = (L: LuaState, _status: number, wait: Wait): number => {
    const { outcome } = wait;
    let failure: unknown;
    if (outcome !== null && 'value' in outcome) {
      try {
        return this.gate.pushResults(L, outcome.value);
      } catch (error) {
        failure = error;
      }
    } else failure = outcome?.error;
    return this.raiseHost(L, failure);
  };
}

function isPromise(value: unknown): value is Promise<HostResult> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
