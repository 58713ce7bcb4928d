import { ScriptRuntimeError } from '../../errors.js';
import type { NamedArguments } from '../../named-arguments.js';
import {
  type EngineHost,
  type EngineOptions,
  type LoadedScript,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
} from '../../runtime.js';
import type { HostConstants, HostModule, ScriptFunction, ScriptValue } from '../../value.js';
import type { LuaState } from './api.js';
import { openStandardLibrary } from './base-library.js';
import { openCompat51 } from './compat51.js';
import { installDeadline } from './deadline.js';
import { LuaFunction } from './handles.js';
import { HostFunctions } from './host-functions.js';
import { HostObjects } from './host-objects.js';
import { lauxlib, lua } from './library.js';
import { Loader } from './loader.js';
import { NamedValues } from './named-values.js';
import { LogStream } from './output.js';
import { literal, messageBytes, pushMessage, pushText, pushUtf8 } from './strings.js';
import { Tasks } from './tasks.js';
import { Threads } from './threads.js';
import { Values } from './values.js';

/** One Lua 5.3 state, interpreted by fengari. */
export class FengariEngine implements ScriptEngine {
  readonly language = 'lua';
  readonly engine = 'fengari';
  private readonly main: LuaState;
  private readonly threads: Threads;
  private readonly values: Values;
  private readonly functions: HostFunctions;
  private readonly named: NamedValues;
  private readonly tasks: Tasks;
  private readonly loader: Loader;
  private closed = false;

  constructor(host: EngineHost, options: EngineOptions) {
    const main = lauxlib.luaL_newstate();
    this.main = main;
    this.threads = new Threads(main, host);
    lua.lua_atnativeerror(main, nativeError);
    // Before the first thread is made: threads inherit the hook.
    installDeadline(this.threads, host);
    this.values = new Values(this.threads, {
      pushObject: (L, object) => objects.push(L, object),
      wrapFunction: (fn) => this.functions.wrap(fn),
    });
    this.functions = new HostFunctions(this.threads, this.values);
    const objects = new HostObjects(main, this.values, this.functions);
    this.named = new NamedValues(main, this.values);
    const out = new LogStream(host, 'info');
    const err = new LogStream(host, 'warn');
    const hidden = this.hiddenMetatable();
    openStandardLibrary(main, {
      threads: this.threads,
      values: this.values,
      objects,
      out,
      err,
      isHidden: (metatable) => metatable === hidden,
    });
    openCompat51(main);
    this.loader = new Loader(main, options.searchPath ?? []);
    this.tasks = new Tasks(this.threads, host, this.values, () => {
      out.flush();
      err.flush();
    });
  }

  define(module: HostModule): void {
    const L = this.main;
    lua.lua_checkstack(L, 8);
    lua.lua_createtable(L, 0, 8);
    for (const [name, fn] of Object.entries(module.functions)) {
      pushMessage(L, name);
      lua.lua_pushcfunction(L, this.functions.wrap(fn, module.style === 'colon' ? 1 : 0));
      lua.lua_rawset(L, -3);
    }
    this.setConstants(L, module.constants ?? {});
    lua.lua_pushvalue(L, -1);
    lua.lua_setglobal(L, messageBytes(module.name));
    lauxlib.luaL_getsubtable(L, lua.LUA_REGISTRYINDEX, literal('_LOADED'));
    lua.lua_pushvalue(L, -2);
    lua.lua_setfield(L, -2, messageBytes(module.name));
    lua.lua_pop(L, 2);
    const prelude = module.preludes?.lua;
    if (prelude !== undefined) this.runPrelude(module.name, prelude);
  }

  setGlobal(name: string, value: ScriptValue): void {
    this.values.push(this.main, value);
    lua.lua_setglobal(this.main, Buffer.from(name));
  }

  load(path: string): LoadedScript | Promise<LoadedScript> {
    const thread = this.acquire();
    this.loader.loadScript(thread, path);
    const loaded = (result: ScriptValue): LoadedScript => ({ path, result });
    return this.run(thread, 0, loaded);
  }

