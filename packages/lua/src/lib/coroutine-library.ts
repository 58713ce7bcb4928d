/** The coroutine library. */
import { LuaError, stackRecording } from '../errors.js';
import { argError, luaError } from '../raise.js';
import type { LuaGenerator } from '../runtime/chunk.js';
import { Coroutine, resumeFault, type Suspendable, Wait, waitError, YIELD_ERROR } from '../runtime/coroutine.js';
import type { Engine } from '../runtime/engine.js';
import { hostFunction } from '../runtime/host-function.js';
import { type LuaValue, multi } from '../value.js';
import { checkFunction } from './args.js';
import type { Library } from './host.js';
import { errorValue } from './protected-calls.js';

export function openCoroutine(engine: Engine): Library {
  const { scheduler } = engine;

  /** Runs `co` where nobody can wait. */
  const step = (co: Coroutine, args: readonly LuaValue[]): readonly LuaValue[] => {
    let out = scheduler.step(co, args);
    while (out instanceof Wait) out = scheduler.step(co, { error: waitError() });
    return out;
  };

  /** Runs `co` from a generator: its waits are passed on to whoever runs us. */
  function* stepWaiting(co: Coroutine, args: readonly LuaValue[]): Generator<LuaValue, readonly LuaValue[], LuaValue> {
    let out = scheduler.step(co, args);
    while (out instanceof Wait) {
      let input: readonly LuaValue[] | { error: unknown };
      co.status = 'normal';
      try {
        input = yield out;
      } catch (error) {
        input = { error };
      }
      out = scheduler.step(co, input);
    }
    return out;
  }

  const resume = hostFunction(
    'resume',
    (co: LuaValue, ...args: LuaValue[]) => {
      const thread = checkThread(co);
      const fault = resumeFault(thread);
      if (fault !== undefined) return [false, fault];
      const { depth } = stackRecording;
      stackRecording.depth = 0;
      try {
        return [true, ...step(thread, args)];
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
        return [true, ...(yield* stepWaiting(thread, args))];
      } catch (e) {
        return [false, errorValue(e)];
      }
    },
  );

  const wrap = function (f: LuaValue) {
    const co = new Coroutine(checkFunction(f, 1, arguments.length));
    const fn: Suspendable = function $lua_wrap(...args: LuaValue[]) {
      const fault = resumeFault(co);
      if (fault !== undefined) throw luaError(fault);
      try {
        return multi(step(co, args) as LuaValue[]);
      } catch (e) {
        throw withPosition(e);
      }
    };
    fn.g$ = function* $lua_wrap(...args: LuaValue[]): LuaGenerator {
      const fault = resumeFault(co);
      if (fault !== undefined) throw luaError(fault);
      try {
        return multi((yield* stepWaiting(co, args)) as LuaValue[]);
      } catch (e) {
        throw withPosition(e);
      }
    };
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

function checkThread(v: LuaValue): Coroutine {
  if (v instanceof Coroutine) return v;
  throw argError(1, 'coroutine expected');
}

/** A wrapped coroutine puts the place where it was resumed in front of an error text, as LuaJIT does. */
function withPosition(e: unknown): unknown {
  const plain = e instanceof LuaError && e.code === 'LUA_ERR_RUNTIME' && typeof e.value === 'string';
  return plain ? luaError(e.value) : e;
}
