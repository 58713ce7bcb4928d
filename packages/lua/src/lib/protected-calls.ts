/** `error`, `pcall`, `xpcall`. */
import { LuaError, stackRecording } from '../errors.js';
import { argError, argTypeError, luaError } from '../raise.js';
import type { Engine } from '../runtime/engine.js';
import { hostFunction } from '../runtime/host-function.js';
import type { LuaGenerator } from '../runtime/suspender.js';
import { settle } from '../runtime/tail-call.js';
import { framesOfText, positionOf } from '../stack.js';
import type { LuaValue } from '../value.js';
import { checkInt } from './args.js';
import type { Library } from './host.js';
import { numberToString } from './number-text.js';

/** The Lua value of anything thrown. */
export function errorValue(e: unknown): LuaValue {
  if (e instanceof LuaError) return e.value;
  if (isStackOverflow(e)) return `${positionOf(framesOfText((e as Error).stack ?? '')[0])}stack overflow`;
  if (e instanceof RangeError && /string length/.test(e.message)) return 'not enough memory';
  return e instanceof Error ? e.message : String(e);
}

/** JavaScript's own report that the stack is used up. */
export function isStackOverflow(e: unknown): boolean {
  return (e instanceof RangeError && /call stack/i.test(e.message)) || (e as Error)?.name === 'InternalError';
}

export function openProtectedCalls(engine: Engine): Library {
  const { caller, fuel, scheduler } = engine;

  const pcall = hostFunction(
    'pcall',
    function (f: LuaValue, ...args: LuaValue[]) {
      if (arguments.length === 0) throw argError(1, 'value expected');
      const { depth } = stackRecording;
      stackRecording.depth = 0;
      try {
        return succeed(typeof f === 'function' ? settle(f(...args)) : caller.call(f, args));
      } catch (e) {
        fuel.burn(ERROR_COST);
        return [false, errorValue(e)];
      } finally {
        stackRecording.depth = depth;
      }
    },
    function* (f: LuaValue, ...args: LuaValue[]): LuaGenerator {
      if (arguments.length === 0) throw argError(1, 'value expected');
      try {
        return succeed(yield* scheduler.call(f, args));
      } catch (e) {
        fuel.burn(ERROR_COST);
        return [false, errorValue(e)];
      }
    },
  );

  const handle = (handler: LuaValue, e: unknown): LuaValue => {
    fuel.burn(ERROR_COST);
    const previous = engine.handled;
    engine.handled = e;
    try {
      const r = caller.call(handler, [errorValue(e)]);
      return [false, r instanceof Array ? r[0] : r];
    } catch {
      return [false, 'error in error handling'];
    } finally {
      engine.handled = previous;
    }
  };

  const xpcall = hostFunction(
    'xpcall',
    function (f: LuaValue, handler: LuaValue, ...args: LuaValue[]) {
      checkHandler(handler, arguments.length);
      const { depth } = stackRecording;
      stackRecording.depth = RECORDED;
      try {
        return succeed(caller.call(f, args));
      } catch (e) {
        return handle(handler, e);
      } finally {
        stackRecording.depth = depth;
      }
    },
    function* (f: LuaValue, handler: LuaValue, ...args: LuaValue[]): LuaGenerator {
      checkHandler(handler, arguments.length);
      try {
        return succeed(yield* scheduler.call(f, args));
      } catch (e) {
        return handle(handler, e);
      }
    },
  );

  const error = hostFunction('error', function (v: LuaValue, level: LuaValue) {
    const at = level === undefined ? 1 : checkInt(level, 2, arguments.length);
    if (at > 0 && typeof v === 'string') throw luaError(v, at);
    if (at > 0 && typeof v === 'number') throw luaError(numberToString(v), at);
    throw new LuaError(v);
  });
  engine.runtime['error'] = error;
  return { error, pcall, xpcall };
}

const RECORDED = 100;
/** What an error costs that is caught, in calls: a loop that catches nothing but errors must be stopped in time. */
const ERROR_COST = 500;

function checkHandler(handler: LuaValue, argc: number): void {
  if (argc === 0) throw argError(1, 'value expected');
  if (typeof handler !== 'function') throw argTypeError(2, 'function', handler, argc);
}

function succeed(r: LuaValue): LuaValue {
  return r instanceof Array ? [true, ...r] : [true, r];
}
