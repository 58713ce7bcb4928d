import { HostError, type ScriptValue } from '@offload/script-runtime';
import { Scope } from '@offload/spop-codec';

/** An error that names the function and the argument, in the words Lua uses for its own. */
export function badArgument(position: number, fn: string, why: string): HostError {
  return new HostError(`bad argument #${position} to '${fn}' (${why})`);
}

/** How a value of a script is called in messages. */
export function typeName(value: ScriptValue): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'bigint') return 'number';
  return typeof value === 'object' ? 'table' : typeof value;
}

/** Argument 2: one of `spoa.scope.*`. */
export function checkScope(fn: string, value: ScriptValue): Scope {
  if (typeof value !== 'number' || !(value >= Scope.PROC && value <= Scope.RES) || !Number.isInteger(value)) {
    const shown = typeof value === 'number' ? String(value) : typeName(value);
    throw badArgument(2, fn, `scope expected (spoa.scope.proc, sess, txn, req or res), got ${shown}`);
  }
  return value as Scope;
}

/** Argument 3 as a whole number from `min` to `max`; a numeric string counts as a number, as in Lua. */
export function checkInteger(
  fn: string,
  type: string,
  value: ScriptValue,
  min: number | bigint,
  max: number | bigint,
): number | bigint {
  let number = value;
  if (typeof number === 'string') number = integerOfText(number) ?? value;
  if (typeof number !== 'number' && typeof number !== 'bigint') {
    throw badArgument(3, fn, `${type} expected, got ${typeName(value)}`);
  }
  if (typeof number === 'number' && !Number.isInteger(number)) {
    throw badArgument(3, fn, `${type} expected, ${number} is not a whole number`);
  }
  if (number < min || number > max) {
    // All digits: JavaScript rounds those of a double.
    throw badArgument(3, fn, `${BigInt(number)} is outside ${type}: ${min} to ${max}`);
  }
  // A double beyond 2^53 that is a whole number is exact as it stands.
  if (typeof number === 'number' && !Number.isSafeInteger(number)) return BigInt(number);
  return number;
}

function integerOfText(text: string): number | bigint | undefined {
  const trimmed = text.trim();
  if (!/^[-+]?(\d+|0[xX][0-9a-fA-F]+)$/.test(trimmed)) return undefined;
  const sign = trimmed.startsWith('-') ? -1n : 1n;
  const value = sign * BigInt(trimmed.replace(/^[-+]/, ''));
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Argument 3 as text or bytes; a number counts as its text, as in Lua. */
export function checkText(fn: string, value: ScriptValue): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw badArgument(3, fn, `string expected, got ${typeName(value)}`);
}
