/** Open files as Lua userdata, and the results the io library reports system errors with. */
import { argError, luaError } from '../raise.js';
import type { LuaTable } from '../table.js';
import { LuaUserdata, type LuaValue, multi } from '../value.js';
import { checkString } from './args.js';
import { LuaFile } from './lua-file.js';
import { numberToString } from './number-text.js';
import { SystemError } from './system.js';

/** `nil, "path: message", errno` for a failed system call; other errors pass. */
export function failure(error: unknown, path?: string): LuaValue {
  if (!(error instanceof SystemError)) throw error;
  return [undefined, path === undefined ? error.message : `${path}: ${error.message}`, error.errno];
}

/** Runs a system call; its failure becomes the results of the library function. */
export function attempt(call: () => LuaValue, path?: string): LuaValue {
  try {
    return call();
  } catch (error) {
    return failure(error, path);
  }
}

/** The file behind a userdata, open or closed, or undefined. */
export function fileOf(v: LuaValue): LuaFile | undefined {
  return v instanceof LuaUserdata && v.value instanceof LuaFile ? v.value : undefined;
}

/** The open file that is argument `arg`. */
export function checkFile(v: LuaValue, arg: number, argc: number): LuaFile {
  const file = fileOf(v);
  if (file === undefined) {
    const got = arg > argc ? 'no value' : v === undefined ? 'nil' : v instanceof LuaUserdata ? 'userdata' : typeName(v);
    throw argError(arg, `FILE* expected, got ${got}`);
  }
  if (file.closed) throw luaError('attempt to use a closed file');
  return file;
}

function typeName(v: LuaValue): string {
  return typeof v === 'object' ? 'table' : typeof v;
}

/** A new userdata for a file. */
export function wrapFile(file: LuaFile, meta: LuaTable): LuaUserdata {
  return new LuaUserdata(file, meta);
}

function readOne(file: LuaFile, format: LuaValue, arg: number): LuaValue {
  if (typeof format === 'number') return file.readBytes(Math.max(0, Math.trunc(format)));
  const text = checkString(format, arg, arg);
  switch (text.replace(/^\*/, '').charAt(0)) {
    case 'n':
      return file.readNumber();
    case 'l':
      return file.readLine(false);
    case 'L':
      return file.readLine(true);
    case 'a':
      return file.readAll();
    default:
      throw argError(arg, 'invalid format');
  }
}

/** `file:read(...)`: results up to the first that fails. `firstArg` is the number of the first format. */
export function readFormats(file: LuaFile, formats: readonly LuaValue[], firstArg: number): LuaValue {
  if (formats.length === 0) return attempt(() => file.readLine(false));
  return attempt(() => {
    const list: LuaValue[] = [];
    for (let at = 0; at < formats.length; at++) {
      const value = readOne(file, formats[at], firstArg + at);
      list.push(value);
      if (value === undefined) break;
    }
    return multi(list);
  });
}

/** `file:write(...)`. */
export function writeValues(file: LuaFile, values: readonly LuaValue[], firstArg: number): LuaValue {
  return attempt(() => {
    for (let at = 0; at < values.length; at++) {
      const v = values[at];
      if (typeof v === 'string') file.write(v);
      else if (typeof v === 'number') file.write(numberToString(v));
      else file.write(checkString(v, firstArg + at, firstArg + values.length - 1));
    }
    return true;
  });
}
