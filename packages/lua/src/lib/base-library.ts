/** The base library, but for what loads code and what protects calls. */
import { LuaError } from '../errors.js';
import { argError, argTypeError, luaError, typeName } from '../raise.js';
import { type Engine, printed } from '../runtime/engine.js';
import { hostFunction } from '../runtime/host-function.js';
import { LuaTable } from '../table.js';
import { LuaUserdata, type LuaValue, multi, NONE } from '../value.js';
import { checkAny, checkInt, checkString, checkTable } from './args.js';
import type { Library } from './host.js';
import { numberToString, stringToInteger, stringToNumber } from './number-text.js';

/** Most values `unpack` returns: more would not fit on LuaJIT's stack either. */
const MAX_UNPACK = 7999;

export function openBase(engine: Engine): Library {
  const { metas, host, runtime } = engine;
  const next = hostFunction('next', function (t: LuaValue, k: LuaValue) {
    const table = checkTable(t, 1, arguments.length);
    const key = nextKey(table, k);
    return key === undefined ? undefined : [key, table.get(key)];
  });
  const ipairsStep = hostFunction('ipairs_aux', (t: LuaValue, i: LuaValue) => {
    const v = t.getNum(i + 1);
    return v === undefined ? NONE : [i + 1, v];
  });
  const tostring = hostFunction('tostring', function (v: LuaValue) {
    checkAny(v, 1, arguments.length);
    return engine.tostringValue(v);
  });
  const library: Library = {
    next,
    pairs(t: LuaValue) {
      // Objects of the host may say how they are traversed; tables never do, as in LuaJIT.
      const traverse: LuaValue = t instanceof LuaUserdata ? t.meta?.getStr('__pairs') : undefined;
      if (traverse !== undefined) return engine.caller.call(traverse, [t]);
      return [next, checkTable(checkAny(t, 1, arguments.length), 1, arguments.length), undefined];
    },
    ipairs(t: LuaValue) {
      return [ipairsStep, checkTable(checkAny(t, 1, arguments.length), 1, arguments.length), 0];
    },
    print(...args: LuaValue[]) {
      const replaced = engine.env.getStr('tostring');
      const text = replaced === tostring ? host.tostring : (v: LuaValue) => printed(host.call1(replaced, v));
      host.write(`${args.map((v) => text(v)).join('\t')}\n`);
      return NONE;
    },
    type(v: LuaValue) {
      checkAny(v, 1, arguments.length);
      return typeName(v);
    },
    tostring,
    tonumber(v: LuaValue, base: LuaValue) {
      if (base === undefined || base === 10) return toNumber(v, arguments.length);
      return toNumberBase(v, checkInt(base, 2, arguments.length), arguments.length);
    },
    rawget(t: LuaValue, k: LuaValue) {
      const table = checkTable(t, 1, arguments.length);
      checkAny(k, 2, arguments.length);
      return table.get(k);
    },
    rawset(t: LuaValue, k: LuaValue, v: LuaValue) {
      const table = checkTable(t, 1, arguments.length);
      checkAny(k, 2, arguments.length);
      checkAny(v, 3, arguments.length);
      if (k === undefined) throw luaError('table index is nil', 0);
      if (Number.isNaN(k)) throw luaError('table index is NaN', 0);
      table.set(k, v);
      return table;
    },
    rawequal(a: LuaValue, b: LuaValue) {
      checkAny(a, 1, arguments.length);
      checkAny(b, 2, arguments.length);
      return a === b;
    },
    rawlen(v: LuaValue) {
      if (typeof v === 'string') return v.length;
      if (v instanceof LuaTable) return v.length();
      throw argError(1, 'table or string expected');
    },
    getmetatable(v: LuaValue) {
      checkAny(v, 1, arguments.length);
      const meta = metas.metaOf(v);
      return meta?.getStr('__metatable') ?? meta;
    },
    setmetatable(t: LuaValue, meta: LuaValue) {
      const table = checkTable(t, 1, arguments.length);
      if (!(meta instanceof LuaTable) && (meta !== undefined || arguments.length < 2)) {
        throw argError(2, 'nil or table expected');
      }
      if (table.meta?.getStr('__metatable') !== undefined) throw luaError('cannot change a protected metatable');
      table.setMeta(meta);
      return table;
    },
    assert(...args: LuaValue[]) {
      const v = args[0];
      if (v === undefined || v === false) {
        checkAny(v, 1, args.length);
        throw assertionError(args[1], args.length);
      }
      return args.length === 1 ? v : args;
    },
    select(n: LuaValue, ...args: LuaValue[]) {
      if (n === '#') return args.length;
      const i = checkInt(n, 1, arguments.length);
      const from = i < 0 ? args.length + i : i - 1;
      if (from < 0) throw argError(1, 'index out of range');
      return from >= args.length ? NONE : multi(args.slice(from));
    },
    unpack(t: LuaValue, i: LuaValue, j: LuaValue) {
      return unpack(t, i, j, arguments.length);
    },
    newproxy: (arg: LuaValue) => newProxy(arg),
    collectgarbage(option: LuaValue) {
      return collectGarbage(option, arguments.length);
    },
    gcinfo: () => memoryInUse(),
    _VERSION: 'Lua 5.1',
  };
  for (const name of ['next', 'pairs', 'ipairs', 'select', 'assert'] as const) {
    const fn = library[name];
    runtime[name] = 'g$' in fn ? fn : hostFunction(name, fn);
  }
  return library;
}

