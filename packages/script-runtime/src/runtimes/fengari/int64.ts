import { HostError } from '../../value.js';
import type { LuaCFunction, LuaProxy, LuaState } from './api.js';
import { lauxlib, lua } from './library.js';
import { makeKey, pushKey, pushText, raise } from './strings.js';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
type Operand = number | bigint;

/**
 * Integers beyond +-(2^53 - 1) inside Lua: userdata that hold a bigint. Arithmetic between them and integral numbers is
 * exact and gives a plain number again as soon as it fits; with a fraction it is done in doubles. Equal values are one
 * userdata, so `==` and table keys work.
 */
export class Int64Boxes {
  private readonly main: LuaState;
  private readonly metatable: LuaProxy;
  private readonly live = new Map<bigint, WeakRef<Record<string, unknown>>>();
  private readonly swept: FinalizationRegistry<bigint>;

  constructor(main: LuaState) {
    this.main = main;
    this.swept = new FinalizationRegistry((value) => {
      if (this.live.get(value)?.deref() === undefined) this.live.delete(value);
    });
    this.metatable = this.createMetatable();
  }

  /** Pushes an integer: a number where that is exact, else a box. */
  push(L: LuaState, value: bigint): void {
    if (value >= -SAFE && value <= SAFE) {
      lua.lua_pushnumber(L, Number(value));
      return;
    }
    const known = this.live.get(value)?.deref();
    if (known !== undefined) {
      (known.proxy as LuaProxy)(L);
      return;
    }
    const data = lua.lua_newuserdata(L, 0);
    this.metatable(L);
    lua.lua_setmetatable(L, -2);
    data.int64 = value;
    data.proxy = lua.lua_toproxy(L, -1);
    this.live.set(value, new WeakRef(data));
    this.swept.register(data, value);
  }

  /** The bigint at `index`, undefined when something else is there. */
  static read(L: LuaState, index: number): bigint | undefined {
    if (lua.lua_type(L, index) !== lua.LUA_TUSERDATA) return undefined;
    return (lua.lua_touserdata(L, index) as { int64?: bigint }).int64;
  }

  private createMetatable(): LuaProxy {
    const L = this.main;
    lua.lua_createtable(L, 0, 24);
    const set = (event: string, fn: LuaCFunction): void => {
      pushKey(L, makeKey(L, event));
      lua.lua_pushcfunction(L, fn);
      lua.lua_rawset(L, -3);
    };
    for (const [event, operator] of Object.entries(BINARY)) {
      set(event, (l) => {
        const a = operand(l, 1, event);
        const b = operand(l, 2, event);
        const exact = typeof a === 'bigint' && typeof b === 'bigint';
        const result = exact ? attempt(l, () => operator.exact(a, b)) : operator.rounded(Number(a), Number(b));
        if (typeof result === 'bigint') this.push(l, result);
        else lua.lua_pushnumber(l, result);
        return 1;
      });
    }
    for (const [event, compare] of Object.entries(COMPARISONS)) {
      set(event, (l) => {
        // JavaScript compares bigint with number exactly.
        lua.lua_pushboolean(l, compare(comparable(l, 1), comparable(l, 2)));
        return 1;
      });
    }
    set('__tostring', (l) => {
      pushText(l, String(Int64Boxes.read(l, 1) ?? ''));
      return 1;
    });
    set('__concat', (l) => {
      const text = (index: number): string => Buffer.from(lauxlib.luaL_tolstring(l, index)).toString('latin1');
      pushText(l, text(1) + text(2));
      return 1;
    });
    pushKey(L, makeKey(L, '__name'));
    pushText(L, 'int64');
    lua.lua_rawset(L, -3);
    pushKey(L, makeKey(L, '__metatable'));
    lua.lua_pushboolean(L, false);
    lua.lua_rawset(L, -3);
    const proxy = lua.lua_toproxy(L, -1);
    lua.lua_pop(L, 1);
    return proxy;
  }
}

interface Operator {
  exact(a: bigint, b: bigint): Operand;
  rounded(a: number, b: number): number;
}

