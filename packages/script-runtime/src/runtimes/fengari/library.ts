import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { byteString } from '../../byte-string.js';
import type { LauxApi, LuaApi, LuaLibApi, LuaState, TString, TValue } from './api.js';
import { numberText } from './decimal.js';

interface Internals {
  readonly lua: LuaApi;
  readonly lauxlib: LauxApi;
  readonly lualib: LuaLibApi;
  /** Makes a Lua string that owns `bytes`. */
  bless(L: LuaState, bytes: Uint8Array): TString;
  push(L: LuaState, string: TString): void;
}

/**
 * fengari keeps its settings in module variables, so what is mended here would reach every user of fengari in the
 * process. The engine therefore loads a copy of its own and leaves the module cache as it was.
 */
function loadPrivateCopy(): Internals {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('fengari');
  const folder = dirname(entry) + sep;
  const foreign = Object.entries(require.cache).filter(([path]) => path.startsWith(folder));
  for (const [path] of foreign) delete require.cache[path];
  try {
    const part = (name: string) => require(join(folder, `${name}.js`));
    // Order matters: `defs` and `luaconf` need each other, and all other modules copy these members while they load.
    part('defs');
    mendConfiguration(part('luaconf'));
    mendStringHash(part('lstring'));
    const { lua, lauxlib, lualib } = require(entry);
    const lobject = part('lobject');
    mendNumerals(lobject);
    return { lua, lauxlib, lualib, bless: part('lstring').luaS_bless, push: lobject.pushsvalue2s };
  } finally {
    for (const path of Object.keys(require.cache)) if (path.startsWith(folder)) delete require.cache[path];
    for (const [path, module] of foreign) require.cache[path] = module;
  }
}

function mendConfiguration(luaconf: Record<string, unknown>): void {
  // One kind of number: no `.0` behind integral ones (Lua's own option for that), and C's `%.14g` for the others.
  luaconf.LUA_COMPAT_FLOATSTRING = true;
  luaconf.lua_number2str = numberText;
  // Error messages name files in full: 59 characters are too few for real paths.
  luaconf.LUA_IDSIZE = 400;
  // Slots, not calls. The million of the original costs seconds and a gigabyte before a runaway recursion ends.
  luaconf.LUAI_MAXSTACK = 200_000;
}

/**
 * Table keys are hashed as hexadecimal text without leading zeros, so `"\1\35"` and `"\18\3"` are one key. And strings
 * are compared by that text.
 */
function mendStringHash(lstring: { luaS_hash: unknown; luaS_hashlongstr: unknown }): void {
  const hash = (bytes: Uint8Array): string => `|${byteString(bytes, 0, bytes.length)}`;
  lstring.luaS_hash = hash;
  lstring.luaS_hashlongstr = (string: TString): string => {
    string.hash ??= hash(string.realstring);
    return string.hash;
  };
}

/**
 * Integers are 32 bits wide and wrap without a word (`2147483647 + 1`, `0xffffffff`, `"ffffffff"` read as hexadecimal).
 * Numerals in scripts and in text become doubles instead, exact to +-(2^53 - 1).
 */
function mendNumerals(lobject: { luaO_str2num(text: Uint8Array, into: TValue): number }): void {
  const original = lobject.luaO_str2num;
  lobject.luaO_str2num = (text, into) => {
    const size = original(text, into);
    if (size !== 0 && into.ttisinteger()) into.setfltvalue(hexadecimalValue(text) ?? into.value);
    return size;
  };
}

function hexadecimalValue(text: Uint8Array): number | undefined {
  const match = /^\s*([+-]?)(0x[\da-f]+)/i.exec(byteString(text, 0, text.length));
  if (match === null) return undefined;
  const value = Number(BigInt.asIntN(64, BigInt(match[2] as string)));
  return match[1] === '-' ? -value : value;
}

const copy = loadPrivateCopy();

export const lua: LuaApi = copy.lua;
export const lauxlib: LauxApi = copy.lauxlib;
export const lualib: LuaLibApi = copy.lualib;
export const blessBytes = copy.bless;
export const pushTString = copy.push;
