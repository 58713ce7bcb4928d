/** The coroutine library. */
import { LuaError, stackRecording } from '../errors.js';
import { argError, luaError } from '../raise.js';
import { Coroutine, results, resumeFault, type Suspendable, Wait, YIELD_ERROR } from '../runtime/coroutine.js';
import type { Engine } from '../runtime/engine.js';
import { hostFunction } from '../runtime/host-function.js';
import type { LuaGenerator, Suspender } from '../runtime/suspender.js';
import type { LuaValue } from '../value.js';
import { checkFunction } from './args.js';
import type { Library } from './host.js';
import { errorValue } from './protected-calls.js';

export function openCoroutine(engine: Engine): Library {
  const { scheduler } = engine;

  /** Runs `co` where nobody can wait. */
  const step = (co: Coroutine, value: LuaValue): LuaValue => {
    const { waitable } = scheduler;
    scheduler.waitable = false;
    try {
      return scheduler.resume(co, value);
    } finally {
      scheduler.waitable = waitable;
    }
  };

  /** Runs `co` from a generator: its waits are passed on to whoever runs us. */
  function* stepWaiting(co: Coroutine, value: LuaValue): Generator<LuaValue, LuaValue, LuaValue> {
    let out = scheduler.resume(co, value);
    while (out instanceof Wait) {
      co.status = 'normal';
      let input: LuaValue;
      let failed = false;
      try {
        input = yield out;
      } catch (error) {
        input = error;
        failed = true;
      }
      out = scheduler.resume(co, input, failed);
    }
    return out;
  }

  const resume = hostFunction(
    'resume',
    (co: LuaValue, ...args: LuaValue[]) => {
      const thread = checkThread(co);
      const value = args.length === 1 ? args[0] : args;
      if (thread.status !== 'suspended') return [false, resumeFault(thread)];
      const { depth } = stackRecording;
      stackRecording.depth = 0;
      try {
        const out = step(thread, value);
        return out instanceof Array ? [true, ...out] : [true, out];
      } catch (e) {
        return [false, errorValue(e)];
      } finally {
        stackRecording.depth = depth;
      }
    },
    function* (co: LuaValue, ...args: LuaValue[]): LuaGenerator {
      const thread = checkThread(co);
      const fault = resumeFault(thread);
      if (fault !== undefined) return [false, fault];
      try {
        const out = yield* stepWaiting(thread, results(args));
        return out instanceof Array ? [true, ...out] : [true, out];
      } catch (e) {
        return [false, errorValue(e)];
      }
    },
  );

  /** The generator version of all functions made by wrap. */
  function* $lua_wrap(self: Suspender, ...args: LuaValue[]): LuaGenerator {
    const { co } = self as Wrapped;
    if (co.status !== 'suspended') throw luaError(resumeFault(co)!);
    try {
      return yield* stepWaiting(co, results(args));
    } catch (e) {
      throw withPosition(e);
    }
  }

  const wrap = function (f: LuaValue) {
    const co = new Coroutine(checkFunction(f, 1, arguments.length));
    const fn: Suspendable = function $lua_wrap(...args: LuaValue[]) {
      if (co.status !== 'suspended') throw luaError(resumeFault(co)!);
      try {
        return step(co, args.length === 1 ? args[0] : args);
      } catch (e) {
        throw withPosition(e);
      }
    };
    const wrapped: Wrapped = { co, run: $lua_wrap };
    fn.g$ = wrapped;
    return fn;
  };

  const yieldNowhere = hostFunction(
    'yield',
    () => {
      throw luaError(YIELD_ERROR);
    },
    1,
  );

  return {
    create(f: LuaValue) {
      return new Coroutine(checkFunction(f, 1, arguments.length));
    },
    resume,
    yield: yieldNowhere,
    wrap,
    status(co: LuaValue) {
      return checkThread(co).status;
    },
    running: () => (scheduler.current === undefined || scheduler.current.main ? undefined : scheduler.current),
    isyieldable: () => scheduler.current !== undefined && !scheduler.current.main,
  };
}

/** The generator version of a function made by wrap. */
interface Wrapped extends Suspender {
  readonly co: Coroutine;
}

function checkThread(v: LuaValue): Coroutine {
  if (v instanceof Coroutine) return v;
  throw argError(1, 'coroutine expected');
}

/** A wrapped coroutine puts the place where it was resumed in front of an error text, as LuaJIT does. */
function withPosition(e: unknown): unknown {
  const plain = e instanceof LuaError && e.code === 'LUA_ERR_RUNTIME' && typeof e.value === 'string';
  return plain ? luaError(e.value) : e;
}
