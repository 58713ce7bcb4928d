/** Numbers as text and text as numbers, as LuaJIT 2.1 writes and reads them. */
import { formatGeneral } from './decimal.js';

/**
 * Text of a number as `tostring` gives it (`%.14g`): `1`, `-0`, `0.1`, `1e+15`, `inf`, `-inf`, `nan`; the digits of a
 * 64-bit integer.
 */
export function numberToString(n: number | bigint): string {
  if (typeof n !== 'number') return n.toString();
  if ((n | 0) === n && (n !== 0 || 1 / n > 0)) return `${n}`;
  return formatUnusual(n);
}

function formatUnusual(n: number): string {
  if (Number.isNaN(n)) return 'nan';
  const size = n < 0 ? -n : n;
  if (size >= 1e-4 && size < 1e14) {
    const scaled = n * 1024;
    if (Math.floor(scaled) === scaled) {
      // Few binary digits, for which rounding to 14 decimal ones is slow in V8. The shortest text is right where it
      // has no more than 13 digits, a point and perhaps a leading zero or sign.
      const shortest = `${n}`;
      if (shortest.length <= 15) return shortest;
    }
  }
  if (size === Infinity) return n < 0 ? '-inf' : 'inf';
  const text = formatGeneral(size, 14, false);
  return n < 0 || (n === 0 && 1 / n < 0) ? `-${text}` : text;
}

const DECIMAL = /^[ \t-\r]*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?([0-9]+))?[ \t-\r]*$/;
const HEX = /^[ \t-\r]*([-+]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([-+]?)([0-9]+))?[ \t-\r]*$/;
const BINARY = /^[ \t-\r]*([-+]?)0[bB]([01]+)[ \t-\r]*$/;
const NAMED = /^[ \t-\r]*([-+]?)(?:(inf(?:inity)?)|nan)[ \t-\r]*$/i;

/**
 * The number a text stands for, or undefined: what `tonumber(text)` and arithmetic on strings use.
 * Accepts decimal, hexadecimal (with fraction and `p` exponent), binary (`0b1`), `inf` and `nan`,
 * with white space around it.
 */
export function stringToNumber(text: string): number | undefined {
  const length = text.length;
  if (length === 0) return undefined;
  if (length < 10) {
    let value = 0;
    let at = 0;
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === length) return value;
  }
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return exponentFits(decimal[1]) ? Number(text) : undefined;
  return parseUnusual(text);
}

function parseUnusual(text: string): number | undefined {
  const hex = HEX.exec(text);
  if (hex !== null) {
    const fraction = hex[3] ?? '';
    const digits = hex[2] + fraction;
    if (digits === '' || !exponentFits(hex[5])) return undefined;
    const value = scaleHex(digits, Number(`${hex[4] ?? ''}${hex[5] ?? '0'}`) - 4 * fraction.length);
    return hex[1] === '-' ? -value : value;
  }
  const binary = BINARY.exec(text);
  if (binary !== null) {
    const value = Number(`0b${binary[2]}`);
    return binary[1] === '-' ? -value : value;
  }
  const named = NAMED.exec(text);
  if (named === null) return undefined;
  if (named[2] === undefined) return Number.NaN;
  return named[1] === '-' ? -Infinity : Infinity;
}

/** LuaJIT refuses an exponent of 2^20 or more, whatever its sign. */
function exponentFits(digits: string | undefined): boolean {
  return digits === undefined || Number(digits) < 1048576;
}

/** `digits` (hexadecimal) times 2^exponent, rounded once, half to even. */
function scaleHex(digits: string, exponent: number): number {
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return 0;
  if (significant.length <= 13 && exponent > -900 && exponent < 900) {
    return Number.parseInt(significant, 16) * 2 ** exponent;
  }
  let mantissa = BigInt(`0x${significant}`);
  let shift = exponent;
  const bits = mantissa.toString(2).length;
  if (bits + shift > 1024) return Infinity;
  if (bits + shift < -1080) return 0;
  // The last bit kept is that of a double, or of a denormal where the value is that small.
  const drop = Math.max(bits - 53, -1074 - shift);
  if (drop > 0) {
    const kept = BigInt(drop);
    const half = 1n << (kept - 1n);
    const rest = mantissa & ((1n << kept) - 1n);
    mantissa >>= kept;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    shift += drop;
  }
  // Two steps, because 2 ** -1074 times a factor may be needed without going through infinity or zero.
  const first = Math.trunc(shift / 2);
  return Number(mantissa) * 2 ** first * 2 ** (shift - first);
}

const SPACE_SIGN = /^[ \t-\r]*([-+]?)/;
const TAIL_SPACE = /^[ \t-\r]*$/;
const MAX_UINT64 = 18446744073709551615n;

/**
 * `tonumber(text, base)` for a base of 2 to 36 other than 10: C's `strtoul` with a sign before it,
 * which saturates at 2^64-1 and stops at a NUL byte.
 */
export function stringToInteger(text: string, base: number): number | undefined {
  const nul = text.indexOf('\0');
  const source = nul < 0 ? text : text.slice(0, nul);
  const head = SPACE_SIGN.exec(source);
  let at = head === null ? 0 : head[0].length;
  if (base === 16 && /^0[xX][0-9a-fA-F]/.test(source.slice(at, at + 3))) at += 2;
  const start = at;
  let value = 0;
  for (; at < source.length; at++) {
    const digit = digitValue(source.charCodeAt(at));
    if (digit >= base) break;
    value = value * base + digit;
  }
  if (at === start || !TAIL_SPACE.test(source.slice(at))) return undefined;
  if (value > Number.MAX_SAFE_INTEGER) value = parseLarge(source.slice(start, at), base);
  return head?.[1] === '-' ? -value : value;
}

function digitValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? lower - 87 : 99;
}

function parseLarge(digits: string, base: number): number {
  let value = 0n;
  for (let at = 0; at < digits.length && value <= MAX_UINT64; at++) {
    value = value * BigInt(base) + BigInt(digitValue(digits.charCodeAt(at)));
  }
  return Number(value > MAX_UINT64 ? MAX_UINT64 : value);
}
