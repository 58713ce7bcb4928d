/** Coroutines: generator versions of functions, and what runs them. */
import { LuaError } from '../errors.js';
import { luaError } from '../raise.js';
import { HOST_PREFIX } from '../stack.js';
import { type LuaFunction, LuaThread, type LuaValue } from '../value.js';
import { type ClosureInfo, type GeneratorFunction, isClosureInfo, type LuaGenerator } from './chunk.js';
import type { Fuel } from './fuel.js';
import { type Caller, finish, type PendingCall } from './invoke.js';
import { TailCall } from './tail-call.js';

/** A function that may carry its generator version: 0 when it has none, 1 for coroutine.yield. */
export type Suspendable = LuaFunction & {
  g$?: GeneratorFunction | 0 | 1;
  /** Set on what stands for a value that cannot be called: it raises the error. */
  refuses?: boolean;
};

export const YIELD_ERROR = 'attempt to yield across C-call boundary';

/** Travels out of generators to whoever can wait: the run that started with callAsync. */
export class Wait {
  readonly promise: PromiseLike<LuaValue>;

  constructor(promise: PromiseLike<LuaValue>) {
    this.promise = promise;
  }
}

export type Status = 'suspended' | 'running' | 'normal' | 'dead';

export class Coroutine extends LuaThread {
  status: Status = 'suspended';
  readonly fn: LuaFunction;
  generator: LuaGenerator | undefined = undefined;
  /** Started by callAsync: scripts do not see it as a coroutine. */
  readonly main: boolean;

  constructor(fn: LuaFunction, main = false) {
    super();
    this.fn = fn;
    this.main = main;
  }
}

export class Scheduler {
  /** The coroutine that runs, undefined in plain runs. */
  current: Coroutine | undefined = undefined;
  private readonly fuel: Fuel;
  private readonly caller: Caller;
  readonly pending: PendingCall;

  constructor(fuel: Fuel, caller: Caller, pending: PendingCall) {
    this.fuel = fuel;
    this.caller = caller;
    this.pending = pending;
  }

  /** Asks a function about itself; undefined when it is not compiled Lua. */
  describe(fn: LuaFunction): ClosureInfo | undefined {
    if (fn.name.startsWith(HOST_PREFIX)) return undefined;
    const { fuel } = this;
    const saved = fuel.f;
    fuel.f = 0;
    fuel.want = true;
    try {
      const info: unknown = fn();
      return isClosureInfo(info) ? info : undefined;
    } finally {
      fuel.want = false;
      fuel.f = saved;
    }
  }

  /** The generator version of `fn`, made on first use; 0 when it is a plain JavaScript function. */
  generatorOf = (fn: LuaFunction): GeneratorFunction | 0 | 1 => {
    const f = fn as Suspendable;
    if (f.g$ !== undefined) return f.g$;
    const info = this.describe(fn);
    f.g$ = info === undefined ? 0 : info.chunk.generator(info);
    return f.g$;
  };

  /** Calls any value so that it can suspend. */
  *call(fn: LuaValue, args: readonly LuaValue[]): LuaGenerator {
    let list = args;
    let f = fn;
    if (typeof f !== 'function') {
      const { target, bound } = this.caller.resolve(f);
      f = target;
      list = [...bound, ...args];
    }
    const g = (f as Suspendable).g$ ?? this.generatorOf(f);
    let r: LuaValue;
    if (g === 0) r = f(...list);
    else if (g === 1) r = results(yield list);
    else r = yield* g(...list);
    return r instanceof TailCall ? yield* this.settle(r) : r;
  }

  /** Lets the wrapper of a callable table suspend as the function behind it does. */
  suspendable = (wrapper: LuaFunction, fn: LuaFunction, bound: readonly LuaValue[]): LuaFunction => {
    (wrapper as Suspendable).g$ = (...args) => this.call(fn, [...bound, ...args]);
    return wrapper;
  };

  /** Runs pending tail calls. */
  settle = function* (this: Scheduler, r: LuaValue): LuaGenerator {
    while (r instanceof TailCall) r = yield* this.call(r.fn, r.args);
    return r;
  }.bind(this);

  /** Runs the metamethod a slow path asked for. */
  runPending = function* (this: Scheduler): LuaGenerator {
    const { handler, args, after } = this.pending;
    return finish(yield* this.call(handler, args), after);
  }.bind(this);

  /**
   * Runs a coroutine up to its next yield, wait or end. `input` is the values passed in, or an error to raise inside.
   * Returns what came out: an array for a yield or the end, or a Wait.
   */
  step(co: Coroutine, input: readonly LuaValue[] | { error: unknown }): readonly LuaValue[] | Wait {
    const previous = this.current;
    if (previous !== undefined) previous.status = 'normal';
    co.status = 'running';
    this.current = co;
    try {
      const out = this.advance(co, input);
      co.status = out.done ? 'dead' : 'suspended';
      return out.value;
    } catch (e) {
      co.status = 'dead';
      throw e;
    } finally {
      this.current = previous;
      if (previous !== undefined) previous.status = 'running';
    }
  }

  private advance(co: Coroutine, input: readonly LuaValue[] | { error: unknown }) {
    let it: IteratorResult<LuaValue, LuaValue>;
    if (co.generator === undefined) {
      const g = this.generatorOf(co.fn);
      const args = input as readonly LuaValue[];
      if (typeof g !== 'function') co.generator = this.call(co.fn, args);
      else co.generator = g(...args);
      it = co.generator.next();
    } else if (Array.isArray(input)) it = co.generator.next(input);
    else it = co.generator.throw((input as { error: unknown }).error);
    while (it.done && it.value instanceof TailCall) {
      co.generator = this.settle(it.value);
      it = co.generator.next();
    }
    if (!it.done) return { done: false, value: it.value };
    return { done: true, value: it.value instanceof Array ? it.value : [it.value] };
  }
}

/** Values passed into a coroutine as the results of its yield. */
export function results(list: readonly LuaValue[]): LuaValue {
  return list.length === 1 ? list[0] : list;
}

/** Refuses to resume what cannot be; undefined when it can. */
export function resumeFault(co: Coroutine): string | undefined {
  if (co.status === 'suspended') return undefined;
  // LuaJIT says so of a coroutine that waits for another one, too.
  return `cannot resume ${co.status === 'normal' ? 'running' : co.status} coroutine`;
}

/** The error of a coroutine that has to wait where nothing can. */
export function waitError(): LuaError {
  const e = luaError('cannot wait here: the call that started the script does not allow it');
  return new LuaError(e.value, 'LUA_ERR_CANNOT_WAIT');
}
