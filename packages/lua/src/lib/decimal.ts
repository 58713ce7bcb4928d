/**
 * The decimal conversions of C's printf for finite numbers without sign, with exact digits.
 * Ties round away from zero, as LuaJIT 2.1 does (glibc rounds them to even).
 */

/** `%.{precision}e` of a number >= 0; `alternate` keeps the point where no digit follows it. */
export function formatScientific(n: number, precision: number, alternate: boolean): string {
  const text = n.toExponential(precision);
  const at = text.indexOf('e');
  const mantissa = text.slice(0, at);
  const point = alternate && precision === 0 ? '.' : '';
  return mantissa + point + padExponent(text.slice(at));
}

/** `%.{precision}f` of a number >= 0; `alternate` keeps the point where no digit follows it. */
export function formatFixed(n: number, precision: number, alternate: boolean): string {
  const point = alternate && precision === 0 ? '.' : '';
  if (n < 1e21) return n.toFixed(precision) + point;
  const whole = BigInt(n).toString();
  return precision === 0 ? whole + point : `${whole}.${'0'.repeat(precision)}`;
}

/** `%.{precision}g` of a number >= 0; `alternate` keeps the trailing zeros. */
export function formatGeneral(n: number, precision: number, alternate: boolean): string {
  const wanted = precision === 0 ? 1 : precision;
  if (!alternate && n >= 1e-4) {
    // JavaScript agrees with %g on numbers of this size, but for the zeros and for where exponents begin.
    const text = n.toPrecision(wanted);
    if (!text.includes('e')) return trimZeros(text);
  }
  const text = n.toExponential(wanted - 1);
  const at = text.indexOf('e');
  const exponent = Number(text.slice(at + 1));
  if (exponent < -4 || exponent >= wanted) {
    const mantissa = text.slice(0, at);
    const shown = alternate ? mantissa + (wanted === 1 ? '.' : '') : trimZeros(mantissa);
    return shown + padExponent(text.slice(at));
  }
  const digits = wanted === 1 ? text.slice(0, at) : text.charAt(0) + text.slice(2, at);
  const laid = placePoint(digits, exponent);
  return alternate ? laid : trimZeros(laid);
}

/** Puts the point after digit `exponent + 1` of the digits, with zeros before it where needed. */
function placePoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** Drops the zeros (and the point) that `%g` does not print. */
function trimZeros(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  if (text.charCodeAt(end - 1) === 46) end--;
  return text.slice(0, end);
}

/** Pads an exponent such as `e+5` to the two digits C prints. */
function padExponent(exponent: string): string {
  return exponent.length === 3 ? `${exponent.slice(0, 2)}0${exponent.charAt(2)}` : exponent;
}
