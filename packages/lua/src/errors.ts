/**
 * Errors that Lua code raises and catches.
 *
 * A Lua error is any Lua value; in JavaScript it travels as a {@link LuaError}. Library functions raise with
 * `throw argError(...)`, `throw luaError(...)` of `./raise.js`, which find position and function name of the running
 * call on the JavaScript stack.
 */
import type { LuaValue } from './value.js';

/** Stable reasons why an operation of this package failed, see README "Error codes". */
export type LuaErrorCode =
  /** Script raised it (`error`, a bad operation, a bad argument). */
  | 'LUA_ERR_RUNTIME'
  /** Source text is not a Lua program. */
  | 'LUA_ERR_SYNTAX'
  /** Recursion went deeper than the JavaScript stack. */
  | 'LUA_ERR_STACK_OVERFLOW'
  /** Interrupted from outside or by a deadline. */
  | 'LUA_ERR_INTERRUPTED'
  /** A function that has to wait was called where waiting is impossible. */
  | 'LUA_ERR_CANNOT_WAIT'
  /** The state was closed. */
  | 'LUA_ERR_CLOSED';

/** Frames of the JavaScript stack a new error records for its traceback. pcall sets it to 0 while it runs a function. */
export const stackRecording = { depth: 100 };

export class LuaError extends Error {
  readonly code: LuaErrorCode;
  /** The Lua error value, usually a string with position. */
  value: LuaValue;

  constructor(value: LuaValue, code: LuaErrorCode = 'LUA_ERR_RUNTIME', cause?: unknown) {
    const limit = Error.stackTraceLimit;
    // Recording the stack costs a microsecond per frame; where pcall will swallow the error nobody looks at it.
    Error.stackTraceLimit = stackRecording.depth;
    super(typeof value === 'string' ? value : '(error object)', cause === undefined ? undefined : { cause });
    Error.stackTraceLimit = limit;
    this.name = 'LuaError';
    this.code = code;
    this.value = value;
  }
}
