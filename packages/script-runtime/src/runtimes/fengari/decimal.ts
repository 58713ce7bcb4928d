/**
 * Doubles as decimal text the way C's printf gives it: exact, halves to even. JavaScript's own `toFixed` and
 * `toPrecision` round halves up and stop at 100 digits.
 */

const view = new DataView(new ArrayBuffer(8));

/** |x| * 10^places, rounded to an integer, halves to even. `x` is finite. */
function scaled(x: number, places: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponentBits = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = exponentBits === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  const exponent = Math.max(exponentBits, 1) - 1075;
  let numerator = exponent > 0 ? mantissa << BigInt(exponent) : mantissa;
  let denominator = exponent < 0 ? 1n << BigInt(-exponent) : 1n;
  if (places > 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** Digits of |x| rounded to `count` significant ones, and the decimal exponent of the first. */
function significant(x: number, count: number): { digits: string; exponent: number } {
  if (x === 0) return { digits: '0'.repeat(count), exponent: 0 };
  const shortest = x.toExponential();
  let exponent = Number(shortest.slice(shortest.indexOf('e') + 1));
  let digits = scaled(x, count - 1 - exponent).toString();
  if (digits.length > count) {
    digits = digits.slice(0, count);
    exponent++;
  }
  return { digits, exponent };
}

/** `%.{places}f` of |x|, without sign. `x` is finite. */
export function fixedText(x: number, places: number): string {
  const digits = scaled(x, places)
    .toString()
    .padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** `%.{places}e` of |x|, without sign. `x` is finite. */
export function exponentText(x: number, places: number): string {
  const { digits, exponent } = significant(x, places + 1);
  return withExponent(places === 0 ? digits : `${digits[0]}.${digits.slice(1)}`, exponent);
}

/** `%.{precision}g` of |x|, without sign; `keepZeros` is the flag `#`. `x` is finite. */
export function generalText(x: number, precision: number, keepZeros = false): string {
  const count = Math.max(precision, 1);
  const { digits, exponent } = significant(x, count);
  const scientific = exponent < -4 || exponent >= count;
  let text: string;
  if (scientific) text = count === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  else text = fixedText(x, count - 1 - exponent);
  if (!keepZeros && text.includes('.')) text = text.replace(/\.?0+$/, '');
  return scientific ? withExponent(text, exponent) : text;
}

/** `%a` of |x|, without sign. `x` is finite. */
export function hexText(x: number): string {
  if (x === 0) return '0x0p+0';
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponentBits = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, '0').replace(/0+$/, '');
  const exponent = Math.max(exponentBits, 1) - 1023;
  const point = fraction === '' ? '' : `.${fraction}`;
  return `0x${exponentBits === 0 ? 0 : 1}${point}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function withExponent(text: string, exponent: number): string {
  return `${text}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/**
 * A number as Lua's `tostring` gives it here. Without a fraction and within +-(2^53 - 1): all digits and no `.0`, since
 * integers of the host arrive as doubles. Otherwise `%.14g`.
 */
export function numberText(x: number): string {
  if (Number.isSafeInteger(x)) return Object.is(x, -0) ? '-0' : String(x);
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf';
  return (x < 0 ? '-' : '') + generalText(x, 14);
}
