/** Errors in source text, worded as LuaJIT words them. */
import { LuaError } from '../errors.js';

/** Display form of a chunk name: `@file` and `=name` lose their mark, text becomes `[string "first line..."]`. */
export function chunkDisplayName(name: string): string {
  const limit = 60;
  if (name[0] === '=') return name.slice(1, limit);
  if (name[0] === '@') {
    const file = name.slice(1);
    return file.length < limit ? file : `...${file.slice(file.length - (limit - 4))}`;
  }
  // Up to the first control character; longer text is cut so that the whole name has at most 59 bytes.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  const end = name.search(/[\0-\x1f]/);
  const line = end < 0 ? name : name.slice(0, end);
  return end < 0 && line.length <= 48 ? `[string "${line}"]` : `[string "${line.slice(0, 45)}..."]`;
}

export function syntaxError(chunk: string, line: number, message: string, near?: string): LuaError {
  const tail = near === undefined ? '' : ` near '${near}'`;
  return new LuaError(`${chunk}:${line}: ${message}${tail}`, 'LUA_ERR_SYNTAX');
}
