import { HostError, type HostFunction, HostObject, type HostResult, Results, type ScriptValue } from '../../value.js';
import type { LuaCFunction, LuaState } from './api.js';
import type { HostValue, ValueGate } from './gate.js';
import { LuaCoroutine, LuaFunction, LuaTable } from './handles.js';
import { Int64Boxes } from './int64.js';
import { lua } from './library.js';
import { pushBytes, pushText, textOf } from './strings.js';
import type { Threads } from './threads.js';

/** Lists and maps nested deeper than this are refused: they are cyclic, or an attack. */
const MAX_DEPTH = 200;

/** What {@link Values} leaves to others. */
export interface ObjectPushers {
  pushObject(L: LuaState, object: HostObject): void;
  wrapFunction(fn: HostFunction): LuaCFunction;
}

/**
 * Values in and out of one Lua state. Every number of the host becomes a double, whatever its size: 32-bit integers
 * would wrap in the script's first sum.
 */
export class Values implements ValueGate {
  readonly boxes: Int64Boxes;
  private readonly main: LuaState;
  private readonly threads: Threads;
  private readonly pushers: ObjectPushers;
  private depth = 0;

  constructor(threads: Threads, pushers: ObjectPushers) {
    const { main } = threads;
    this.main = main;
    this.threads = threads;
    this.pushers = pushers;
    this.boxes = new Int64Boxes(main);
  }

  push(L: LuaState, value: HostValue): void {
    switch (typeof value) {
      case 'undefined':
        lua.lua_pushnil(L);
        return;
      case 'boolean':
        lua.lua_pushboolean(L, value);
        return;
      case 'number':
        lua.lua_pushnumber(L, value);
        return;
      case 'bigint':
        this.boxes.push(L, value);
        return;
      case 'string':
        pushText(L, value);
        return;
      case 'function':
        lua.lua_pushcfunction(L, this.pushers.wrapFunction(value));
        return;
      case 'object':
        this.pushObject(L, value);
        return;
      default:
        throw new TypeError(`Cannot give a ${typeof value} to a script`);
    }
  }

  pushResults(L: LuaState, result: HostResult): number {
    if (result === undefined) return 0;
    if (result instanceof Results) {
      const { values } = result;
      lua.lua_checkstack(L, values.length + 2);
      for (const value of values) this.push(L, value);
      return values.length;
    }
    this.push(L, result as ScriptValue);
    return 1;
  }

  inherit<T>(body: () => T): T {
    return this.threads.inherit(body);
  }

  read(L: LuaState, index: number): ScriptValue {
    switch (lua.lua_type(L, index)) {
      case lua.LUA_TNONE:
      case lua.LUA_TNIL:
        return null;
      case lua.LUA_TBOOLEAN:
        return lua.lua_toboolean(L, index);
      case lua.LUA_TNUMBER:
        return lua.lua_tonumberx(L, index) as number;
      case lua.LUA_TSTRING:
        return textOf(lua.lua_tolstring(L, index));
      case lua.LUA_TTABLE:
        return new LuaTable(this.main, L, index, this);
      case lua.LUA_TFUNCTION:
        return new LuaFunction(this.main, L, index);
      case lua.LUA_TUSERDATA: {
        const data = lua.lua_touserdata(L, index) as { object?: HostObject; int64?: bigint };
        if (data.object !== undefined) return data.object;
        if (data.int64 !== undefined) return data.int64;
        break;
      }
      case lua.LUA_TTHREAD:
        return new LuaCoroutine(this.main, L, index);
    }
    throw new HostError('a userdata of the script cannot be given to the host');
  }

  private pushObject(L: LuaState, value: (HostValue & object) | null): void {
    if (value === null) lua.lua_pushnil(L);
    else if (value instanceof Uint8Array) pushBytes(L, Uint8Array.prototype.slice.call(value));
    else if (value instanceof LuaFunction || value instanceof LuaTable || value instanceof LuaCoroutine)
      this.pushHandle(L, value);
    else if (value instanceof HostObject) this.pushers.pushObject(L, value);
    else if (Array.isArray(value)) this.nested(L, () => this.pushList(L, value));
    else if (value instanceof Map) this.nested(L, () => this.pushMap(L, value));
    else throw new TypeError(`Cannot give an object of this kind to a script`);
  }

  private pushHandle(L: LuaState, value: LuaFunction | LuaTable | LuaCoroutine): void {
    if (value.owner !== this.main) throw new TypeError('Cannot give a value of another engine to a script');
    value.proxy(L);
  }

  private nested(L: LuaState, push: () => void): void {
    if (this.depth >= MAX_DEPTH) throw new TypeError(`Cannot give a value nested deeper than ${MAX_DEPTH} to a script`);
    this.depth++;
    try {
      lua.lua_checkstack(L, 4);
      lua.lua_createtable(L, 0, 0);
      push();
    } finally {
      this.depth--;
    }
  }

  private pushList(L: LuaState, list: readonly ScriptValue[]): void {
    for (let i = 0; i < list.length; i++) {
      this.push(L, list[i]);
      lua.lua_rawseti(L, -2, i + 1);
    }
  }

  private pushMap(L: LuaState, map: ReadonlyMap<ScriptValue, ScriptValue>): void {
    for (const [key, value] of map) {
      if (key === null || key === undefined || Number.isNaN(key)) throw new TypeError('Cannot use nil or NaN as a key');
      this.push(L, key);
      this.push(L, value);
      lua.lua_rawset(L, -3);
    }
  }
}
