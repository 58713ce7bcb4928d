/** JavaScript functions as Lua functions. */
import { HOST_PREFIX } from '../stack.js';
import type { LuaFunction, LuaValue } from '../value.js';
import type { Suspendable } from './coroutine.js';
import type { GeneratorFunction, Suspender } from './suspender.js';

/**
 * Makes `fn` known to the engine as a function of the host: `name` appears in tracebacks, `generator` is what runs
 * instead inside a coroutine (1: the function is coroutine.yield).
 */
export function hostFunction(name: string, fn: LuaFunction, generator: GeneratorFunction | 0 | 1 = 0): LuaFunction {
  Object.defineProperty(fn, 'name', { value: HOST_PREFIX + name, configurable: true });
  if (typeof generator === 'function') {
    Object.defineProperty(generator, 'name', { value: HOST_PREFIX + name, configurable: true });
  }
  (fn as Suspendable).g$ = typeof generator === 'function' ? suspender(generator) : generator;
  return fn;
}

/** Whether `fn` was written in JavaScript, by its name. */
export function isHostFunction(fn: LuaValue): boolean {
  return typeof fn === 'function' && fn.name.startsWith(HOST_PREFIX);
}

/** A generator function as the generator version of a function. */
export function suspender(generator: GeneratorFunction): Suspender {
  return { run: (_self, ...args) => generator(...args) };
}
