/**
 * The part of fengari's C-like API that the engine uses. fengari ships no types; names and meaning are those of the
 * Lua 5.3 reference manual, 4.8 and 5.1, with Uint8Array for `const char *`.
 */

/** A `lua_State`. The fields are internals of fengari 0.1.5 that the engine has to see; see where each is used. */
export interface LuaState {
  /** Stack index of the message handler in force, 0 when none. */
  errfunc: number;
  /** 0 while a hook runs. */
  allowhook: number;
  /** Number of frames on the stack that cannot be suspended. */
  readonly nny: number;
}

export type LuaCFunction = (L: LuaState) => number;
export type LuaContinuation<C> = (L: LuaState, status: number, context: C) => number;
/** Pushes the value it was made from. */
export type LuaProxy = (L: LuaState) => void;

export interface LuaDebug {
  source: Uint8Array | null;
  short_src: Uint8Array | null;
  currentline: number;
  linedefined: number;
}

export interface TString {
  hash: string | null;
  readonly realstring: Uint8Array;
}

export interface TValue {
  readonly value: number;
  ttisinteger(): boolean;
  setfltvalue(n: number): void;
}

/** Module `lua`. */
export interface LuaApi {
  readonly LUA_OK: 0;
  readonly LUA_YIELD: 1;
  readonly LUA_ERRSYNTAX: 3;
  readonly LUA_MULTRET: -1;
  readonly LUA_MASKCOUNT: number;
  readonly LUA_REGISTRYINDEX: number;
  readonly LUA_TNONE: -1;
  readonly LUA_TNIL: 0;
  readonly LUA_TBOOLEAN: 1;
  readonly LUA_TLIGHTUSERDATA: 2;
  readonly LUA_TNUMBER: 3;
  readonly LUA_TSTRING: 4;
  readonly LUA_TTABLE: 5;
  readonly LUA_TFUNCTION: 6;
  readonly LUA_TUSERDATA: 7;
  readonly LUA_TTHREAD: 8;
  readonly lua_Debug: new () => LuaDebug;
  lua_atnativeerror(L: LuaState, handler: LuaCFunction): void;
  lua_call(L: LuaState, nargs: number, nresults: number): void;
  lua_checkstack(L: LuaState, n: number): boolean;
  lua_concat(L: LuaState, n: number): void;
  lua_createtable(L: LuaState, narray: number, nrec: number): void;
  lua_error(L: LuaState): never;
  lua_getfield(L: LuaState, index: number, key: Uint8Array): number;
  lua_getglobal(L: LuaState, name: Uint8Array): number;
  lua_getinfo(L: LuaState, what: Uint8Array, ar: LuaDebug): number;
  lua_getmetatable(L: LuaState, index: number): boolean;
  lua_getstack(L: LuaState, level: number, ar: LuaDebug): number;
  lua_gettable(L: LuaState, index: number): number;
  lua_gettop(L: LuaState): number;
  lua_insert(L: LuaState, index: number): void;
  lua_isyieldable(L: LuaState): boolean;
  lua_newthread(L: LuaState): LuaState;
  lua_newuserdata(L: LuaState, size: number): Record<string, unknown>;
  lua_next(L: LuaState, index: number): number;
  lua_pcall(L: LuaState, nargs: number, nresults: number, handler: number): number;
  lua_pcallk<C>(
    L: LuaState,
    nargs: number,
    nresults: number,
    handler: number,
    context: C,
    k: LuaContinuation<C>,
  ): number;
  lua_pop(L: LuaState, n: number): void;
  lua_pushboolean(L: LuaState, b: boolean): void;
  lua_pushcclosure(L: LuaState, fn: LuaCFunction, n: number): void;
  lua_pushcfunction(L: LuaState, fn: LuaCFunction): void;
  lua_pushglobaltable(L: LuaState): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, n: number): void;
  lua_pushthread(L: LuaState): boolean;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_rawequal(L: LuaState, a: number, b: number): number;
  lua_rawget(L: LuaState, index: number): number;
  lua_rawgeti(L: LuaState, index: number, n: number): number;
  lua_rawlen(L: LuaState, index: number): number;
  lua_rawset(L: LuaState, index: number): void;
  lua_rawseti(L: LuaState, index: number, n: number): void;
  lua_resume(L: LuaState, from: LuaState | null, nargs: number): number;
  lua_rotate(L: LuaState, index: number, n: number): void;
  lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
  lua_setglobal(L: LuaState, name: Uint8Array): void;
  lua_sethook(L: LuaState, hook: ((L: LuaState, ar: LuaDebug) => void) | null, mask: number, count: number): void;
  lua_setmetatable(L: LuaState, index: number): void;
  lua_settop(L: LuaState, index: number): void;
  lua_setupvalue(L: LuaState, index: number, n: number): Uint8Array | null;
  lua_status(L: LuaState): number;
  lua_stringtonumber(L: LuaState, text: Uint8Array): number;
  lua_toboolean(L: LuaState, index: number): boolean;
  lua_tolstring(L: LuaState, index: number): Uint8Array;
  lua_tonumberx(L: LuaState, index: number): number | false;
  lua_topointer(L: LuaState, index: number): object | null;
  lua_toproxy(L: LuaState, index: number): LuaProxy;
  lua_tothread(L: LuaState, index: number): LuaState | null;
  lua_touserdata(L: LuaState, index: number): unknown;
  lua_type(L: LuaState, index: number): number;
  lua_upvalueindex(n: number): number;
  lua_xmove(from: LuaState, to: LuaState, n: number): void;
  lua_yieldk<C>(L: LuaState, nresults: number, context: C, k: LuaContinuation<C>): number;
}

/** Module `lauxlib`. */
export interface LauxApi {
  luaL_argerror(L: LuaState, arg: number, message: Uint8Array): never;
  luaL_checkany(L: LuaState, arg: number): void;
  luaL_checknumber(L: LuaState, arg: number): number;
  luaL_checkstring(L: LuaState, arg: number): Uint8Array;
  luaL_checktype(L: LuaState, arg: number, type: number): void;
  luaL_getmetafield(L: LuaState, index: number, name: Uint8Array): number;
  luaL_getsubtable(L: LuaState, index: number, name: Uint8Array): boolean;
  luaL_loadbufferx(L: LuaState, source: Uint8Array, size: number, name: Uint8Array, mode: Uint8Array | null): number;
  luaL_newstate(): LuaState;
  luaL_tolstring(L: LuaState, index: number): Uint8Array;
  luaL_traceback(L: LuaState, L1: LuaState, message: Uint8Array | null, level: number): void;
  luaL_typename(L: LuaState, index: number): Uint8Array;
}

/** Module `lualib`. */
export interface LuaLibApi {
  luaL_openlibs(L: LuaState): void;
}
