import { ScriptRuntimeError } from '../../errors.js';
import { CoroutineObject, ScriptFunction, ScriptTable, type ScriptValue } from '../../value.js';
import type { LuaProxy, LuaState } from './api.js';
import { errorText } from './faults.js';
import type { ValueGate } from './gate.js';
import { lua } from './library.js';
import { literal, readableOf } from './strings.js';

const SOURCE = literal('>S');

/**
 * A Lua function held by the host. It keeps the closure itself alive, not a registry slot, so JavaScript's collector
 * frees it with the last reference.
 */
export class LuaFunction extends ScriptFunction {
  readonly owner: LuaState;
  readonly proxy: LuaProxy;

  /** `L` has the function at `index`. */
  constructor(main: LuaState, L: LuaState, index: number) {
    super();
    this.owner = main;
    this.proxy = lua.lua_toproxy(L, index);
  }

  get where(): string {
    const ar = new lua.lua_Debug();
    this.proxy(this.owner);
    lua.lua_getinfo(this.owner, SOURCE, ar);
    if (ar.linedefined < 0 || ar.source === null) return '';
    const source = readableOf(ar.source);
    return `${/^[@=]/.test(source) ? source.slice(1) : source}:${ar.linedefined}`;
  }
}

/** A coroutine held by the host, alive as long as it is. */
export class LuaCoroutine extends CoroutineObject {
  readonly owner: LuaState;
  readonly proxy: LuaProxy;

  /** `L` has the coroutine at `index`. */
  constructor(main: LuaState, L: LuaState, index: number) {
    super();
    this.owner = main;
    this.proxy = lua.lua_toproxy(L, index);
  }
}

/** A live view of a Lua table. Tables without a metatable are read and written raw. */
export class LuaTable extends ScriptTable {
  readonly owner: LuaState;
  readonly proxy: LuaProxy;
  private readonly gate: ValueGate;

  constructor(main: LuaState, L: LuaState, index: number, gate: ValueGate) {
    super();
    this.owner = main;
    this.gate = gate;
    this.proxy = lua.lua_toproxy(L, index);
  }

  get(key: string | number): ScriptValue {
    const L = this.owner;
    const top = lua.lua_gettop(L);
    try {
      this.pushSelf(2);
      if (lua.lua_getmetatable(L, -1)) {
        lua.lua_pop(L, 1);
        return this.getByMetatable(L, key);
      }
      this.gate.push(L, key);
      lua.lua_rawget(L, -2);
      return this.gate.read(L, -1);
    } finally {
      lua.lua_settop(L, top);
    }
  }

  set(key: string | number, value: ScriptValue): void {
    const L = this.owner;
    const top = lua.lua_gettop(L);
    try {
      this.pushSelf(3);
      this.gate.push(L, key);
      this.gate.push(L, value);
      lua.lua_rawset(L, -3);
    } finally {
      lua.lua_settop(L, top);
    }
  }

  get length(): number {
    const L = this.owner;
    this.pushSelf(0);
    const length = lua.lua_rawlen(L, -1);
    lua.lua_pop(L, 1);
    return length;
  }

  /** A snapshot, so that the caller may change the table while it iterates. */
  entries(): Iterable<readonly [ScriptValue, ScriptValue]> {
    const L = this.owner;
    const top = lua.lua_gettop(L);
    const pairs: [ScriptValue, ScriptValue][] = [];
    try {
      this.pushSelf(3);
      lua.lua_pushnil(L);
      while (lua.lua_next(L, -2)) {
        pairs.push([this.gate.read(L, -2), this.gate.read(L, -1)]);
        lua.lua_pop(L, 1);
      }
    } finally {
      lua.lua_settop(L, top);
    }
    return pairs;
  }

  private pushSelf(more: number): void {
    lua.lua_checkstack(this.owner, more + 4);
    this.proxy(this.owner);
  }

  /** `__index` may run code of the script, so the access is a protected call. */
  private getByMetatable(L: LuaState, key: string | number): ScriptValue {
    lua.lua_pushcfunction(L, gettable);
    lua.lua_insert(L, -2);
    this.gate.push(L, key);
    const status = this.gate.inherit(() => lua.lua_pcall(L, 2, 1, 0));
    if (status === lua.LUA_OK) return this.gate.read(L, -1);
    throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_RUNTIME', message: errorText(L), language: 'lua' });
  }
}

function gettable(L: LuaState): number {
  lua.lua_gettable(L, 1);
  return 1;
}
