import { LuaError, LuaTable, type State } from '@offload/lua';
import { type ScriptErrorCode, ScriptRuntimeError } from '../../errors.js';
import { readable } from './line-log.js';
import type { Sources } from './sources.js';

const CODES: Partial<Record<LuaError['code'], ScriptErrorCode>> = {
  LUA_ERR_SYNTAX: 'SCRIPT_ERR_SYNTAX',
  LUA_ERR_INTERRUPTED: 'SCRIPT_ERR_DEADLINE',
};

/** A Lua error as the engine reports it; `script` is named where the error itself says no place. */
export function faultOf(
  state: State,
  sources: Sources,
  error: unknown,
  script: string | undefined,
): ScriptRuntimeError {
  if (error instanceof ScriptRuntimeError) return error;
  const shown = state.traceback(error);
  const traceback = shown === undefined ? undefined : readable(shown);
  const message =
    error instanceof LuaError ? messageOf(state, error) : error instanceof Error ? error.message : String(error);
  const code = (error instanceof LuaError ? CODES[error.code] : undefined) ?? 'SCRIPT_ERR_RUNTIME';
  const place =
    sources.locate(message) ??
    (traceback === undefined ? undefined : sources.locate(traceback)) ??
    (script === undefined ? undefined : { script });
  return new ScriptRuntimeError(
    { code, message, language: 'lua', ...place, ...(traceback === undefined ? {} : { traceback }) },
    { cause: error },
  );
}

/** The error value as text; objects with `__tostring` speak for themselves. */
function messageOf(state: State, error: LuaError): string {
  const { value } = error;
  if (typeof value === 'string') return readable(value);
  if (typeof value === 'number') return state.tostring(value);
  if (value instanceof LuaTable && value.meta?.getStr('__tostring') !== undefined) {
    try {
      return readable(state.tostring(value));
    } catch {
      // An error object that cannot even be shown.
    }
  }
  return `(error object is a ${value === undefined ? 'nil' : value instanceof LuaTable ? 'table' : typeof value} value)`;
}

/** A syntax error in a module, which `require` wraps in an error of its own, as what it is. */
export function asSyntaxError(error: ScriptRuntimeError): ScriptRuntimeError {
  const [, path, message] = /error loading module '.*' from file '(.+)':\n\t(.*)$/s.exec(error.message) ?? [];
  const line = /:(\d+): /.exec(message ?? '')?.[1];
  if (path === undefined || line === undefined || error.code !== 'SCRIPT_ERR_RUNTIME') return error;
  return new ScriptRuntimeError(
    { ...error.toData(), code: 'SCRIPT_ERR_SYNTAX', script: path, line: Number(line) },
    { cause: error },
  );
}
