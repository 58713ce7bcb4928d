/**
 * One directive of string.format applied to a number: flags, width and precision as LuaJIT applies them.
 */
import { formatFixed, formatGeneral, formatScientific } from './decimal.js';
import { formatHexFloat } from './hex-float.js';

/** A parsed directive: `%` flags width `.` precision conversion. */
export interface FormatSpec {
  /** The conversion letter as written, such as `d` or `X`. */
  readonly conversion: string;
  readonly left: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  /** 0 to 99. */
  readonly width: number;
  /** 0 to 99, or -1 where none is given. */
  readonly precision: number;
}

/** Pads a text with spaces to the width of the directive. */
export function padText(text: string, spec: FormatSpec): string {
  if (text.length >= spec.width) return text;
  return spec.left ? text.padEnd(spec.width) : text.padStart(spec.width);
}

/** Joins prefix (sign, `0x`) and digits; zeros go between the two, spaces around both. */
function padNumber(prefix: string, digits: string, spec: FormatSpec, zero: boolean): string {
  const missing = spec.width - prefix.length - digits.length;
  if (missing <= 0) return prefix + digits;
  if (spec.left) return prefix + digits + ' '.repeat(missing);
  if (zero) return prefix + '0'.repeat(missing) + digits;
  return ' '.repeat(missing) + prefix + digits;
}

function signOf(negative: boolean, spec: FormatSpec): string {
  if (negative) return '-';
  if (spec.plus) return '+';
  return spec.space ? ' ' : '';
}

const INT64_LIMIT = 2 ** 63;
const UINT64_RANGE = 2 ** 64;
const INT64_INDEFINITE = -(2n ** 63n);

/** A double cut to a signed 64-bit integer as the x86 instruction does it: out of range gives -2^63. */
function toInt64(n: number): bigint {
  if (n >= -INT64_LIMIT && n < INT64_LIMIT) return BigInt(Math.trunc(n));
  return INT64_INDEFINITE;
}

/** A double or exact integer cut to an unsigned 64-bit integer, wrapping around. */
function toUint64(n: number | bigint): bigint {
  if (typeof n === 'bigint') return BigInt.asUintN(64, n);
  return BigInt.asUintN(64, toInt64(n >= INT64_LIMIT ? n - UINT64_RANGE : n));
}

/** `%d` and `%i`. */
export function formatSigned(n: number | bigint, spec: FormatSpec): string {
  let negative: boolean;
  let digits: string;
  if (typeof n === 'number' && Math.abs(n) < Number.MAX_SAFE_INTEGER) {
    const whole = Math.trunc(n);
    negative = whole < 0;
    digits = `${negative ? -whole : whole + 0}`;
  } else {
    const whole = typeof n === 'bigint' ? n : toInt64(n);
    negative = whole < 0n;
    digits = `${negative ? -whole : whole}`;
  }
  if (spec.precision >= 0) digits = padDigits(digits, spec.precision);
  return padNumber(signOf(negative, spec), digits, spec, spec.zero && spec.precision < 0);
}

function padDigits(digits: string, precision: number): string {
  if (precision === 0 && digits === '0') return '';
  return digits.padStart(precision, '0');
}

/** `%u`, `%o`, `%x` and `%X`: the 64-bit two's complement of a negative number. */
export function formatUnsigned(n: number | bigint, spec: FormatSpec): string {
  const conversion = spec.conversion;
  const base = conversion === 'u' ? 10 : conversion === 'o' ? 8 : 16;
  let digits: string;
  if (typeof n === 'number' && n >= 0 && n < Number.MAX_SAFE_INTEGER) {
    digits = Math.trunc(n).toString(base);
  } else {
    digits = toUint64(n).toString(base);
  }
  let prefix = '';
  const zero = digits === '0';
  if (conversion === 'X') digits = digits.toUpperCase();
  if (spec.alternate && base === 16 && !zero) prefix = `0${conversion}`;
  if (spec.precision >= 0) digits = padDigits(digits, spec.precision);
  if (spec.alternate && base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
  return padNumber(prefix, digits, spec, spec.zero && spec.precision < 0);
}

/** `%a %e %f %g` and their upper-case forms. */
export function formatFloat(n: number, spec: FormatSpec): string {
  const lower = spec.conversion.toLowerCase();
  const upper = lower !== spec.conversion;
  if (!Number.isFinite(n)) {
    const name = Number.isNaN(n) ? 'nan' : 'inf';
    const prefix = Number.isNaN(n) ? (spec.space ? ' ' : '') : signOf(n < 0, spec);
    return padNumber(prefix, upper ? name.toUpperCase() : name, spec, false);
  }
  const negative = n < 0 || (n === 0 && 1 / n < 0);
  const size = negative ? -n : n;
  let prefix = signOf(negative, spec);
  let digits: string;
  if (lower === 'a') {
    prefix += '0x';
    digits = formatHexFloat(size, spec.precision, spec.alternate);
  } else {
    const precision = spec.precision < 0 ? 6 : spec.precision;
    const format = lower === 'f' ? formatFixed : lower === 'e' ? formatScientific : formatGeneral;
    digits = format(size, precision, spec.alternate);
  }
  if (!upper) return padNumber(prefix, digits, spec, spec.zero);
  return padNumber(prefix.toUpperCase(), digits.toUpperCase(), spec, spec.zero);
}
