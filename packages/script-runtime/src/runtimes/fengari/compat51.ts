import type { LuaCFunction, LuaState } from './api.js';
import { setFunctions } from './base-library.js';
import type { Library } from './coroutines.js';
import { lauxlib, lua } from './library.js';
import { literal, pushText } from './strings.js';

/**
 * What Lua 5.1 and LuaJIT have and 5.3 has not, since LAppS services are written for LuaJIT. The module `bit` is
 * LuaJIT's: 32 bits, signed results.
 */
export function openCompat51(L: LuaState): void {
  lua.lua_createtable(L, 0, 12);
  setFunctions(L, bitLibrary);
  lauxlib.luaL_getsubtable(L, lua.LUA_REGISTRYINDEX, literal('_LOADED'));
  lua.lua_pushvalue(L, -2);
  lua.lua_setfield(L, -2, literal('bit'));
  lua.lua_pop(L, 1);
  lua.lua_setglobal(L, literal('bit'));
  const source = Buffer.from(PRELUDE);
  const status = lauxlib.luaL_loadbufferx(L, source, source.length, literal('=compat51'), null);
  if (status !== lua.LUA_OK || lua.lua_pcall(L, 0, 0, 0) !== lua.LUA_OK) {
    throw new Error(`Lua 5.1 prelude: ${Buffer.from(lua.lua_tolstring(L, -1)).toString()}`);
  }
}

/** Doubles outside 32 bits wrap, as in LuaJIT's `bit`. */
function toBit(L: LuaState, arg: number): number {
  return Number(BigInt.asIntN(32, BigInt(Math.round(finite(lauxlib.luaL_checknumber(L, arg))))));
}

function finite(x: number): number {
  return Number.isFinite(x) ? x : 0;
}

function fold(combine: (a: number, b: number) => number): LuaCFunction {
  return (L) => {
    let value = toBit(L, 1);
    for (let i = 2; i <= lua.lua_gettop(L); i++) value = combine(value, toBit(L, i));
    lua.lua_pushnumber(L, value | 0);
    return 1;
  };
}

function shift(move: (value: number, by: number) => number): LuaCFunction {
  return (L) => {
    lua.lua_pushnumber(L, move(toBit(L, 1), toBit(L, 2) & 31) | 0);
    return 1;
  };
}

function unary(change: (value: number) => number): LuaCFunction {
  return (L) => {
    lua.lua_pushnumber(L, change(toBit(L, 1)) | 0);
    return 1;
  };
}

const bitLibrary: Library = {
  tobit: unary((x) => x),
  bnot: unary((x) => ~x),
  bswap: unary((x) => (x >>> 24) | ((x >>> 8) & 0xff00) | ((x << 8) & 0xff0000) | (x << 24)),
  band: fold((a, b) => a & b),
  bor: fold((a, b) => a | b),
  bxor: fold((a, b) => a ^ b),
  lshift: shift((x, n) => x << n),
  rshift: shift((x, n) => x >>> n),
  arshift: shift((x, n) => x >> n),
  rol: shift((x, n) => (x << n) | (x >>> (32 - n))),
  ror: shift((x, n) => (x >>> n) | (x << (32 - n))),
  tohex: (L) => {
    const value = toBit(L, 1) >>> 0;
    const count = lua.lua_type(L, 2) <= lua.LUA_TNIL ? 8 : toBit(L, 2);
    const digits = value
      .toString(16)
      .padStart(8, '0')
      .slice(-Math.min(Math.abs(count), 8));
    pushText(L, count === 0 ? '' : count < 0 ? digits.toUpperCase() : digits);
    return 1;
  },
};

