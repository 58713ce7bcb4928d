import { LuaError, LuaTable, type State } from '@offload/lua';
import { type ScriptErrorCode, ScriptRuntimeError } from '../../errors.js';
import { readable } from './line-log.js';

const CODES: Partial<Record<LuaError['code'], ScriptErrorCode>> = {
  LUA_ERR_SYNTAX: 'SCRIPT_ERR_SYNTAX',
  LUA_ERR_INTERRUPTED: 'SCRIPT_ERR_DEADLINE',
};

/** The files an engine has read, to find them again by the shortened names Lua shows. */
export class Sources {
  private readonly paths = new Set<string>();

  add(path: string): void {
    this.paths.add(path);
  }

  /** The path behind a chunk's name in a message: itself, or what begins with `...` when it was too long. */
  pathOf(chunk: string): string | undefined {
    if (this.paths.has(chunk)) return chunk;
    if (!chunk.startsWith('...')) return undefined;
    for (const path of this.paths) if (path.endsWith(chunk.slice(3))) return path;
    return undefined;
  }

  /** The first place in a message or traceback that is in a known file. */
  locate(text: string): { script: string; line: number } | undefined {
    for (const [, chunk, line] of text.matchAll(/^\s*(.+?):(\d+):/gm)) {
      const script = this.pathOf(chunk);
      if (script !== undefined) return { script, line: Number(line) };
    }
    return undefined;
  }
}

/** A Lua error as the engine reports it; `script` is named where the error itself says no place. */
export function faultOf(
  state: State,
  sources: Sources,
  error: unknown,
  script: string | undefined,
): ScriptRuntimeError {
  if (error instanceof ScriptRuntimeError) return error;
  const traceback = state.traceback(error);
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
