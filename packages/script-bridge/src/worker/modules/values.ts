import {
  HostError,
  HostObject,
  type HostObjectClass,
  Results,
  ScriptFunction,
  ScriptTable,
  type ScriptValue,
} from '@offload/script-runtime';
import { luaNumberText } from '../json/number-text.js';

/** `false, text`: how LAppS modules report what a script did wrong. */
export function failed(text: string): Results {
  return new Results(false, text);
}

/** `nil, text`: the same for functions that make something. */
export function nothing(text: string): Results {
  return new Results(null, text);
}

/** A number, or a string that is one, as Lua converts; undefined otherwise. */
export function numberOf(value: ScriptValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** A string, or a number as the text Lua makes of it; undefined otherwise. Bytes of Python count as a string. */
export function bytesTextOf(value: ScriptValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return luaNumberText(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
  return undefined;
}

/** How a value is called in messages. */
export function typeOf(value: ScriptValue): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'bigint') return 'number';
  if (typeof value !== 'object') return typeof value;
  if (value instanceof ScriptFunction) return 'function';
  if (value instanceof HostObject) return value.class.name;
  if (value instanceof Uint8Array) return 'string';
  return value instanceof ScriptTable || value instanceof Map || Array.isArray(value) ? 'table' : 'userdata';
}

/**
 * What the object a method was called with holds.
 * @throws HostError when it is none of that class: called with a dot instead of a colon, mostly
 */
export function selfOf<T>(cls: HostObjectClass<T>, self: ScriptValue, method: string): T {
  if (self instanceof HostObject && self.class === cls) return self.value as T;
  throw new HostError(`calling '${method}' on bad self (${cls.name} expected, got ${typeOf(self)})`);
}