const PRELUDE = `
local select, type, error, pairs, ipairs = select, type, error, pairs, ipairs
local getinfo, getupvalue = debug.getinfo, debug.getupvalue
local upvaluejoin = debug.upvaluejoin
local load, loaded, globals = load, package.loaded, _G

unpack = table.unpack
loadstring = function(text, name) return load(text, name) end
string.gfind = string.gmatch
math.mod = math.fmod
math.pow = function(x, y) return x ^ y end
math.log10 = function(x) return math.log(x, 10) end
math.ldexp = function(m, e) return m * 2.0 ^ e end
math.frexp = function(x)
  if x == 0 or x ~= x or x == math.huge or x == -math.huge then return x, 0 end
  local exponent = math.floor(math.log(math.abs(x), 2)) + 1
  local mantissa = x / 2.0 ^ exponent
  if math.abs(mantissa) >= 1 then return mantissa / 2, exponent + 1 end
  if math.abs(mantissa) < 0.5 then return mantissa * 2, exponent - 1 end
  return mantissa, exponent
end
math.sinh = function(x) return (math.exp(x) - math.exp(-x)) / 2 end
math.cosh = function(x) return (math.exp(x) + math.exp(-x)) / 2 end
math.tanh = function(x)
  if x > 20 then return 1 elseif x < -20 then return -1 end
  local a, b = math.exp(x), math.exp(-x)
  return (a - b) / (a + b)
end
math.atan2 = math.atan

table.getn = function(t) return #t end
table.maxn = function(t)
  local max = 0
  for key in pairs(t) do
    if type(key) == 'number' and key > max then max = key end
  end
  return max
end
table.foreach = function(t, fn)
  for key, value in pairs(t) do
    local result = fn(key, value)
    if result ~= nil then return result end
  end
end
table.foreachi = function(t, fn)
  for i = 1, #t do
    local result = fn(i, t[i])
    if result ~= nil then return result end
  end
end

-- The environment of a function is its upvalue _ENV; one that uses no global has none.
local function environment_index(fn)
  local i = 1
  while true do
    local name = getupvalue(fn, i)
    if name == '_ENV' then return i end
    if name == nil then return nil end
    i = i + 1
  end
end

local function function_at(target, name)
  if type(target) == 'function' then return target end
  if type(target) ~= 'number' or target < 0 then
    error("bad argument #1 to '" .. name .. "' (level or function expected)", 3)
  end
  if target == 0 then return nil end
  local info = getinfo(target + 2, 'f')
  if info == nil then error("bad argument #1 to '" .. name .. "' (invalid level)", 3) end
  return info.func
end

function setfenv(target, environment)
  if type(environment) ~= 'table' then
    error("bad argument #2 to 'setfenv' (table expected, got " .. type(environment) .. ')', 2)
  end
  local fn = function_at(target, 'setfenv')
  if fn == nil then error("'setfenv' cannot change the environment of a thread", 2) end
  local index = getinfo(fn, 'S').what ~= 'J' and environment_index(fn)
  if index then upvaluejoin(fn, index, function() return environment end, 1) end
  return target
end

function getfenv(target)
  local fn = function_at(target or 1, 'getfenv')
  local index = fn and getinfo(fn, 'S').what ~= 'J' and environment_index(fn)
  if not index then return globals end
  local _, environment = getupvalue(fn, index)
  return environment
end

package.seeall = function(module)
  local metatable = getmetatable(module) or {}
  metatable.__index = globals
  setmetatable(module, metatable)
end

function module(name, ...)
  local self = loaded[name]
  if type(self) ~= 'table' then
    self = globals
    for part in string.gmatch(name, '[^.]+') do
      if self[part] == nil then self[part] = {} end
      self = self[part]
      if type(self) ~= 'table' then error("name conflict for module '" .. name .. "'", 2) end
    end
    loaded[name] = self
  end
  if self._NAME == nil then
    self._M, self._NAME, self._PACKAGE = self, name, string.match(name, '^(.*%.)') or ''
  end
  local caller = getinfo(2, 'f').func
  local index = environment_index(caller)
  if index then upvaluejoin(caller, index, function() return self end, 1) end
  for i = 1, select('#', ...) do select(i, ...)(self) end
end
`;