function nextKey(t: LuaTable, k: LuaValue): LuaValue {
  try {
    return t.nextKey(k);
  } catch (e) {
    if (e instanceof RangeError) throw new LuaError("invalid key to 'next'");
    throw e;
  }
}

function toNumber(v: LuaValue, argc: number): LuaValue {
  if (typeof v === 'number' || typeof v === 'bigint') return v;
  if (typeof v === 'string') return stringToNumber(v);
  checkAny(v, 1, argc);
  return undefined;
}

function toNumberBase(v: LuaValue, base: number, argc: number): LuaValue {
  if (typeof v !== 'string' && typeof v !== 'number') throw argTypeError(1, 'string', v, argc);
  if (base < 2 || base > 36) throw argError(2, 'base out of range');
  return stringToInteger(typeof v === 'string' ? v : numberToString(v), base);
}

function assertionError(message: LuaValue, argc: number): Error {
  if (message === undefined && argc < 2) return luaError('assertion failed!');
  if (typeof message === 'string') return luaError(message);
  return new LuaError(message);
}

function unpack(t: LuaValue, i: LuaValue, j: LuaValue, argc: number): LuaValue {
  const table = checkTable(t, 1, argc);
  const from = i === undefined ? 1 : checkInt(i, 2, argc);
  const to = j === undefined ? table.length() : checkInt(j, 3, argc);
  if (from > to) return NONE;
  if (to - from >= MAX_UNPACK) throw luaError('too many results to unpack');
  if (from === to) return table.getNum(from);
  const list: LuaValue[] = [];
  for (let n = from; n <= to; n++) list.push(table.getNum(n));
  return list;
}

function newProxy(arg: LuaValue): LuaValue {
  if (arg === undefined || arg === false) return new LuaUserdata(undefined);
  if (arg === true) return new LuaUserdata(undefined, new LuaTable());
  if (arg instanceof LuaUserdata && arg.meta !== undefined) return new LuaUserdata(undefined, arg.meta);
  throw argError(1, 'boolean or proxy expected');
}

/** Kilobytes of heap where the host tells, else 0: the collector is JavaScript's own. */
function memoryInUse(): number {
  const usage = (globalThis as { process?: { memoryUsage?: () => { heapUsed: number } } }).process?.memoryUsage?.();
  return usage === undefined ? 0 : usage.heapUsed / 1024;
}

/** What each option returns; no option changes anything. */
const GC_OPTIONS = new Map<string, LuaValue>([
  ['collect', 0],
  ['stop', 0],
  ['restart', 0],
  ['step', true],
  ['isrunning', true],
  ['setpause', 200],
  ['setstepmul', 200],
  ['generational', 0],
  ['incremental', 0],
]);

function collectGarbage(option: LuaValue, argc: number): LuaValue {
  const name = option === undefined ? 'collect' : checkString(option, 1, argc);
  if (name === 'count') return memoryInUse();
  const result = GC_OPTIONS.get(name);
  if (result === undefined) throw argError(1, `invalid option '${name}'`);
  return result;
}
