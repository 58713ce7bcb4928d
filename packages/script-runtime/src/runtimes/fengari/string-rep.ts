import type { LuaCFunction } from './api.js';
import { lauxlib, lua } from './library.js';
import { literal, pushBytes, raise } from './strings.js';

/** Longest result in bytes: past this no JavaScript string can hold it, so it could not reach the host. */
const MAX_BYTES = 2 ** 29 - 24;

/** `string.rep`: fengari's own writes byte by byte and knows no bound. */
export const stringRep: LuaCFunction = (L) => {
  const text = lauxlib.luaL_checkstring(L, 1);
  const count = lauxlib.luaL_checknumber(L, 2);
  const separator = lua.lua_type(L, 3) <= lua.LUA_TNIL ? new Uint8Array(0) : lauxlib.luaL_checkstring(L, 3);
  if (!Number.isInteger(count)) lauxlib.luaL_argerror(L, 2, literal('number has no integer representation'));
  const unit = text.length + separator.length;
  const size = count <= 0 ? 0 : unit * count - separator.length;
  if (size > MAX_BYTES) return raise(L, 'resulting string too large');
  const bytes = new Uint8Array(size);
  if (size > 0) {
    bytes.set(text);
    if (count > 1) bytes.set(separator, text.length);
    // Each copy doubles what is there.
    for (let done = unit; done < size; done *= 2) bytes.copyWithin(done, 0, Math.min(done, size - done));
  }
  pushBytes(L, bytes);
  return 1;
};
