import type { LuaCFunction, LuaState } from './api.js';
import type { Library } from './coroutines.js';
import { Int64Boxes, readInteger } from './int64.js';
import { lauxlib, lua } from './library.js';
import { literal, pushText, raise, textOf } from './strings.js';

/** The members of `math` (and `tonumber`) that would give, or insist on, 32-bit integers. */
export function mathLibrary(boxes: Int64Boxes): Library {
  const rounded =
    (round: (x: number) => number): LuaCFunction =>
    (L) => {
      if (Int64Boxes.read(L, 1) !== undefined) lua.lua_settop(L, 1);
      else lua.lua_pushnumber(L, round(lauxlib.luaL_checknumber(L, 1)));
      return 1;
    };
  const random = new Random();
  return {
    floor: rounded(Math.floor),
    ceil: rounded(Math.ceil),
    abs: (L) => {
      const boxed = Int64Boxes.read(L, 1);
      if (boxed === undefined) lua.lua_pushnumber(L, Math.abs(lauxlib.luaL_checknumber(L, 1)));
      else boxes.push(L, boxed < 0n ? -boxed : boxed);
      return 1;
    },
    modf: (L) => {
      const x = lauxlib.luaL_checknumber(L, 1);
      const whole = Math.trunc(x);
      lua.lua_pushnumber(L, whole);
      lua.lua_pushnumber(L, Number.isFinite(x) ? x - whole : 0);
      return 2;
    },
    fmod: (L) => {
      lua.lua_pushnumber(L, lauxlib.luaL_checknumber(L, 1) % lauxlib.luaL_checknumber(L, 2));
      return 1;
    },
    tointeger: (L) => {
      lauxlib.luaL_checkany(L, 1);
      const value = readInteger(L, 1);
      if (value === undefined) lua.lua_pushnil(L);
      else boxes.push(L, value);
      return 1;
    },
    type: (L) => {
      lauxlib.luaL_checkany(L, 1);
      const kind = numberKind(L);
      if (kind === null) lua.lua_pushnil(L);
      else pushText(L, kind);
      return 1;
    },
    ult: (L) => {
      const unsigned = (arg: number): bigint => BigInt.asUintN(64, checkInteger(L, arg));
      lua.lua_pushboolean(L, unsigned(1) < unsigned(2));
      return 1;
    },
    random: (L) => random.call(L),
    randomseed: (L) => {
      random.seed(lua.lua_gettop(L) === 0 ? 0 : lauxlib.luaL_checknumber(L, 1));
      return 0;
    },
  };
}

/** A number without a fraction counts as an integer, since integers and floats are one kind here. */
function numberKind(L: LuaState): string | null {
  if (Int64Boxes.read(L, 1) !== undefined) return 'integer';
  if (lua.lua_type(L, 1) !== lua.LUA_TNUMBER) return null;
  return Number.isSafeInteger(lua.lua_tonumberx(L, 1)) ? 'integer' : 'float';
}

function checkInteger(L: LuaState, arg: number): bigint {
  const value = readInteger(L, arg);
  if (value !== undefined) return value;
  lauxlib.luaL_checknumber(L, arg);
  return lauxlib.luaL_argerror(L, arg, literal('number has no integer representation'));
}

/** `math.random`: not seeded, the platform's generator; seeded, a repeatable one (splitmix32). */
class Random {
  private state: number | undefined;

  seed(x: number): void {
    this.state = (x ^ (x / 2 ** 32)) | 0;
  }

  call(L: LuaState): number {
    const count = lua.lua_gettop(L);
    if (count > 2) return raise(L, 'wrong number of arguments');
    const fraction = this.next();
    if (count === 0) {
      lua.lua_pushnumber(L, fraction);
      return 1;
    }
    const low = count === 1 ? 1 : Number(checkInteger(L, 1));
    const high = Number(checkInteger(L, count));
    if (low > high) lauxlib.luaL_argerror(L, count, literal('interval is empty'));
    if (high - low > Number.MAX_SAFE_INTEGER) lauxlib.luaL_argerror(L, count, literal('interval too large'));
    lua.lua_pushnumber(L, low + Math.floor(fraction * (high - low + 1)));
    return 1;
  }

  private next(): number {
    if (this.state === undefined) return Math.random();
    return (this.word() * 2 ** 21 + (this.word() >>> 11)) / 2 ** 53;
  }

  private word(): number {
    this.state = ((this.state ?? 0) + 0x9e3779b9) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }
}

/** `tonumber`, which would wrap at 32 bits with a base, and does not know boxed integers. */
export function tonumber(boxes: Int64Boxes): LuaCFunction {
  return (L) => {
    if (lua.lua_type(L, 2) <= lua.LUA_TNIL) {
      lauxlib.luaL_checkany(L, 1);
      if (lua.lua_type(L, 1) === lua.LUA_TNUMBER || Int64Boxes.read(L, 1) !== undefined) {
        lua.lua_settop(L, 1);
        return 1;
      }
      if (lua.lua_type(L, 1) === lua.LUA_TSTRING) {
        const text = lua.lua_tolstring(L, 1);
        if (lua.lua_stringtonumber(L, text) === text.length + 1) return 1;
      }
      lua.lua_pushnil(L);
      return 1;
    }
    const base = Number(checkInteger(L, 2));
    lauxlib.luaL_checktype(L, 1, lua.LUA_TSTRING);
    if (!(base >= 2 && base <= 36)) lauxlib.luaL_argerror(L, 2, literal('base out of range'));
    const value = parseInBase(textOf(lua.lua_tolstring(L, 1)), base);
    if (value === undefined) lua.lua_pushnil(L);
    else boxes.push(L, value);
    return 1;
  };
}

function parseInBase(text: string, base: number): bigint | undefined {
  const match = /^[ \f\n\r\t\v]*(-?)([0-9a-z]+)[ \f\n\r\t\v]*$/i.exec(text);
  if (match === null) return undefined;
  let value = 0n;
  for (const char of match[2] as string) {
    const digit = Number.parseInt(char, 36);
    if (digit >= base) return undefined;
    value = BigInt.asUintN(64, value * BigInt(base) + BigInt(digit));
  }
  return BigInt.asIntN(64, match[1] === '-' ? -value : value);
}
