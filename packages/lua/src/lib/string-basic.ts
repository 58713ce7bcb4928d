/** string: byte, char, dump, len, lower, rep, reverse, sub, upper. */
import { argError, luaError } from '../raise.js';
import { type LuaValue, multi } from '../value.js';
import { checkFunction, checkInt, checkString, optInt } from './args.js';
import type { LibHost, Library } from './host.js';
import { burnText } from './long-text.js';

/** LuaJIT's bound on the results of string.byte. */
const MAX_SLICE = 7999;

/** V8's own limit; longer strings cannot exist. */
export const MAX_STRING = 536870888;

/** `s:sub(i, j)` with integers. */
function slice(s: string, i: number, j: number): string {
  const length = s.length;
  const from = i > 0 ? i - 1 : i === 0 || -i > length ? 0 : length + i;
  const to = j >= 0 ? j : length + j + 1;
  return from < to ? s.slice(from, to) : '';
}

function bytes(s: string, i: number, j: number): LuaValue {
  const length = s.length;
  const from = i > 0 ? i - 1 : i === 0 || -i > length ? 0 : length + i;
  const to = Math.min(j >= 0 ? j : length + j + 1, length);
  if (to - from === 2) return [s.charCodeAt(from), s.charCodeAt(from + 1)];
  if (to - from === 4)
    return [s.charCodeAt(from), s.charCodeAt(from + 1), s.charCodeAt(from + 2), s.charCodeAt(from + 3)];
  const list: number[] = [];
  if (to - from > MAX_SLICE) throw luaError('string slice too long');
  for (let at = from; at < to; at++) list.push(s.charCodeAt(at));
  return multi(list);
}

// Outside ASCII the C locale has no letters, but JavaScript has.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is meant.
const ASCII = /^[\x00-\x7f]*$/;

function lower(s: string): string {
  return ASCII.test(s) ? s.toLowerCase() : s.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

function upper(s: string): string {
  return ASCII.test(s) ? s.toUpperCase() : s.replace(/[a-z]+/g, (run) => run.toUpperCase());
}

/** Bytes turned round at a time: each becomes a string of its own for a moment. */
const PIECE = 65_536;

function reverseLong(host: LibHost, s: string): string {
  let result = '';
  for (let end = s.length; end > 0; end -= PIECE) {
    burnText(host, Math.min(PIECE, end));
    result += s
      .slice(Math.max(0, end - PIECE), end)
      .split('')
      .reverse()
      .join('');
  }
  return result;
}

function reverse(host: LibHost, s: string): string {
  if (s.length > 40) return reverseLong(host, s);
  let result = '';
  for (let at = s.length - 1; at >= 0; at--) result += s.charAt(at);
  return result;
}

function repeat(s: string, count: number, separator: string): string {
  if (count <= 0) return '';
  const length = s.length * count + separator.length * (count - 1);
  if (length === 0) return '';
  if (length > MAX_STRING) throw luaError('not enough memory');
  if (separator === '') return s.repeat(count);
  return (s + separator).repeat(count - 1) + s;
}

function text(v: LuaValue, argc: number): string {
  return typeof v === 'string' ? v : checkString(v, 1, argc);
}

export function openStringBasic(host: LibHost): Library {
  /** The text that is argument 1 of a function that goes through all of it. */
  const wholeText = (v: LuaValue, argc: number): string => {
    const s = text(v, argc);
    burnText(host, s.length);
    return s;
  };
  return {
    byte(s: LuaValue, i: LuaValue, j: LuaValue): LuaValue {
      const source = typeof s === 'string' ? s : checkString(s, 1, arguments.length);
      if (j === undefined && typeof i === 'number' && i > 0 && i <= source.length) return source.charCodeAt(i - 1);
      const from = optInt(i, 2, arguments.length, 1);
      return bytes(source, from, optInt(j, 3, arguments.length, from));
    },
    char(...codes: LuaValue[]): LuaValue {
      let result = '';
      for (let at = 0; at < codes.length; at++) {
        const code = checkInt(codes[at], at + 1, codes.length);
        if (code < 0 || code > 255) throw argError(at + 1, 'invalid value');
        result += String.fromCharCode(code);
      }
      return result;
    },
    dump(fn: LuaValue): LuaValue {
      checkFunction(fn, 1, arguments.length);
      throw luaError('unable to dump given function');
    },
    len(s: LuaValue): LuaValue {
      // LuaJIT says of a missing argument that it is nil.
      return text(s, 1).length;
    },
    lower(s: LuaValue): LuaValue {
      return lower(wholeText(s, arguments.length));
    },
    rep(s: LuaValue, n: LuaValue, separator: LuaValue): LuaValue {
      const source = text(s, arguments.length);
      const count = checkInt(n, 2, arguments.length);
      const between = separator === undefined ? '' : checkString(separator, 3, arguments.length);
      return repeat(source, count, between);
    },
    reverse(s: LuaValue): LuaValue {
      return reverse(host, text(s, arguments.length));
    },
    sub(s: LuaValue, i: LuaValue, j: LuaValue): LuaValue {
      const source = typeof s === 'string' ? s : checkString(s, 1, arguments.length);
      const from = checkInt(i, 2, arguments.length);
      return slice(source, from, j === undefined ? -1 : checkInt(j, 3, arguments.length));
    },
    upper(s: LuaValue): LuaValue {
      return upper(wholeText(s, arguments.length));
    },
  };
}
