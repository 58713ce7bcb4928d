import { HostObject, Results, ScriptFunction, ScriptTable, type ScriptValue } from '@offload/script-runtime';

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

/** A string, or a number as its text; undefined otherwise. Bytes of Python count as a string. */
export function bytesTextOf(value: ScriptValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
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
