/**
 * Errors as library functions raise them: the text gets the position of the Lua code that called the library function
 * (`luaL_error`) and, for arguments, the name it was called by (`luaL_argerror`).
 *
 * Use as `throw luaError('...')`. Call these from the library function itself or from helpers below it.
 */
import { LuaError } from './errors.js';
import { LuaTable } from './table.js';
import { LuaThread, LuaUserdata, type LuaValue } from './value.js';

/** Name of the type of `v` as `type` gives it. */
export function typeName(v: LuaValue): string {
  switch (typeof v) {
    case 'undefined':
      return 'nil';
    case 'boolean':
    case 'number':
    case 'string':
    case 'function':
      return typeof v;
    case 'bigint':
      return 'number';
    default:
      if (v instanceof LuaTable) return 'table';
      if (v instanceof LuaThread) return 'thread';
      if (v instanceof LuaUserdata) return 'userdata';
      return 'userdata';
  }
}

/** An error with `message` behind the position of the caller of the running library function. */
export function luaError(message: string): LuaError {
  return new LuaError(message);
}

/** `bad argument #arg to 'name' (message)`; `arg` counts from 1 and is corrected for method calls. */
export function argError(arg: number, message: string): LuaError {
  return luaError(`bad argument #${arg} to '?' (${message})`);
}

/** `bad argument #arg to 'name' (expected expected, got type)`; `argc` is how many arguments there were. */
export function argTypeError(arg: number, expected: string, v: LuaValue, argc: number): LuaError {
  return argError(arg, `${expected} expected, got ${arg > argc ? 'no value' : typeName(v)}`);
}
