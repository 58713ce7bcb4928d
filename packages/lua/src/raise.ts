/**
 * Errors as library functions and slow paths raise them: the text gets the position of the Lua code in question and, for
 * arguments, the name the function was called by, both read off the JavaScript stack.
 *
 * Use as `throw luaError('...')`. Call these from the library function itself or from helpers below it.
 */
import { LuaError } from './errors.js';
import { captureFrames, type Frame, positionOf } from './stack.js';
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

/**
 * An error with `message` behind a position: of the code that called the running library function (level 1, luaL_error),
 * of the running code itself (level 0, nothing when that is a library function), or of callers further out.
 */
export function luaError(message: string, level = 1): LuaError {
  const frames = captureFrames(level + 1);
  // A slow path called straight from compiled code has no library function in between.
  const at = frames[0]?.kind === 'host' ? level : Math.max(0, level - 1);
  const isOutside = frames.some((frame, i) => i > 0 && i < at && frame.kind === 'host' && RESUMES.has(frame.name));
  return new LuaError(positionOf(isOutside ? undefined : frames[at]) + message);
}

/** Library functions below which another coroutine runs. */
const RESUMES: ReadonlySet<string> = new Set(['resume', 'wrap']);

/** `bad argument #arg to 'name' (message)`; `arg` counts from 1 and is corrected for method calls. */
export function argError(arg: number, message: string): LuaError {
  const caller = captureFrames(2)[1];
  const callee = calleeOf(caller);
  let text = `bad argument #${arg} to '${callee.name}' (${message})`;
  if (callee.method) {
    text =
      arg === 1
        ? `calling '${callee.name}' on bad self (${message})`
        : `bad argument #${arg - 1} to '${callee.name}' (${message})`;
  }
  return new LuaError(positionOf(caller) + text);
}

/** What the running call of `frame` calls its function. */
function calleeOf(frame: Frame | undefined): { name: string; method: boolean } {
  const site = frame?.kind === 'lua' ? frame.site : undefined;
  const m = site?.b === 'call' && site.a !== undefined ? /^(\w+) '(.*)'$/s.exec(site.a) : null;
  return m === null ? { name: '?', method: false } : { name: m[2]!, method: m[1] === 'method' };
}

/** `bad argument #arg to 'name' (expected expected, got type)`; `argc` is how many arguments there were. */
export function argTypeError(arg: number, expected: string, v: LuaValue, argc: number): LuaError {
  return argError(arg, `${expected} expected, got ${arg > argc ? 'no value' : typeName(v)}`);
}

/** `attempt to <what> local 'x' (a nil value)`, about operand `a` or `b` of the running operation. */
export function operandError(what: string, v: LuaValue, operand: 'a' | 'b'): LuaError {
  const frame = captureFrames(1)[0];
  const name = frame?.kind === 'lua' ? frame.site[operand] : undefined;
  // The iterator of a loop has a name only for the functions it calls.
  const subject =
    name === undefined || name === 'call' || name === 'tail' || name.startsWith('for ')
      ? `a ${typeName(v)} value`
      : `${name} (a ${typeName(v)} value)`;
  return new LuaError(`${positionOf(frame)}attempt to ${what} ${subject}`);
}

/** Indexing of something that has no fields. */
export function indexError(o: LuaValue): LuaError {
  const frame = captureFrames(1)[0];
  const site = frame?.kind === 'lua' ? frame.site : undefined;
  // Where a chain of __index handlers failed, the object that failed is not the one the code names.
  const name = site?.a !== undefined && site.b === undefined ? `${site.a} (a ${typeName(o)} value)` : undefined;
  return new LuaError(`${positionOf(frame)}attempt to index ${name ?? `a ${typeName(o)} value`}`);
}

export function callError(f: LuaValue): LuaError {
  return operandError('call', f, 'a');
}

export function compareError(a: LuaValue, b: LuaValue): LuaError {
  const frame = captureFrames(1)[0];
  const x = typeName(a);
  const y = typeName(b);
  const text = x === y ? `attempt to compare two ${x} values` : `attempt to compare ${x} with ${y}`;
  return new LuaError(positionOf(frame) + text);
}
