import { type HostFunction, type HostObject, type HostObjectClass, Results, type ScriptValue } from '../../value.js';
import type { LuaCFunction, LuaProxy, LuaState } from './api.js';
import type { Library } from './coroutines.js';
import type { ValueGate } from './gate.js';
import type { HostFunctions } from './host-functions.js';
import { lauxlib, lua } from './library.js';
import { makeKey, pushKey, pushMessage, pushText, raise, textOf } from './strings.js';

/** Objects of the host as userdata: one metatable per class, one userdata per object. */
export class HostObjects {
  private readonly main: LuaState;
  private readonly gate: ValueGate;
  private readonly functions: HostFunctions;
  private readonly metatables = new WeakMap<HostObjectClass, LuaProxy>();
  private readonly ownMethods = new WeakMap<HostObjectClass, Library>();
  private readonly userdata = new WeakMap<HostObject, WeakRef<Record<string, unknown>>>();

  constructor(main: LuaState, gate: ValueGate, functions: HostFunctions) {
    this.main = main;
    this.gate = gate;
    this.functions = functions;
  }

  push(L: LuaState, object: HostObject): void {
    const known = this.userdata.get(object)?.deref();
    if (known !== undefined) {
      (known.proxy as LuaProxy)(L);
      return;
    }
    lua.lua_checkstack(L, 3);
    const data = lua.lua_newuserdata(L, 0);
    this.metatable(object.class)(L);
    lua.lua_setmetatable(L, -2);
    data.object = object;
    data.proxy = lua.lua_toproxy(L, -1);
    this.userdata.set(object, new WeakRef(data));
  }

  /** Methods of a class of this engine itself, which work on the Lua stack. */
  defineMethods(cls: HostObjectClass<never>, methods: Library): void {
    this.ownMethods.set(cls as HostObjectClass, methods);
  }

  private metatable(cls: HostObjectClass): LuaProxy {
    let proxy = this.metatables.get(cls);
    if (proxy === undefined) {
      proxy = this.createMetatable(cls);
      this.metatables.set(cls, proxy);
    }
    return proxy;
  }

  private createMetatable(cls: HostObjectClass): LuaProxy {
    const L = this.main;
    lua.lua_checkstack(L, 8);
    lua.lua_createtable(L, 0, 8);
    const set = (event: string, fn: LuaCFunction): void => {
      pushText(L, event);
      lua.lua_pushcfunction(L, fn);
      lua.lua_rawset(L, -3);
    };
    pushText(L, '__name');
    pushText(L, cls.name);
    lua.lua_rawset(L, -3);
    pushText(L, '__metatable');
    lua.lua_pushboolean(L, false);
    lua.lua_rawset(L, -3);
    set('__index', this.indexer(cls));
    set(
      '__newindex',
      this.guarded(cls, (L_, self) => this.assign(L_, cls, self)),
    );
    if (cls.toText !== undefined)
      set(
        '__tostring',
        this.guarded(cls, (l, self) => this.pushString(l, cls, self)),
      );
    if (cls.length !== undefined) {
      set(
        '__len',
        this.guarded(cls, (l, self) => {
          lua.lua_pushnumber(l, cls.length?.(self.value) ?? 0);
          return 1;
        }),
      );
    }
    if (cls.equals !== undefined) set('__eq', (l) => this.compare(l, cls));
    if (cls.entries !== undefined)
      set(
        '__pairs',
        this.guarded(cls, (l, self) => this.pairs(l, cls, self)),
      );
    const proxy = lua.lua_toproxy(L, -1);
    lua.lua_pop(L, 1);
    return proxy;
  }

  /** Methods first, from a table; then the class's own `index`. */
  private indexer(cls: HostObjectClass): LuaCFunction {
    const L = this.main;
    lua.lua_createtable(L, 0, 0);
    for (const [name, fn] of Object.entries(cls.methods ?? {})) {
      pushKey(L, makeKey(L, name));
      lua.lua_pushcfunction(L, this.method(cls, name, fn));
      lua.lua_rawset(L, -3);
    }
    for (const [name, fn] of Object.entries(this.ownMethods.get(cls) ?? {})) {
      pushText(L, name);
      lua.lua_pushcfunction(L, fn);
      lua.lua_rawset(L, -3);
    }
    const methods = lua.lua_toproxy(L, -1);
    lua.lua_pop(L, 1);
    const index = cls.index?.bind(cls);
    return this.guarded(cls, (l, self) => {
      lua.lua_settop(l, 2);
      methods(l);
      lua.lua_pushvalue(l, 2);
      if (lua.lua_rawget(l, -2) !== lua.LUA_TNIL || index === undefined) return 1;
      this.gate.push(l, index(self.value, this.gate.read(l, 2)));
      return 1;
    });
  }

  private method(cls: HostObjectClass, name: string, fn: HostFunction): LuaCFunction {
    const call = this.functions.wrap(fn);
    return (L) => {
      if (this.selfOf(L, cls) === undefined) return this.badSelf(L, cls, name);
      return call(L);
    };
  }

  /** A metamethod: checks the first argument, and raises what `body` throws at the script's line. */
  private guarded(cls: HostObjectClass, body: (L: LuaState, self: HostObject) => number): LuaCFunction {
    return (L) => {
      const self = this.selfOf(L, cls);
      if (self === undefined) return this.badSelf(L, cls, '?');
      let failure: unknown;
      try {
        return body(L, self);
      } catch (error) {
        if (!(error instanceof Error)) throw error; // Lua's own, on its way to a pcall
        failure = error;
      }
      return this.functions.raiseHost(L, failure);
    };
  }

  private selfOf(L: LuaState, cls: HostObjectClass, index = 1): HostObject | undefined {
    if (lua.lua_type(L, index) !== lua.LUA_TUSERDATA) return undefined;
    const { object } = lua.lua_touserdata(L, index) as { object?: HostObject };
    return object?.class === cls ? object : undefined;
  }

  private badSelf(L: LuaState, cls: HostObjectClass, name: string): never {
    const got = lua.lua_gettop(L) === 0 ? 'no value' : textOf(lauxlib.luaL_typename(L, 1));
    return raise(L, `calling '${name}' on bad self (${cls.name} expected, got ${got})`);
  }

  private assign(L: LuaState, cls: HostObjectClass, self: HostObject): number {
    if (cls.newIndex === undefined) throw new TypeError(`attempt to change a ${cls.name}`);
    cls.newIndex(self.value, this.gate.read(L, 2), this.gate.read(L, 3));
    return 0;
  }

  private pushString(L: LuaState, cls: HostObjectClass, self: HostObject): number {
    pushMessage(L, cls.toText?.(self.value) ?? cls.name);
    return 1;
  }

  private compare(L: LuaState, cls: HostObjectClass): number {
    const a = this.selfOf(L, cls, 1);
    const b = this.selfOf(L, cls, 2);
    lua.lua_pushboolean(L, a !== undefined && b !== undefined && (cls.equals?.(a.value, b.value) ?? a === b));
    return 1;
  }

  /** Returns an iterator function over the entries. */
  private pairs(L: LuaState, cls: HostObjectClass, self: HostObject): number {
    const iterator = (cls.entries?.(self.value) ?? [])[Symbol.iterator]();
    const next: HostFunction = () => {
      const step = iterator.next();
      return step.done === true ? null : new Results(...(step.value as readonly ScriptValue[]));
    };
    lua.lua_pushcfunction(L, this.functions.wrap(next));
    lua.lua_pushnil(L);
    lua.lua_pushnil(L);
    return 3;
  }
}
