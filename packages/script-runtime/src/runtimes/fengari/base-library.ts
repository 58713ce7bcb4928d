import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import type { LuaCFunction, LuaState } from './api.js';
import { coroutineLibrary, type Library, protectedCalls } from './coroutines.js';
import { sourceOf } from './faults.js';
import { refusePipe } from './files.js';
import type { HostObjects } from './host-objects.js';
import { IoLibrary } from './io-library.js';
import { lauxlib, lua, lualib } from './library.js';
import { mathLibrary, tonumber } from './math-library.js';
import { osLibrary, refused } from './os-library.js';
import type { LogStream } from './output.js';
import { stringFormat } from './string-format.js';
import { stringRep } from './string-rep.js';
import { literal, pushText, raise, readableOf, textOf } from './strings.js';
import type { Threads } from './threads.js';
import type { Values } from './values.js';

export interface StandardLibraryParts {
  readonly threads: Threads;
  readonly values: Values;
  readonly objects: HostObjects;
  readonly out: LogStream;
  readonly err: LogStream;
  /** Whether a metatable is one that scripts must not see. */
  isHidden(metatable: object | null): boolean;
}

/** Opens the 5.3 library in `L` and replaces what is wrong, missing or dangerous in a server. */
export function openStandardLibrary(L: LuaState, parts: StandardLibraryParts): void {
  lualib.luaL_openlibs(L);
  const { threads, values } = parts;
  const globals: Library = {
    ...protectedCalls(threads),
    print: printTo(parts.out),
    collectgarbage,
    getmetatable: getmetatable(parts.isHidden),
    tonumber: tonumber(values.boxes),
    loadfile,
    dofile,
  };
  lua.lua_pushglobaltable(L);
  setFunctions(L, globals);
  lua.lua_pop(L, 1);
  extend(L, 'coroutine', coroutineLibrary(threads));
  extend(L, 'string', { format: stringFormat, rep: stringRep });
  extend(L, 'math', mathLibrary(values.boxes));
  extend(L, 'os', osLibrary);
  extend(L, 'debug', {
    sethook: refused('debug.sethook', 'the hook watches the deadline'),
    debug: refused('debug.debug', 'a server has no console'),
    getregistry: refused('debug.getregistry', 'the registry belongs to the engine'),
  });
  const io = new IoLibrary(parts.objects, { out: parts.out, err: parts.err });
  extend(L, 'io', io.functions, (l) => io.setStreams(l));
  extend(L, 'math', {}, (l) => {
    setNumber(l, 'maxinteger', Number.MAX_SAFE_INTEGER);
    setNumber(l, 'mininteger', Number.MIN_SAFE_INTEGER);
  });
  extend(L, 'package', {
    loadlib: refused('package.loadlib', 'libraries in other languages cannot be loaded'),
  });
  removeGlobal(L, 'fengari');
}

/** Sets functions in the table on top of the stack. */
export function setFunctions(L: LuaState, functions: Library): void {
  for (const [name, fn] of Object.entries(functions)) {
    lua.lua_pushcfunction(L, fn);
    lua.lua_setfield(L, -2, literal(name));
  }
}

function extend(L: LuaState, library: string, functions: Library, more?: (L: LuaState) => void): void {
  if (lua.lua_getglobal(L, literal(library)) !== lua.LUA_TTABLE) throw new Error(`Lua library ${library} is missing`);
  setFunctions(L, functions);
  more?.(L);
  lua.lua_pop(L, 1);
}

function setNumber(L: LuaState, name: string, value: number): void {
  lua.lua_pushnumber(L, value);
  lua.lua_setfield(L, -2, literal(name));
}

function removeGlobal(L: LuaState, name: string): void {
  lua.lua_pushnil(L);
  lua.lua_setglobal(L, literal(name));
  lauxlib.luaL_getsubtable(L, lua.LUA_REGISTRYINDEX, literal('_LOADED'));
  lua.lua_pushnil(L);
  lua.lua_setfield(L, -2, literal(name));
  lua.lua_pop(L, 1);
}

