/**
 * Argument checks of library functions: `v` is the argument, `arg` its number from 1, `argc` how many were passed
 * (`arguments.length`), needed only to word "no value".
 */
import { argError, argTypeError } from '../raise.js';
import { LuaTable } from '../table.js';
import type { LuaValue } from '../value.js';
import { numberToString, stringToNumber } from './number-text.js';

export function checkTable(v: LuaValue, arg: number, argc: number): LuaTable {
  if (v instanceof LuaTable) return v;
  throw argTypeError(arg, 'table', v, argc);
}

/** A string, or a number as text. */
export function checkString(v: LuaValue, arg: number, argc: number): string {
  if (typeof v === 'string') return v;
  if (typeof v === 'number' || typeof v === 'bigint') return numberToString(v);
  throw argTypeError(arg, 'string', v, argc);
}

/** A number, or a string that reads as one. A bigint becomes the nearest double. */
export function checkNumber(v: LuaValue, arg: number, argc: number): number {
  if (typeof v === 'number') return v;
  if (typeof v === 'bigint') return Number(v);
  if (typeof v === 'string') {
    const n = stringToNumber(v);
    if (n !== undefined) return Number(n);
  }
  throw argTypeError(arg, 'number', v, argc);
}

/**
 * A number cut to a 32-bit integer, as LuaJIT's library functions take it on x86-64: what does not fit (NaN and
 * infinity too) becomes -2^31.
 */
export function checkInt(v: LuaValue, arg: number, argc: number): number {
  const n = typeof v === 'number' ? v : checkNumber(v, arg, argc);
  return n === (n | 0) ? n | 0 : cutToInt(n);
}

function cutToInt(n: number): number {
  return n > -2147483649 && n < 2147483648 ? n | 0 : -2147483648;
}

export function optInt(v: LuaValue, arg: number, argc: number, fallback: number): number {
  return v === undefined ? fallback : checkInt(v, arg, argc);
}

export function checkFunction(v: LuaValue, arg: number, argc: number): LuaValue {
  if (typeof v === 'function') return v;
  throw argTypeError(arg, 'function', v, argc);
}

export function checkAny(v: LuaValue, arg: number, argc: number): LuaValue {
  if (arg > argc) throw argError(arg, 'value expected');
  return v;
}