  require(name: string): ScriptValue | Promise<ScriptValue> {
    const thread = this.acquire();
    lua.lua_getglobal(thread, literal('require'));
    pushUtf8(thread, name);
    return this.run(thread, 1, (result) => result);
  }

  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): ScriptValue | Pending {
    const thread = this.begin(fn, args.length);
    for (const arg of args) this.values.push(thread, arg);
    return this.tasks.start(thread, args.length, call, (error, result) => call.settled(error, result));
  }

  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): ScriptValue | Pending {
    const thread = this.begin(fn, 1);
    this.named.push(thread, args);
    return this.tasks.start(thread, 1, call, (error, result) => call.settled(error, result));
  }

  cancel(call: ScriptCall): void {
    this.tasks.cancel(call);
  }

  /** Calls run at once here, nothing is batched. */
  flush(): void {}

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.tasks.close();
  }

  private acquire(): LuaState {
    if (this.closed) {
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: 'The engine is closed', language: 'lua' });
    }
    return this.threads.acquire();
  }

  private begin(fn: ScriptFunction, nargs: number): LuaState {
    if (!(fn instanceof LuaFunction) || fn.owner !== this.main) {
      throw new TypeError('The function belongs to another engine');
    }
    const thread = this.acquire();
    lua.lua_checkstack(thread, nargs + 4);
    fn.proxy(thread);
    return thread;
  }

  /** Runs the function on `thread`'s stack outside of any call: loading. */
  private run<T>(thread: LuaState, nargs: number, finish: (result: ScriptValue) => T): T | Promise<T> {
    let settle: (error: ScriptRuntimeError | null, result: ScriptValue) => void = () => {};
    const settled = new Promise<ScriptValue>((resolve, reject) => {
      settle = (error, result) => (error === null ? resolve(result) : reject(this.asSyntaxError(error)));
    });
    let result: ScriptValue | Pending;
    try {
      result = this.tasks.start(thread, nargs, null, settle);
    } catch (error) {
      throw this.asSyntaxError(error as ScriptRuntimeError);
    }
    return result === PENDING ? settled.then(finish) : finish(result);
  }

  private asSyntaxError(error: ScriptRuntimeError): ScriptRuntimeError {
    return this.loader.syntaxErrorIn(error.message) ?? error;
  }

  /** Sets constants in the table on top of the stack. */
  private setConstants(L: LuaState, constants: HostConstants): void {
    lua.lua_checkstack(L, 4);
    for (const [name, value] of Object.entries(constants)) {
      pushMessage(L, name);
      if (typeof value === 'object') {
        lua.lua_createtable(L, 0, 0);
        this.setConstants(L, value);
      } else this.values.push(L, value);
      lua.lua_rawset(L, -3);
    }
  }

  /** Runs a module's Lua part with the module's table as its argument. */
  private runPrelude(module: string, prelude: { readonly name: string; readonly source: string }): void {
    const thread = this.acquire();
    const source = Buffer.from(prelude.source, 'utf8');
    const status = lauxlib.luaL_loadbufferx(thread, source, source.length, messageBytes(`=${prelude.name}`), null);
    if (status !== lua.LUA_OK) {
      const message = Buffer.from(lua.lua_tolstring(thread, -1)).toString();
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_SYNTAX', message, language: 'lua', script: prelude.name });
    }
    lua.lua_getglobal(thread, messageBytes(module));
    this.tasks.start(thread, 1, null, () => {});
  }

  private hiddenMetatable(): object | null {
    this.named.metatable(this.main);
    const hidden = lua.lua_topointer(this.main, -1);
    lua.lua_pop(this.main, 1);
    return hidden;
  }
}

/** JavaScript errors below Lua code (the stack's end, memory, a bug) as Lua errors. */
function nativeError(L: LuaState): number {
  const error = lua.lua_touserdata(L, 1);
  const text = error instanceof Error ? error.message : String(error);
  pushText(L, /call stack/.test(text) ? 'stack overflow' : text);
  return 1;
}
