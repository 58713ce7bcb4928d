import { type LuaFunction, LuaTable, LuaUserdata, type LuaValue, multi, type State } from '@offload/lua';
import { HostError, type HostFunction, HostObject, type HostObjectClass } from '../../value.js';
import { HOST_UNITS, raised } from './host-functions.js';
import type { Values } from './values.js';

/** What the metatables of host objects are made with. */
interface Makers {
  readonly state: State;
  readonly values: Values;
  wrap(name: string, fn: HostFunction): LuaFunction;
}

/** Makes the metatable of a class of host objects: methods first, then the class's own `index`. */
export function hostObjectMetatable(cls: HostObjectClass, { state, values, wrap }: Makers): LuaTable {
  const methods = new Map<string, LuaFunction>();
  for (const [name, fn] of Object.entries(cls.methods ?? {})) methods.set(name, wrap(`${cls.name}:${name}`, fn));
  const self = (value: LuaValue): unknown => selfOf(cls, value);
  const metatable = new LuaTable();
  const set = (name: string, fn: (...args: LuaValue[]) => LuaValue): void => {
    metatable.setStr(name, wrapRaw(state, `${cls.name}.${name}`, fn));
  };
  const { index, newIndex, toText, length, equals, entries } = cls;
  set('__index', (object: LuaValue, key: LuaValue) => {
    const method = typeof key === 'string' ? methods.get(key) : undefined;
    if (method !== undefined) return method;
    state.charge(HOST_UNITS);
    try {
      return index === undefined ? undefined : values.toLua(index.call(cls, self(object), values.toHost(key)));
    } catch (error) {
      throw raised(error);
    }
  });
  set('__newindex', (object, key, value) => {
    state.charge(HOST_UNITS);
    try {
      if (newIndex === undefined) throw new HostError(`${cls.name} cannot be changed`);
      newIndex.call(cls, self(object), values.toHost(key), values.toHost(value));
      return undefined;
    } catch (error) {
      throw raised(error);
    }
  });
  set('__tostring', (object) => {
    try {
      return toText === undefined ? cls.name : values.toLua(toText.call(cls, self(object)));
    } catch (error) {
      throw raised(error);
    }
  });
  if (length !== undefined) set('__len', (object) => length.call(cls, self(object)));
  if (equals !== undefined) set('__eq', (a, b) => equals.call(cls, self(a), self(b)));
  if (entries !== undefined) {
    set('__pairs', (object) => {
      const pairs = entries.call(cls, self(object))[Symbol.iterator]();
      const next = wrapRaw(state, 'next', () => {
        const step = pairs.next();
        return step.done === true ? undefined : multi([values.toLua(step.value[0]), values.toLua(step.value[1])]);
      });
      return multi([next, object, undefined]);
    });
  }
  metatable.setStr('__metatable', cls.name);
  return metatable;
}

function selfOf(cls: HostObjectClass, value: LuaValue): unknown {
  if (value instanceof LuaUserdata && value.value instanceof HostObject && value.value.class === cls) {
    return value.value.value;
  }
  throw new HostError(`${cls.name} expected`);
}

/** A function over Lua values. */
function wrapRaw(state: State, name: string, fn: (...args: LuaValue[]) => LuaValue): LuaFunction {
  return state.defineFunction(name, fn);
}