function printTo(out: LogStream): LuaCFunction {
  return (L) => {
    const script = sourceOf(L);
    const count = lua.lua_gettop(L);
    const parts: Uint8Array[] = [];
    for (let i = 1; i <= count; i++) {
      if (i > 1) parts.push(TAB);
      parts.push(lauxlib.luaL_tolstring(L, i));
      lua.lua_pop(L, 1);
    }
    parts.push(NEWLINE);
    out.write(Buffer.concat(parts), script);
    return 0;
  };
}

const TAB = literal('\t');
const NEWLINE = literal('\n');

/** JavaScript collects; `count` tells the heap of this thread in KiB, the rest does nothing. */
const collectgarbage: LuaCFunction = (L) => {
  const option = lua.lua_type(L, 1) <= lua.LUA_TNIL ? 'collect' : textOf(lauxlib.luaL_checkstring(L, 1));
  switch (option) {
    case 'count':
      lua.lua_pushnumber(L, getHeapStatistics().used_heap_size / 1024);
      return 1;
    case 'step':
    case 'isrunning':
      lua.lua_pushboolean(L, true);
      return 1;
    case 'collect':
    case 'stop':
    case 'restart':
    case 'setpause':
    case 'setstepmul':
    case 'incremental':
    case 'generational':
      lua.lua_pushnumber(L, 0);
      return 1;
    default:
      return lauxlib.luaL_argerror(L, 1, literal(`invalid option '${option}'`));
  }
};

function getmetatable(isHidden: (metatable: object | null) => boolean): LuaCFunction {
  return (L) => {
    lauxlib.luaL_checkany(L, 1);
    if (!lua.lua_getmetatable(L, 1) || isHidden(lua.lua_topointer(L, -1))) {
      lua.lua_pushnil(L);
      return 1;
    }
    lauxlib.luaL_getmetafield(L, 1, literal('__metatable'));
    return 1;
  };
}

const loadfile: LuaCFunction = (L) => {
  const path = readableOf(lauxlib.luaL_checkstring(L, 1));
  const mode = lua.lua_type(L, 2) <= lua.LUA_TNIL ? null : lauxlib.luaL_checkstring(L, 2);
  const hasEnvironment = lua.lua_type(L, 3) !== lua.LUA_TNONE;
  let message: string | undefined;
  try {
    if (loadScriptFile(L, path, mode) === lua.LUA_OK) {
      if (hasEnvironment) {
        lua.lua_pushvalue(L, 3);
        lua.lua_setupvalue(L, -2, 1);
      }
      return 1;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    message = `cannot open ${path}`;
  }
  lua.lua_pushnil(L);
  if (message === undefined) lua.lua_insert(L, -2);
  else pushText(L, message);
  return 2;
};

const dofile: LuaCFunction = (L) => {
  const path = readableOf(lauxlib.luaL_checkstring(L, 1));
  lua.lua_settop(L, 1);
  let status: number;
  try {
    status = loadScriptFile(L, path, null);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return raise(L, `cannot open ${path}`);
  }
  if (status !== lua.LUA_OK) return lua.lua_error(L);
  lua.lua_call(L, 0, lua.LUA_MULTRET);
  return lua.lua_gettop(L) - 1;
};

/**
 * Compiles a file and pushes its chunk, or the error text. Throws Node's error when the file cannot be read. A byte
 * order mark and a first line that starts with `#` are skipped.
 */
export function loadScriptFile(L: LuaState, path: string, mode: Uint8Array | null): number {
  refusePipe(path);
  let source: Uint8Array = new Uint8Array(readFileSync(path));
  if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) source = source.subarray(3);
  if (source[0] === 35) {
    const end = source.indexOf(10);
    // The line end stays, so that lines keep their numbers.
    source = end < 0 ? new Uint8Array(0) : source.subarray(end);
  }
  return lauxlib.luaL_loadbufferx(L, source, source.length, Buffer.from(`@${path}`), mode);
}
