import { type ScriptErrorCode, ScriptRuntimeError } from '../../errors.js';
import { readable } from './host-functions.js';
import type { MarshalReader } from './marshal-reader.js';
import { Mark } from './marshal-reader.js';
import { FaultCode } from './wire.js';

const CODES: Record<number, ScriptErrorCode> = {
  [FaultCode.Runtime]: 'SCRIPT_ERR_RUNTIME',
  [FaultCode.Deadline]: 'SCRIPT_ERR_DEADLINE',
  [FaultCode.Syntax]: 'SCRIPT_ERR_SYNTAX',
  [FaultCode.Load]: 'SCRIPT_ERR_LOAD',
};

/** Reads the rest of a fault item, behind its call: `code, message, script, line, traceback`. */
export function readFault(r: MarshalReader): ScriptRuntimeError {
  const code = CODES[r.smallInt()] ?? 'SCRIPT_ERR_RUNTIME';
  const message = readable(r.textOrNull() ?? '');
  const script = r.textOrNull();
  const line = r.mark() === Mark.Int ? r.int32() : undefined;
  const traceback = r.textOrNull();
  return new ScriptRuntimeError({
    code,
    message,
    language: 'python',
    ...(script === undefined ? {} : { script: readable(script) }),
    ...(line === undefined ? {} : { line }),
    ...(traceback === undefined ? {} : { traceback: readable(traceback) }),
  });
}

/** Whatever was thrown as an error of this package. */
export function asScriptError(error: unknown): ScriptRuntimeError {
  if (error instanceof ScriptRuntimeError) return error;
  return new ScriptRuntimeError({ ...ScriptRuntimeError.dataOf(error), language: 'python' }, { cause: error });
}
