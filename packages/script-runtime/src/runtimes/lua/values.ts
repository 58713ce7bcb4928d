import {
  type LuaFunction,
  LuaTable,
  LuaThread,
  LuaUserdata,
  type LuaValue,
  type Multi,
  multi,
  NONE,
  toArray,
} from '@offload/lua';
import { byteString } from '../../byte-string.js';
import {
  CoroutineObject,
  HostError,
  HostObject,
  type HostObjectClass,
  type HostResult,
  Results,
  ScriptFunction,
  ScriptTable,
  type ScriptValue,
} from '../../value.js';

/** What the conversion needs of the engine. */
export interface ValueSpace {
  /** Metatable of a class of host objects, made once. */
  metatableOf(cls: HostObjectClass): LuaTable;
  wrapFunction(fn: (...args: ScriptValue[]) => HostResult | Promise<HostResult>): LuaFunction;
  whereOf(fn: LuaFunction): string;
  /** `table[key]` with metamethods, under the deadline. */
  index(table: LuaTable, key: string | number): LuaValue;
}

/** A Lua function in the hands of the host. */
export class LuaScriptFunction extends ScriptFunction {
  readonly fn: LuaFunction;
  readonly space: ValueSpace;
  /** How the next call runs: see `LuaEngine`. */
  mode: 'unknown' | 'plain' | 'suspendable' = 'unknown';
  /** File it is defined in, '' when that is no file the engine read; looked up once. */
  script: string | undefined;
  private place: string | undefined;

  constructor(fn: LuaFunction, space: ValueSpace) {
    super();
    this.fn = fn;
    this.space = space;
  }

  get where(): string {
    this.place ??= this.space.whereOf(this.fn);
    return this.place;
  }
}

class LuaScriptTable extends ScriptTable {
  readonly table: LuaTable;
  private readonly values: Values;

  constructor(table: LuaTable, values: Values) {
    super();
    this.table = table;
    this.values = values;
  }

  get(key: string | number): ScriptValue {
    return this.values.toHost(this.values.space.index(this.table, key));
  }

  set(key: string | number, value: ScriptValue): void {
    this.table.set(key, this.values.toLua(value));
  }

  get length(): number {
    return this.table.length();
  }

  *entries(): Iterable<readonly [ScriptValue, ScriptValue]> {
    for (let key = this.table.nextKey(undefined); key !== undefined; key = this.table.nextKey(key)) {
      yield [this.values.toHost(key), this.values.toHost(this.table.get(key))];
    }
  }
}

/** Neutral values as Lua values and back. Identity is kept for functions, tables of scripts and host objects. */
export class Values {
  readonly space: ValueSpace;
  private readonly functions = new WeakMap<LuaFunction, LuaScriptFunction>();
  private readonly objects = new WeakMap<HostObject, LuaUserdata>();

  constructor(space: ValueSpace) {
    this.space = space;
  }

  toLua(value: ScriptValue): LuaValue {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
        return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
      case 'function':
        return this.space.wrapFunction(value);
      default:
        return value === null ? undefined : this.objectToLua(value as object);
    }
  }

  private objectToLua(value: object): LuaValue {
    if (value instanceof LuaScriptFunction) return value.fn;
    if (value instanceof LuaScriptTable) return value.table;
    if (value instanceof HostObject) return this.userdata(value);
    if (value instanceof Uint8Array) return byteString(value, 0, value.length);
    if (Array.isArray(value)) return LuaTable.fromArray(value.map((v: ScriptValue) => this.toLua(v)));
    if (value instanceof Map) return this.mapToLua(value as Map<ScriptValue, ScriptValue>);
    throw new HostError('a value of another engine cannot be used here');
  }

  private mapToLua(map: ReadonlyMap<ScriptValue, ScriptValue>): LuaTable {
    const table = new LuaTable();
    for (const [key, value] of map) {
      const luaKey = this.toLua(key);
      if (luaKey === undefined || Number.isNaN(luaKey)) throw new HostError('nil and NaN are no keys of a table');
      table.set(luaKey, this.toLua(value));
    }
    return table;
  }

  private userdata(object: HostObject): LuaUserdata | LuaThread {
    if (object.shownBy === this) return object.shown as LuaUserdata | LuaThread;
    let userdata = this.objects.get(object);
    if (userdata === undefined) {
      userdata = new LuaUserdata(object, this.space.metatableOf(object.class));
      if (object.shownBy === undefined) {
        object.shownBy = this;
        object.shown = userdata;
      } else this.objects.set(object, userdata);
    }
    return userdata;
  }

  toHost(value: LuaValue): ScriptValue {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'bigint':
        return value;
      case 'undefined':
        return null;
      case 'function':
        return this.functionToHost(value as LuaFunction);
      default:
        if (value instanceof LuaTable) return new LuaScriptTable(value, this);
        if (value instanceof LuaUserdata && value.value instanceof HostObject) return value.value;
        if (value instanceof LuaThread) return this.coroutineToHost(value);
        throw new HostError('a userdata of the script cannot be given to the host');
    }
  }

  private coroutineToHost(thread: LuaThread): CoroutineObject {
    const object = new CoroutineObject();
    object.shown = thread;
    object.shownBy = this;
    return object;
  }

  private functionToHost(fn: LuaFunction): LuaScriptFunction {
    let handle = this.functions.get(fn);
    if (handle === undefined) {
      handle = new LuaScriptFunction(fn, this.space);
      this.functions.set(fn, handle);
    }
    return handle;
  }

  /** What a host function gave back, in the calling convention of Lua functions. */
  resultToLua(result: HostResult): LuaValue {
    if (result === undefined) return NONE;
    if (result instanceof Results) return multi(result.values.map((v) => this.toLua(v)));
    return this.toLua(result);
  }

  /** First result of a Lua function for the host. */
  firstToHost(result: Multi): ScriptValue {
    const list = toArray(result);
    return list.length === 0 ? undefined : this.toHost(list[0]);
  }
}
