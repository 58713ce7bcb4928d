import type { LuaCFunction, LuaState } from './api.js';
import { exponentText, fixedText, generalText, hexText, numberText } from './decimal.js';
import { Int64Boxes, readInteger } from './int64.js';
import { lauxlib, lua } from './library.js';
import { literal, pushText, raise, textOf } from './strings.js';

interface Spec {
  readonly flags: string;
  readonly width: number;
  /** -1 when not given. */
  readonly precision: number;
  readonly conversion: string;
}

const SPEC = /%([-+ #0]*)(\d*)(?:\.(\d*))?([\s\S]?)/y;

/**
 * `string.format` as C has it. fengari's own refuses integers beyond 32 bits, rounds halves up, prints all digits of
 * `%g` and needs text for `%s`.
 */
export const stringFormat: LuaCFunction = (L) => {
  const format = textOf(lauxlib.luaL_checkstring(L, 1));
  let out = '';
  let arg = 1;
  let at = 0;
  for (;;) {
    const next = format.indexOf('%', at);
    if (next < 0) break;
    out += format.slice(at, next);
    if (format[next + 1] === '%') {
      out += '%';
      at = next + 2;
      continue;
    }
    const spec = parseSpec(L, format, next);
    at = SPEC.lastIndex;
    arg++;
    if (arg > lua.lua_gettop(L)) lauxlib.luaL_argerror(L, arg, literal('no value'));
    out += formatOne(L, arg, spec);
  }
  pushText(L, out + format.slice(at));
  return 1;
};

function parseSpec(L: LuaState, format: string, at: number): Spec {
  SPEC.lastIndex = at;
  const [, flags = '', width = '', precision, conversion = ''] = SPEC.exec(format) as RegExpExecArray;
  if (flags.length > 5) raise(L, 'invalid format (repeated flags)');
  if (width.length > 2 || (precision !== undefined && precision.length > 2)) {
    raise(L, 'invalid format (width or precision too long)');
  }
  return { flags, width: Number(width), precision: precision === undefined ? -1 : Number(precision), conversion };
}

function formatOne(L: LuaState, arg: number, spec: Spec): string {
  switch (spec.conversion) {
    case 'c':
      return pad(String.fromCharCode(Number(checkInteger(L, arg)) & 255), spec);
    case 'd':
    case 'i':
      return signed(checkInteger(L, arg), spec);
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return unsigned(checkInteger(L, arg), spec);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return floating(checkNumber(L, arg), spec);
    case 'q':
      return quoted(L, arg);
    case 's': {
      const text = textOf(lauxlib.luaL_tolstring(L, arg));
      lua.lua_pop(L, 1);
      return pad(spec.precision >= 0 ? text.slice(0, spec.precision) : text, spec);
    }
    default:
      return raise(L, `invalid option '%${spec.conversion}' to 'format'`);
  }
}

function checkInteger(L: LuaState, arg: number): bigint {
  const value = readInteger(L, arg);
  if (value !== undefined) return value;
  lauxlib.luaL_checknumber(L, arg);
  return lauxlib.luaL_argerror(L, arg, literal('number has no integer representation'));
}

function checkNumber(L: LuaState, arg: number): number {
  const boxed = Int64Boxes.read(L, arg);
  return boxed === undefined ? lauxlib.luaL_checknumber(L, arg) : Number(boxed);
}

function signed(value: bigint, spec: Spec): string {
  const digits = digitsOf(value < 0n ? -value : value, 10, spec);
  return pad(digits, spec, sign(value < 0n, spec), spec.precision < 0);
}

function unsigned(value: bigint, spec: Spec): string {
  const bits = BigInt.asUintN(64, value);
  const base = spec.conversion === 'o' ? 8 : spec.conversion === 'u' ? 10 : 16;
  let digits = digitsOf(bits, base, spec);
  let prefix = '';
  if (spec.flags.includes('#')) {
    if (base === 16 && bits !== 0n) prefix = '0x';
    else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
  }
  const text = pad(digits, spec, prefix, spec.precision < 0);
  return spec.conversion === 'X' ? text.toUpperCase() : text;
}

/** As in C, nothing at all for zero with precision zero. */
function digitsOf(value: bigint, base: number, spec: Spec): string {
  if (value === 0n && spec.precision === 0) return '';
  return value.toString(base).padStart(spec.precision, '0');
}

function floating(value: number, spec: Spec): string {
  const kind = spec.conversion.toLowerCase();
  const prefix = sign(value < 0 || Object.is(value, -0), spec);
  const size = Math.abs(value);
  let text: string;
  if (!Number.isFinite(size)) return upper(pad(Number.isNaN(size) ? 'nan' : 'inf', spec, prefix, false), spec);
  const precision = spec.precision < 0 ? 6 : spec.precision;
  const alternate = spec.flags.includes('#');
  if (kind === 'f') text = fixedText(size, precision);
  else if (kind === 'e') text = exponentText(size, precision);
  else if (kind === 'g') text = generalText(size, precision, alternate);
  else text = hexText(size);
  if (alternate && kind !== 'a' && !text.includes('.')) text = text.replace(/(?=e|$)/, '.');
  return upper(pad(text, spec, prefix), spec);
}

function upper(text: string, spec: Spec): string {
  return /[A-Z]/.test(spec.conversion) ? text.toUpperCase() : text;
}

function sign(negative: boolean, spec: Spec): string {
  if (negative) return '-';
  if (spec.flags.includes('+')) return '+';
  return spec.flags.includes(' ') ? ' ' : '';
}

function pad(body: string, spec: Spec, prefix = '', zeros = /[aefg]/i.test(spec.conversion)): string {
  if (spec.flags.includes('-')) return (prefix + body).padEnd(spec.width);
  if (zeros && spec.flags.includes('0')) return prefix + body.padStart(spec.width - prefix.length, '0');
  return (prefix + body).padStart(spec.width);
}

function quoted(L: LuaState, arg: number): string {
  const type = lua.lua_type(L, arg);
  if (type === lua.LUA_TSTRING) return quotedText(textOf(lua.lua_tolstring(L, arg)));
  if (type === lua.LUA_TNUMBER) {
    const value = lua.lua_tonumberx(L, arg) as number;
    if (Number.isSafeInteger(value)) return numberText(value);
    if (Number.isNaN(value)) return '(0/0)';
    if (!Number.isFinite(value)) return value > 0 ? '1e9999' : '-1e9999';
    return (value < 0 ? '-' : '') + hexText(Math.abs(value));
  }
  if (type === lua.LUA_TNIL) return 'nil';
  if (type === lua.LUA_TBOOLEAN) return String(lua.lua_toboolean(L, arg));
  return lauxlib.luaL_argerror(L, arg, literal('value has no literal form'));
}

function quotedText(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const char = text[i] as string;
    if (char === '"' || char === '\\' || char === '\n') out += `\\${char}`;
    else if (code < 32 || code === 127) {
      const followed = /\d/.test(text[i + 1] ?? '');
      out += `\\${followed ? String(code).padStart(3, '0') : code}`;
    } else out += char;
  }
  return `${out}"`;
}
