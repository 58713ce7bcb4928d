/** Host functions that have to wait. */

import { LuaError } from './errors.js';
import { luaError } from './raise.js';
import { Wait } from './runtime/coroutine.js';
import { hostFunction } from './runtime/host-function.js';
import type { Scheduler } from './runtime/scheduler.js';
import type { LuaGenerator } from './runtime/suspender.js';
import { HOST_PREFIX } from './stack.js';
import type { LuaFunction, LuaValue } from './value.js';

/**
 * A Lua function around `fn`, which returns a promise. Where the script can be suspended it is, until the promise
 * settles; elsewhere (plain code, and coroutines that plain code resumed) `blocking` is called, after `blocked` was told.
 */
export function waitingFunction(
  scheduler: Scheduler,
  name: string,
  fn: (...args: LuaValue[]) => PromiseLike<LuaValue>,
  blocking: ((...args: LuaValue[]) => LuaValue) | undefined,
  blocked: () => void,
): LuaFunction {
  const plain = (...args: LuaValue[]): LuaValue => {
    if (blocking === undefined) throw cannotWait(name);
    blocked();
    return blocking(...args);
  };
  return hostFunction(name, plain, function* (...args: LuaValue[]): LuaGenerator {
    return scheduler.waitable ? yield new Wait(fn(...args)) : plain(...args);
  });
}

/**
 * A Lua function around `fn`, which may return a promise. Where the script can be suspended a promise does so, and
 * `raise` makes Lua errors of what `fn` throws or the promise is rejected with; elsewhere `plain` is called.
 */
export function suspendingFunction(
  scheduler: Scheduler,
  name: string,
  fn: (...args: LuaValue[]) => LuaValue | PromiseLike<LuaValue>,
  plain: (...args: LuaValue[]) => LuaValue,
  raise: (error: unknown) => Error,
): LuaFunction {
  const generator = function* (...args: LuaValue[]): LuaGenerator {
    if (!scheduler.waitable) return plain(...args);
    try {
      const result = fn(...args);
      return typeof result?.then === 'function' ? yield new Wait(result) : result;
    } catch (error) {
      throw raise(error);
    }
  };
  Object.defineProperty(generator, 'name', { value: HOST_PREFIX + name });
  return hostFunction(name, plain, generator);
}

function cannotWait(name: string): LuaError {
  const { value } = luaError(`'${name}' has to wait, which is not possible in this call`);
  return new LuaError(value, 'LUA_ERR_CANNOT_WAIT');
}
