/** Coroutines: what they are, and what may be said of them. */
import { type LuaFunction, LuaThread, type LuaValue } from '../value.js';
import type { LuaGenerator, Suspender } from './suspender.js';

/** A function that may carry its generator version: 0 when it has none, 1 for coroutine.yield. */
export type Suspendable = LuaFunction & {
  g$?: Suspender | 0 | 1;
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
  /** The innermost of the driven generators, and those that wait for it. */
  generator: LuaGenerator | undefined = undefined;
  readonly callers: LuaGenerator[] = [];
  /** Started by callAsync: scripts do not see it as a coroutine. */
  readonly main: boolean;
  /** The generator version of `fn` where that is all there is of it. */
  readonly start: Suspender | undefined;

  constructor(fn: LuaFunction, main = false, start?: Suspender) {
    super();
    this.fn = fn;
    this.main = main;
    this.start = start;
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
