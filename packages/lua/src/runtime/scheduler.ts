/** What runs coroutines, and makes generator versions of functions. */
import { LuaError } from '../errors.js';
import { captureFrames, HOST_PREFIX, positionOf } from '../stack.js';
import type { LuaFunction, LuaValue } from '../value.js';
import { type ClosureInfo, isClosureInfo } from './chunk.js';
import { type Coroutine, results, type Suspendable, Wait } from './coroutine.js';
import type { Fuel } from './fuel.js';
import { type After, type Caller, finish, type PendingCall } from './invoke.js';
import { advance, finisher, GeneratorObject, type Step, Suspended } from './suspended.js';
import type { LuaGenerator, Suspender } from './suspender.js';
import { TailCall } from './tail-call.js';

export class Scheduler {
  /** The coroutine that runs, undefined in plain runs. */
  current: Coroutine | undefined = undefined;
  /** Whether whoever runs coroutines now lets them wait: not where plain code resumed one. */
  waitable = true;
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
    const g = (fn as Suspendable).g$;
    if (g === 0 || g === 1 || fn.name.startsWith(HOST_PREFIX)) return undefined;
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

  /** The generator version of `fn`, made on first use. A plain JavaScript function gets one that just calls it. */
  generatorOf = (fn: LuaFunction): Suspender => {
    const f = fn as Suspendable;
    if (typeof f.g$ === 'object') return f.g$;
    const info = this.describe(fn);
    if (info !== undefined) {
      const s = info.chunk.prepare(info);
      if (!info.changing) f.g$ = s;
      return s;
    }
    f.g$ ??= 0;
    return f.g$ === 1 ? YIELD : callOf(fn);
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
    const g = (f as Suspendable).g$;
    let r: LuaValue;
    if (g === 0) r = f(...list);
    else if (g === 1) r = yield results(list);
    else {
      const s = g ?? this.generatorOf(f);
      r = yield* s.run(s, ...list);
    }
    return r instanceof TailCall ? yield* this.settleCall(r) : r;
  }

  /** Lets the wrapper of a callable table suspend as the function behind it does. */
  suspendable = (wrapper: LuaFunction, fn: LuaFunction, bound: readonly LuaValue[]): LuaFunction => {
    (wrapper as Suspendable).g$ = { run: (_self, ...args) => this.call(fn, [...bound, ...args]) };
    return wrapper;
  };

  private *settleCall(r: LuaValue): LuaGenerator {
    while (r instanceof TailCall) r = yield* this.call(r.fn, r.args);
    return r;
  }

  /** Runs a pending tail call as {@link runPending} does. */
  settle = (r: LuaValue): LuaValue | Suspended => (r instanceof TailCall ? this.begin(r.fn, r.args, 'all') : r);

  /** Calls any value from generator code: a function of the host at once, all else is left to {@link runStarted}. */
  start = (fn: LuaValue, ...args: LuaValue[]): LuaValue => this.startCall(fn, args, 'all');

  /** The same for the first result. */
  startFirst = (fn: LuaValue, ...args: LuaValue[]): LuaValue => this.startCall(fn, args, 'first');

  private startCall(fn: LuaValue, args: readonly LuaValue[], after: After): LuaValue {
    if (typeof fn !== 'function') this.caller.resolve(fn);
    else if ((fn as Suspendable).g$ === 0) {
      const r = fn(...args);
      return r instanceof TailCall ? this.leave(r.fn, r.args, after) : finish(r, after);
    }
    return this.leave(fn, args, after);
  }

  private leave(fn: LuaValue, args: readonly LuaValue[], after: After): PendingCall {
    const { pending } = this;
    pending.handler = fn;
    pending.args = args;
    pending.after = after;
    return pending;
  }

  /** Runs the call that was started. */
  runStarted = function* (this: Scheduler): LuaGenerator {
    const { handler, args, after } = this.pending;
    return finish(yield* this.call(handler, args), after);
  }.bind(this);

  /**
   * Runs the metamethod a slow path asked for. It seldom suspends: then generator code has to yield what this returns, and
   * is given the result when it goes on.
   */
  runPending = (): LuaValue | Suspended => {
    const { handler, args, after } = this.pending;
    return this.begin(handler, args, after);
  };

  private begin(fn: LuaValue, args: readonly LuaValue[], after: After): LuaValue | Suspended {
    let f = fn;
    let list = args;
    for (;;) {
      if (typeof f !== 'function') {
        const { target, bound } = this.caller.resolve(f);
        f = target;
        list = [...bound, ...list];
      }
      const g = (f as Suspendable).g$;
      let r: LuaValue;
      if (g === 0) r = f(...list);
      else {
        const s = typeof g === 'object' ? g : this.generatorOf(f);
        const generator = s.run(s, ...list);
        const step = advance(generator);
        if (!step.done) return new Suspended(generator, step, after);
        r = step.value;
      }
      if (!(r instanceof TailCall)) return finish(r, after);
      f = r.fn;
      list = r.args;
    }
  }

