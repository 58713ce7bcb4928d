import type { LuaCFunction, LuaState } from './api.js';
import { raiseOverdue } from './deadline.js';
import { lauxlib, lua } from './library.js';
import { literal, pushText, raise } from './strings.js';
import type { Threads } from './threads.js';

/** Functions by name, to be set in a table. */
export type Library = Readonly<Record<string, LuaCFunction>>;

/**
 * `coroutine` as scripts know it, with two changes: a host function that waits inside a coroutine suspends the whole
 * call, not only the coroutine; and an error of the deadline passes through `resume`.
 */
export function coroutineLibrary(threads: Threads): Library {
  const resume = (L: LuaState, coroutine: LuaState, nargs: number, finish: Finish): number => {
    const failed = prepare(L, coroutine, nargs, threads);
    if (failed !== null) return finish(L, -1, failed);
    return afterResume(L, threads.resumeFrom(L, coroutine, nargs), { coroutine, finish });
  };
  const afterResume = (L: LuaState, status: number, context: Resumption): number => {
    const { coroutine, finish } = context;
    if (status === lua.LUA_YIELD && threads.wait !== null) {
      threads.suspend(coroutine);
      return lua.lua_yieldk(L, 0, context, resumeAgain);
    }
    if (status !== lua.LUA_OK && status !== lua.LUA_YIELD) {
      if (threads.overdue !== null) return raiseOverdue(L, threads);
      lua.lua_checkstack(L, 3);
      lua.lua_xmove(coroutine, L, 1);
      return finish(L, -1, null);
    }
    const count = lua.lua_gettop(coroutine);
    lua.lua_checkstack(L, count + 2);
    lua.lua_xmove(coroutine, L, count);
    return finish(L, count, null);
  };
  const resumeAgain = (L: LuaState, _status: number, context: Resumption): number => {
    threads.unsuspend(context.coroutine);
    return afterResume(L, threads.resumeFrom(L, context.coroutine, 0), context);
  };
  const create: LuaCFunction = (L) => {
    lauxlib.luaL_checktype(L, 1, lua.LUA_TFUNCTION);
    const coroutine = lua.lua_newthread(L);
    lua.lua_pushvalue(L, 1);
    lua.lua_xmove(L, coroutine, 1);
    return 1;
  };
  return {
    create,
    resume: (L) => resume(L, checkThread(L), lua.lua_gettop(L) - 1, finishResume),
    wrap: (L) => {
      create(L);
      lua.lua_pushcclosure(
        L,
        (l) => resume(l, lua.lua_tothread(l, lua.lua_upvalueindex(1)) as LuaState, lua.lua_gettop(l), finishWrap),
        1,
      );
      return 1;
    },
    yield: (L) => {
      if (!threads.isInsideCoroutine(L)) return raise(L, 'attempt to yield from outside a coroutine');
      return lua.lua_yieldk(L, lua.lua_gettop(L), null, returnAll);
    },
    isyieldable: (L) => {
      lua.lua_pushboolean(L, threads.isInsideCoroutine(L) && lua.lua_isyieldable(L));
      return 1;
    },
    running: (L) => {
      lua.lua_pushthread(L);
      lua.lua_pushboolean(L, !threads.isInsideCoroutine(L));
      return 2;
    },
    status: (L) => {
      pushText(L, statusOf(L, checkThread(L), threads));
      return 1;
    },
  };
}

/** Gets the results moved to the stack's top (`count` of them), an error value on top (-1), or a refusal in words. */
type Finish = (L: LuaState, count: number, refusal: string | null) => number;

interface Resumption {
  readonly coroutine: LuaState;
  readonly finish: Finish;
}

const returnAll = (L: LuaState): number => lua.lua_gettop(L);

const finishResume: Finish = (L, count, refusal) => {
  if (refusal !== null) pushText(L, refusal);
  lua.lua_pushboolean(L, count >= 0);
  const results = count < 0 ? 1 : count;
  lua.lua_insert(L, -(results + 1));
  return results + 1;
};

const finishWrap: Finish = (L, count, refusal) => {
  if (refusal !== null) return raise(L, refusal);
  if (count < 0) return lua.lua_error(L);
  return count;
};

/** Moves the arguments over; says why not when the coroutine cannot be resumed. */
function prepare(L: LuaState, coroutine: LuaState, nargs: number, threads: Threads): string | null {
  if (threads.isSuspended(coroutine)) return 'cannot resume a coroutine that waits for the host';
  const state = statusOf(L, coroutine, threads);
  if (state !== 'suspended') return `cannot resume ${state === 'dead' ? 'dead' : 'non-suspended'} coroutine`;
  if (!lua.lua_checkstack(coroutine, nargs)) return 'too many arguments to resume';
  lua.lua_xmove(L, coroutine, nargs);
  return null;
}

function statusOf(L: LuaState, coroutine: LuaState, threads: Threads): string {
  if (coroutine === L) return 'running';
  if (threads.isInsideCoroutine(coroutine)) return 'normal';
  const status = lua.lua_status(coroutine);
  if (status === lua.LUA_YIELD) return 'suspended';
  if (status !== lua.LUA_OK) return 'dead';
  if (lua.lua_getstack(coroutine, 0, new lua.lua_Debug())) return 'normal';
  return lua.lua_gettop(coroutine) === 0 ? 'dead' : 'suspended';
}

function checkThread(L: LuaState): LuaState {
  return lua.lua_tothread(L, 1) ?? lauxlib.luaL_argerror(L, 1, literal('thread expected'));
}

/** `pcall` and `xpcall` that let errors of the deadline pass. */
export function protectedCalls(threads: Threads): Library {
  const finish = (L: LuaState, status: number, extra: number): number => {
    if (status === lua.LUA_OK || status === lua.LUA_YIELD) return lua.lua_gettop(L) - extra;
    // fengari forgets to switch hooks on again after an error was caught in a coroutine: no deadline from there on.
    L.allowhook = 1;
    if (threads.overdue !== null) return raiseOverdue(L, threads);
    lua.lua_pushboolean(L, false);
    lua.lua_pushvalue(L, -2);
    return 2;
  };
  return {
    pcall: (L) => {
      lauxlib.luaL_checkany(L, 1);
      lua.lua_pushboolean(L, true);
      lua.lua_insert(L, 1);
      return finish(L, lua.lua_pcallk(L, lua.lua_gettop(L) - 2, lua.LUA_MULTRET, 0, 0, finish), 0);
    },
    xpcall: (L) => {
      const count = lua.lua_gettop(L);
      lauxlib.luaL_checktype(L, 2, lua.LUA_TFUNCTION);
      lua.lua_pushboolean(L, true);
      lua.lua_pushvalue(L, 1);
      lua.lua_rotate(L, 3, 2);
      return finish(L, lua.lua_pcallk(L, count - 2, lua.LUA_MULTRET, 2, 2, finish), 2);
    },
  };
}
