/** Calls that may wait, driven by their owner one stretch at a time. */
import { LuaError } from './errors.js';
import { errorValue, isStackOverflow } from './lib/protected-calls.js';
import { Coroutine, Wait, YIELD_ERROR } from './runtime/coroutine.js';
import type { Scheduler } from './runtime/scheduler.js';
import type { Suspender } from './runtime/suspender.js';
import { type LuaValue, toArray } from './value.js';

/** How a stretch ended: with results, or waiting for a promise whose value belongs into {@link LuaRun.resume}. */
export interface RunStep {
  readonly results: readonly LuaValue[];
  readonly waitsFor: PromiseLike<LuaValue> | undefined;
}

/** One call in progress. Made by `State.createRun` and `State.loadRun`; `start` once, then `resume` or `fail` after every wait. */
export class LuaRun {
  private readonly scheduler: Scheduler;
  private readonly coroutine: Coroutine;
  private readonly checkOpen: () => void;

  /** @param main the generator version of a function there is no other version of; then `fn` is undefined */
  constructor(scheduler: Scheduler, fn: LuaValue, checkOpen: () => void, main?: Suspender) {
    this.scheduler = scheduler;
    this.coroutine = new Coroutine(fn, true, main);
    this.checkOpen = checkOpen;
  }

  /** @throws LuaError what the script raised */
  start(args: readonly LuaValue[]): RunStep {
    return this.step(args);
  }

  /** Goes on with what was waited for. @throws LuaError what the script raised, or LUA_ERR_CLOSED */
  resume(value: LuaValue): RunStep {
    this.checkOpen();
    return this.step(toArray(value));
  }

  /** Goes on with an error where the script waits. @throws LuaError as {@link resume} */
  fail(error: unknown): RunStep {
    this.checkOpen();
    return this.step({ error });
  }

  private step(input: readonly LuaValue[] | { error: unknown }): RunStep {
    const { scheduler } = this;
    const { waitable } = scheduler;
    scheduler.waitable = true;
    try {
      return this.advance(input);
    } finally {
      scheduler.waitable = waitable;
    }
  }

  private advance(input: readonly LuaValue[] | { error: unknown }): RunStep {
    let next = input;
    for (;;) {
      let out: readonly LuaValue[] | Wait;
      try {
        out = this.scheduler.step(this.coroutine, next);
      } catch (e) {
        throw toLuaError(e);
      }
      if (out instanceof Wait) return { results: [], waitsFor: out.promise };
      if (this.coroutine.status === 'dead') return { results: out, waitsFor: undefined };
      // The script itself yielded, but nobody resumes it from outside.
      next = { error: new LuaError(YIELD_ERROR) };
    }
  }
}

/** Anything thrown, as a LuaError. */
export function toLuaError(e: unknown): LuaError {
  if (e instanceof LuaError) return e;
  const code = isStackOverflow(e) ? 'LUA_ERR_STACK_OVERFLOW' : 'LUA_ERR_RUNTIME';
  return new LuaError(errorValue(e), code, e);
}
