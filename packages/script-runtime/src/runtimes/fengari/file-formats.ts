import type { LuaState } from './api.js';
import type { LuaFile } from './files.js';
import { lauxlib, lua } from './library.js';
import { literal, pushBytes, textOf } from './strings.js';

/** Longest text of a numeral that `read("n")` takes. */
const MAX_NUMERAL = 200;

/** Pushes what one format reads; false when it could not. */
export function readFormat(L: LuaState, file: LuaFile, arg: number): boolean {
  if (lua.lua_type(L, arg) === lua.LUA_TNUMBER) {
    const count = lua.lua_tonumberx(L, arg) as number;
    if (count === 0) return pushOrNil(L, file.peek() < 0 ? null : new Uint8Array(0)) > 0;
    pushOrNil(L, file.read(count));
    return lua.lua_type(L, -1) !== lua.LUA_TNIL;
  }
  switch (textOf(lauxlib.luaL_checkstring(L, arg)).replace(/^\*/, '')[0]) {
    case 'a':
      pushBytes(L, file.read(Number.MAX_SAFE_INTEGER) ?? new Uint8Array(0));
      return true;
    case 'l':
      pushOrNil(L, file.readLine(false));
      break;
    case 'L':
      pushOrNil(L, file.readLine(true));
      break;
    case 'n':
      readNumeral(L, file);
      break;
    default:
      return lauxlib.luaL_argerror(L, arg, literal('invalid format'));
  }
  return lua.lua_type(L, -1) !== lua.LUA_TNIL;
}

function readNumeral(L: LuaState, file: LuaFile): void {
  while (/\s/.test(String.fromCharCode(file.peek())) && file.peek() >= 0) file.read(1);
  let text = '';
  while (text.length < MAX_NUMERAL && file.peek() >= 0) {
    const next = String.fromCharCode(file.peek());
    if (!/^[+-]?(0x?[\da-f]*\.?[\da-f]*(p[+-]?\d*)?|\d*\.?\d*(e[+-]?\d*)?)$/i.test(text + next)) break;
    text += next;
    file.read(1);
  }
  const bytes = literal(text);
  if (lua.lua_stringtonumber(L, bytes) !== bytes.length + 1) lua.lua_pushnil(L);
}

export function pushOrNil(L: LuaState, bytes: Uint8Array | null): number {
  if (bytes === null) lua.lua_pushnil(L);
  else pushBytes(L, bytes);
  return 1;
}
