import { type ScriptErrorCode, type ScriptErrorData, ScriptRuntimeError } from '../../errors.js';
import type { LuaProxy, LuaState } from './api.js';
import { lauxlib, lua } from './library.js';
import { literal, readableOf } from './strings.js';

const SL = literal('Sl');
/** Stack levels looked at for the place of an error. */
const MAX_LEVELS = 100;

interface Place {
  readonly script?: string;
  readonly line?: number;
}

/** The script and line a thread is at: where `message` says, else its innermost Lua function of a file. */
export function locate(L: LuaState, message = ''): Place {
  const ar = new lua.lua_Debug();
  let innermost: Place = {};
  for (let level = 0; level < MAX_LEVELS && lua.lua_getstack(L, level, ar); level++) {
    lua.lua_getinfo(L, SL, ar);
    if (ar.currentline <= 0 || ar.source === null || ar.short_src === null) continue;
    const source = readableOf(ar.source);
    const place: Place = { script: source.replace(/^[@=]/, ''), line: ar.currentline };
    if (message.startsWith(`${readableOf(ar.short_src)}:${ar.currentline}:`)) return place;
    if (innermost.script === undefined && source.startsWith('@')) innermost = place;
  }
  return innermost;
}

/** The path of the innermost script file on the stack; undefined when there is none. */
export function sourceOf(L: LuaState): string | undefined {
  return locate(L).script;
}

/** `stack traceback: ...` of a thread, without its heading line. */
export function tracebackOf(main: LuaState, L: LuaState): string {
  const top = lua.lua_gettop(main);
  lua.lua_checkstack(main, 20);
  // The innermost frame of a suspended thread is the host function it waits in, which fengari cannot name.
  lauxlib.luaL_traceback(main, L, null, lua.lua_status(L) === lua.LUA_YIELD ? 1 : 0);
  const text = readableOf(lua.lua_tolstring(main, -1));
  lua.lua_settop(main, top);
  return text;
}

/** The error value on top of `L`'s stack as text. Never runs code of the script. */
export function errorText(L: LuaState): string {
  if (lua.lua_gettop(L) === 0) return 'unknown error';
  lua.lua_checkstack(L, 4);
  const type = lua.lua_type(L, -1);
  if (type === lua.LUA_TSTRING || type === lua.LUA_TNUMBER) {
    lua.lua_pushvalue(L, -1);
    const text = readableOf(lua.lua_tolstring(L, -1));
    lua.lua_pop(L, 1);
    return text;
  }
  return `(error object is a ${readableOf(lauxlib.luaL_typename(L, -1))} value)`;
}

/** Error values that are no texts: whoever called back from a host function catches them as they are. */
const RAISED = new WeakMap<ScriptRuntimeError, LuaProxy>();

/** Pushes what the script raised when that is no text. */
export function raisedValue(error: ScriptRuntimeError): LuaProxy | undefined {
  return RAISED.get(error);
}

/** The error of a thread that died, its error value on top. */
export function faultOf(main: LuaState, L: LuaState, language: string): ScriptRuntimeError {
  const message = describe(main, L);
  const error = new ScriptRuntimeError({
    code: 'SCRIPT_ERR_RUNTIME',
    message,
    language,
    ...locate(L, message),
    traceback: tracebackOf(main, L),
  });
  if (lua.lua_gettop(L) > 0 && lua.lua_type(L, -1) !== lua.LUA_TSTRING) RAISED.set(error, lua.lua_toproxy(L, -1));
  return error;
}

/** Error objects with `__tostring` speak for themselves, in a protected call on the main thread. */
function describe(main: LuaState, L: LuaState): string {
  if (lua.lua_gettop(L) === 0 || lua.lua_type(L, -1) !== lua.LUA_TTABLE) return errorText(L);
  const top = lua.lua_gettop(main);
  lua.lua_checkstack(main, 4);
  lua.lua_checkstack(L, 1);
  lua.lua_pushcfunction(main, tostring);
  lua.lua_pushvalue(L, -1);
  lua.lua_xmove(L, main, 1);
  const text = lua.lua_pcall(main, 1, 1, 0) === lua.LUA_OK ? errorText(main) : errorText(L);
  lua.lua_settop(main, top);
  return text;
}

function tostring(L: LuaState): number {
  if (lauxlib.luaL_getmetafield(L, 1, literal('__tostring')) === lua.LUA_TNIL) {
    return lua.lua_error(L);
  }
  lauxlib.luaL_tolstring(L, 1);
  return 1;
}

/** The error of a chunk that did not compile; its message starts with the place. */
export function syntaxFault(
  message: string,
  script: string,
  code: ScriptErrorCode = 'SCRIPT_ERR_SYNTAX',
): ScriptRuntimeError {
  const data: ScriptErrorData = { code, message, language: 'lua', script };
  const line = /:(\d+): /.exec(message.startsWith(script) ? message.slice(script.length) : message)?.[1];
  return new ScriptRuntimeError(line === undefined ? data : { ...data, line: Number(line) });
}
