import { byteString, bytesOf } from '../../byte-string.js';
import type { LuaState, TString } from './api.js';
import { blessBytes, lua, pushTString } from './library.js';

const EMPTY = new Uint8Array(0);

/** Pushes bytes the caller gives away. */
export function pushBytes(L: LuaState, bytes: Uint8Array): void {
  lua.lua_checkstack(L, 1);
  pushTString(L, blessBytes(L, bytes));
}

/** Pushes a byte string (char codes 0..255). */
export function pushText(L: LuaState, text: string): void {
  pushBytes(L, text === '' ? EMPTY : bytesOf(text));
}

/** Pushes text meant for people: UTF-8 unless it is a byte string already. */
export function pushMessage(L: LuaState, text: string): void {
  pushBytes(L, messageBytes(text));
}

/** Pushes ordinary text, such as paths. */
export function pushUtf8(L: LuaState, text: string): void {
  pushBytes(L, Buffer.from(text, 'utf8'));
}

/** Text of the host as Lua bytes: a byte string as it is, anything else as UTF-8. */
export function messageBytes(text: string): Uint8Array {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return Buffer.from(text, 'utf8');
  return bytesOf(text);
}

/** A Lua string made once and pushed often: its hash is kept. */
export function makeKey(L: LuaState, text: string): TString {
  return blessBytes(L, bytesOf(text));
}

export function pushKey(L: LuaState, key: TString): void {
  pushTString(L, key);
}

/** Lua bytes as a byte string. */
export function textOf(bytes: Uint8Array): string {
  return byteString(bytes, 0, bytes.length);
}

/** Lua bytes as text for people. */
export function readableOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

/** Literals for API calls that take bytes. */
export function literal(text: string): Uint8Array {
  return bytesOf(text);
}

/** Raises a Lua error with the position of the function at `level` in front. */
export function raise(L: LuaState, text: string, level = 1): never {
  pushWhere(L, level);
  pushMessage(L, text);
  lua.lua_concat(L, 2);
  return lua.lua_error(L);
}

function pushWhere(L: LuaState, level: number): void {
  const ar = new lua.lua_Debug();
  if (lua.lua_getstack(L, level, ar)) {
    lua.lua_getinfo(L, SL, ar);
    if (ar.currentline > 0 && ar.short_src !== null) {
      pushText(L, `${textOf(ar.short_src)}:${ar.currentline}: `);
      return;
    }
  }
  pushText(L, '');
}

const SL = bytesOf('Sl');
