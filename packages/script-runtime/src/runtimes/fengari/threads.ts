import type { ScriptErrorData } from '../../errors.js';
import type { EngineHost, ScriptCall } from '../../runtime.js';
import type { HostResult } from '../../value.js';
import type { LuaState } from './api.js';
import { lua } from './library.js';

/** Finished Lua threads kept for the next call. */
const MAX_IDLE = 64;

/** One host function that has to wait, from its yield to its continuation. */
export interface Wait {
  readonly promise: Promise<HostResult>;
  /** Filled in before the script is resumed. */
  outcome: { readonly value: HostResult } | { readonly error: unknown } | null;
}

/**
 * The Lua threads of one engine: which resumes which, which waits for the host, and the stretch of script code that
 * runs now.
 */
export class Threads {
  /** Set by a host function just before it yields; taken by whoever called `lua_resume` outermost. */
  wait: Wait | null = null;
  /** Set by the hook when the running stretch is past its deadline; from then on no `pcall` catches anything. */
  overdue: ScriptErrorData | null = null;
  readonly main: LuaState;
  private readonly host: EngineHost;
  private readonly idle: LuaState[] = [];
  private readonly resumers = new Map<LuaState, LuaState>();
  private readonly suspended = new WeakSet<LuaState>();
  private depth = 0;

  constructor(main: LuaState, host: EngineHost) {
    this.main = main;
    this.host = host;
  }

  /** Whether script code is under way, be it below a host function. */
  get isRunning(): boolean {
    return this.depth > 0;
  }

  /** Runs `body` as a stretch of script code for `call`. */
  stretch<T>(call: ScriptCall | null, body: () => T): T {
    const { host } = this;
    const outer = host.current;
    if (this.depth++ === 0) this.overdue = null;
    host.current = call;
    host.enterScript();
    try {
      return body();
    } finally {
      host.leaveScript();
      host.current = outer;
      this.depth--;
    }
  }

  /** The same for whoever is served now: code that runs because the host looks at a value. */
  inherit<T>(body: () => T): T {
    return this.stretch(this.host.current, body);
  }

  /** A thread with an empty stack. */
  acquire(): LuaState {
    const reused = this.idle.pop();
    if (reused !== undefined) return reused;
    lua.lua_checkstack(this.main, 2);
    const thread = lua.lua_newthread(this.main);
    lua.lua_pop(this.main, 1);
    return thread;
  }

  /** Takes back a thread whose function returned normally. */
  recycle(thread: LuaState): void {
    if (this.idle.length >= MAX_IDLE) return;
    lua.lua_settop(thread, 0);
    thread.allowhook = 1;
    this.idle.push(thread);
  }

  /** `lua_resume` of a script's coroutine that remembers who resumed it. */
  resumeFrom(L: LuaState, coroutine: LuaState, nargs: number): number {
    this.resumers.set(coroutine, L);
    try {
      return lua.lua_resume(coroutine, L, nargs);
    } finally {
      this.resumers.delete(coroutine);
    }
  }

  /** Whether `L` is a coroutine the script made (and not the thread of a call). */
  isInsideCoroutine(L: LuaState): boolean {
    return this.resumers.has(L);
  }

  /** Whether `L` and everything that resumed it can be suspended. */
  canWait(L: LuaState): boolean {
    for (let thread: LuaState | undefined = L; thread !== undefined; thread = this.resumers.get(thread)) {
      if (thread === this.main || !lua.lua_isyieldable(thread)) return false;
    }
    return true;
  }

  /** Coroutines of a script that wait for the host: nobody else may resume them. */
  isSuspended(coroutine: LuaState): boolean {
    return this.suspended.has(coroutine);
  }

  suspend(coroutine: LuaState): void {
    this.suspended.add(coroutine);
  }

  unsuspend(coroutine: LuaState): void {
    this.suspended.delete(coroutine);
  }
}