const floorDivide = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new HostError("attempt to perform 'n//0'");
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
};
const floorModulo = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new HostError("attempt to perform 'n%0'");
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
};
/** Bits are those of 64-bit two's complement, as in Lua 5.3. */
const bits = (fn: (a: bigint, b: bigint) => bigint): Operator => ({
  exact: (a, b) => BigInt.asIntN(64, fn(BigInt.asUintN(64, a), BigInt.asUintN(64, b))),
  rounded: () => {
    throw new HostError('number has no integer representation');
  },
});
const shift = (a: bigint, by: bigint): bigint => {
  if (by <= -64n || by >= 64n) return 0n;
  return by >= 0n ? a << by : a >> -by;
};

const BINARY: Readonly<Record<string, Operator>> = {
  __add: { exact: (a, b) => a + b, rounded: (a, b) => a + b },
  __sub: { exact: (a, b) => a - b, rounded: (a, b) => a - b },
  __mul: { exact: (a, b) => a * b, rounded: (a, b) => a * b },
  __div: { exact: (a, b) => Number(a) / Number(b), rounded: (a, b) => a / b },
  __idiv: { exact: floorDivide, rounded: (a, b) => Math.floor(a / b) },
  __mod: { exact: floorModulo, rounded: (a, b) => a - Math.floor(a / b) * b },
  __pow: { exact: (a, b) => Number(a) ** Number(b), rounded: (a, b) => a ** b },
  __unm: { exact: (a) => -a, rounded: (a) => -a },
  __band: bits((a, b) => a & b),
  __bor: bits((a, b) => a | b),
  __bxor: bits((a, b) => a ^ b),
  __bnot: bits((a) => ~a),
  __shl: bits((a, b) => shift(a, BigInt.asIntN(64, b))),
  __shr: bits((a, b) => shift(a, -BigInt.asIntN(64, b))),
};

const COMPARISONS: Readonly<Record<string, (a: Operand, b: Operand) => boolean>> = {
  __lt: (a, b) => a < b,
  __le: (a, b) => a <= b,
};

function operand(L: LuaState, index: number, event: string): Operand {
  const boxed = Int64Boxes.read(L, index);
  if (boxed !== undefined) return boxed;
  const number = lua.lua_tonumberx(L, index);
  if (number === false) {
    const type = textTypeName(L, index);
    return raise(L, `attempt to perform arithmetic (${event.slice(2)}) on a ${type} value`);
  }
  return Number.isInteger(number) ? BigInt(number) : number;
}

function comparable(L: LuaState, index: number): Operand {
  const boxed = Int64Boxes.read(L, index);
  if (boxed !== undefined) return boxed;
  if (lua.lua_type(L, index) === lua.LUA_TNUMBER) return lua.lua_tonumberx(L, index) as number;
  return raise(L, `attempt to compare ${textTypeName(L, 1)} with ${textTypeName(L, 2)}`);
}

function textTypeName(L: LuaState, index: number): string {
  if (Int64Boxes.read(L, index) !== undefined) return 'int64';
  return Buffer.from(lauxlib.luaL_typename(L, index)).toString('latin1');
}

/** Runs arithmetic that may throw and raises what it throws at the script's line. */
function attempt<T>(L: LuaState, fn: () => T): T {
  let message: string;
  try {
    return fn();
  } catch (error) {
    message = (error as Error).message;
  }
  return raise(L, message);
}

/** An integer of any width from what a script may pass as one; undefined when it is none. */
export function readInteger(L: LuaState, index: number): bigint | undefined {
  const boxed = Int64Boxes.read(L, index);
  if (boxed !== undefined) return boxed;
  const type = lua.lua_type(L, index);
  if (type === lua.LUA_TSTRING) {
    const text = Buffer.from(lua.lua_tolstring(L, index)).toString('latin1').trim();
    if (/^[+-]?\d+$/.test(text)) return BigInt(text);
  } else if (type !== lua.LUA_TNUMBER) return undefined;
  const number = lua.lua_tonumberx(L, index);
  return number !== false && Number.isInteger(number) ? BigInt(number) : undefined;
}