  /**
   * Runs a coroutine up to its next yield, wait or end. `value` is passed in, in the form of the calling convention (or
   * raised inside when `failed`). Returns what came out in that form, or a Wait.
   */
  resume(co: Coroutine, value: LuaValue, failed = false): LuaValue | Wait {
    const previous = this.current;
    if (previous !== undefined) previous.status = 'normal';
    co.status = 'running';
    this.current = co;
    try {
      const g = co.generator;
      if (g === undefined || failed || co.callers.length > 0) return this.drive(co, value, failed);
      // One generator that goes on to its next yield: what most resumptions are. (V8 makes the best code of a plain call.)
      const it = g.next(value);
      const out = it.value;
      if (it.done || (typeof out === 'object' && out instanceof GeneratorObject))
        return this.drive(co, undefined, false, it);
      co.status = 'suspended';
      return out;
    } catch (e) {
      co.status = 'dead';
      throw e;
    } finally {
      this.current = previous;
      if (previous !== undefined) previous.status = 'running';
    }
  }

  /** {@link resume} with lists of values. */
  step(co: Coroutine, input: readonly LuaValue[] | { error: unknown }): readonly LuaValue[] | Wait {
    const out = Array.isArray(input)
      ? this.resume(co, results(input))
      : this.resume(co, (input as { error: unknown }).error, true);
    return out instanceof Wait || out instanceof Array ? out : [out];
  }

  /**
   * A generator delegates to those it calls by `yield*`, which makes each resumption pass through all of them. Calls that
   * may be recursive instead yield the generator to run, so that the depth of a recursion costs nothing.
   * `first`: what the coroutine's generator has already given.
   */
  private drive(co: Coroutine, input: LuaValue, inputFailed: boolean, first?: Step): LuaValue | Wait {
    const { callers } = co;
    let done = first;
    let value = input;
    let failed = inputFailed;
    let g = co.generator;
    if (g === undefined) {
      const s = co.start ?? this.generatorOf(co.fn);
      g = value instanceof Array ? s.run(s, ...value) : s.run(s, value);
      value = undefined;
    }
    for (;;) {
      let it: Step;
      try {
        it = done ?? (failed ? g.throw(value) : advance(g, value));
        done = undefined;
      } catch (e) {
        const caller = callers.pop();
        if (caller === undefined) throw e;
        g = caller;
        value = e;
        failed = true;
        continue;
      }
      failed = false;
      value = it.value;
      if (it.done) {
        if (value instanceof TailCall) {
          g = this.settleCall(value);
          value = undefined;
          continue;
        }
        const caller = callers.pop();
        if (caller === undefined) {
          co.status = 'dead';
          return value;
        }
        g = caller;
      } else if (value instanceof Suspended) {
        callers.push(g, finisher(value.after));
        g = value.generator;
        done = value.step;
      } else if (value instanceof GeneratorObject) {
        if (callers.length >= MAX_CALLERS) {
          value = this.overflow(value as LuaGenerator);
          failed = true;
          continue;
        }
        callers.push(g);
        g = value as LuaGenerator;
        value = undefined;
      } else {
        co.generator = g;
        co.status = 'suspended';
        return value;
      }
    }
  }

  /** The error of a call that is one too many, with the position where `callee` begins: its check of fuel raises it. */
  private overflow(callee: LuaGenerator): unknown {
    const { fuel } = this;
    const { hook, f } = fuel;
    fuel.f = 0;
    fuel.hook = () => {
      throw stackOverflow(positionOf(captureFrames(1)[0]));
    };
    try {
      callee.next();
      return stackOverflow('');
    } catch (e) {
      return e;
    } finally {
      fuel.hook = hook;
      fuel.f = f;
    }
  }
}

/** coroutine.yield as the main function of a coroutine. */
const YIELD: Suspender = {
  *run(_self, ...args) {
    return yield results(args);
  },
};

function callOf(fn: LuaFunction): Suspender {
  return {
    // biome-ignore lint/correctness/useYield: it stands for a function that never suspends.
    *run(_self, ...args) {
      return fn(...args);
    },
  };
}

/** Depth of a recursion inside a coroutine, which takes no JavaScript stack. */
const MAX_CALLERS = 30_000;

function stackOverflow(position: string): LuaError {
  return new LuaError(`${position}stack overflow`, 'LUA_ERR_STACK_OVERFLOW');
}
