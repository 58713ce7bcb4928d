/** The utf8 library of Lua 5.3 (manual 6.5). */
import { argError, luaError } from '../raise.js';
import { type LuaValue, multi, NONE } from '../value.js';
import { checkInt, checkString, optInt } from './args.js';
import type { Library } from './host.js';

const MAX_UNICODE = 0x10ffff;
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** UTF-8 of a code point up to 2^31-1, as bytes. */
export function encodeUtf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  let tail = '';
  let rest = code;
  let room = 0x3f;
  do {
    tail = String.fromCharCode(0x80 | (rest & 0x3f)) + tail;
    rest = Math.floor(rest / 64);
    room >>= 1;
  } while (rest > room);
  return String.fromCharCode(((~room << 1) & 0xff) | rest) + tail;
}

/** A decoded sequence: code point * 8 + length in bytes, or -1 where the bytes are no UTF-8. */
function decode(s: string, at: number): number {
  const lead = s.charCodeAt(at);
  if (lead < 0x80) return lead * 8 + 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > s.length) return -1;
  let code = lead & (0x7f >> length);
  for (let step = 1; step < length; step++) {
    const c = s.charCodeAt(at + step);
    if ((c & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (c & 0x3f);
  }
  return code > MAX_UNICODE || code < LEAST[length]! ? -1 : code * 8 + length;
}

function isContinuation(s: string, at: number): boolean {
  return (s.charCodeAt(at) & 0xc0) === 0x80;
}

/** 1-based position counted from the end where it is negative; 0 where it lies before the start. */
function relative(position: number, length: number): number {
  if (position >= 0) return position;
  return -position > length ? 0 : length + position + 1;
}

function count(s: string, i: number, j: number): LuaValue {
  let at = i;
  let n = 0;
  while (at <= j) {
    const decoded = decode(s, at);
    if (decoded < 0) return [undefined, at + 1];
    at += decoded & 7;
    n++;
  }
  return n;
}

function offset(s: string, n: number, i: number): LuaValue {
  let left = n;
  let at = i;
  if (left === 0) {
    while (at > 0 && isContinuation(s, at)) at--;
    return at + 1;
  }
  if (isContinuation(s, at)) throw luaError('initial position is a continuation byte');
  if (left < 0) {
    while (left < 0 && at > 0) {
      do at--;
      while (at > 0 && isContinuation(s, at));
      left++;
    }
  } else {
    left--;
    while (left > 0 && at < s.length) {
      do at++;
      while (isContinuation(s, at));
      left--;
    }
  }
  return left === 0 ? at + 1 : undefined;
}

function nextCode(s: LuaValue, position: LuaValue): LuaValue {
  const text = checkString(s, 1, arguments.length);
  let at = checkInt(position, 2, arguments.length) - 1;
  if (at < 0) at = 0;
  else if (at < text.length) {
    at++;
    while (isContinuation(text, at)) at++;
  }
  if (at >= text.length) return NONE;
  const decoded = decode(text, at);
  if (decoded < 0 || isContinuation(text, at + (decoded & 7))) throw luaError('invalid UTF-8 code');
  return [at + 1, decoded >> 3];
}

// A NUL byte would end the pattern, hence %z.
export function openUtf8(): Library {
  return {
    charpattern: '[%z\x01-\x7F\xC2-\xF4][\x80-\xBF]*',
    char(...codes: LuaValue[]): LuaValue {
      let result = '';
      for (let at = 0; at < codes.length; at++) {
        const code = checkInt(codes[at], at + 1, codes.length);
        if (code < 0 || code > MAX_UNICODE) throw argError(at + 1, 'value out of range');
        result += encodeUtf8(code);
      }
      return result;
    },
    codes(s: LuaValue): LuaValue {
      return [nextCode, checkString(s, 1, arguments.length), 0];
    },
    codepoint(s: LuaValue, i: LuaValue, j: LuaValue): LuaValue {
      const argc = arguments.length;
      const text = checkString(s, 1, argc);
      const from = relative(optInt(i, 2, argc, 1), text.length);
      const to = relative(optInt(j, 3, argc, from), text.length);
      if (from < 1) throw argError(2, 'out of range');
      if (to > text.length) throw argError(3, 'out of range');
      const list: number[] = [];
      for (let at = from - 1; at < to; ) {
        const decoded = decode(text, at);
        if (decoded < 0) throw luaError('invalid UTF-8 code');
        list.push(decoded >> 3);
        at += decoded & 7;
      }
      return multi(list);
    },
    len(s: LuaValue, i: LuaValue, j: LuaValue): LuaValue {
      const argc = arguments.length;
      const text = checkString(s, 1, argc);
      const from = relative(optInt(i, 2, argc, 1), text.length);
      const to = relative(optInt(j, 3, argc, -1), text.length);
      if (from < 1 || from - 1 > text.length) throw argError(2, 'initial position out of string');
      if (to > text.length) throw argError(3, 'final position out of string');
      return count(text, from - 1, to - 1);
    },
    offset(s: LuaValue, n: LuaValue, i: LuaValue): LuaValue {
      const argc = arguments.length;
      const text = checkString(s, 1, argc);
      const wanted = checkInt(n, 2, argc);
      const start = relative(optInt(i, 3, argc, wanted >= 0 ? 1 : text.length + 1), text.length);
      if (start < 1 || start - 1 > text.length) throw argError(3, 'position out of range');
      return offset(text, wanted, start - 1);
    },
  };
}
