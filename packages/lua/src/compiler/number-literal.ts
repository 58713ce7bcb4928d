/** Numeric literals: decimal, hexadecimal (with fraction and exponent), binary. */

const HEX_FLOAT = /^0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?$/;
const DECIMAL = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Value of a literal as the lexer cut it out, undefined when it is malformed. */
export function parseNumberLiteral(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  if (/^0[bB][01]+$/.test(text)) return Number(BigInt(text));
  return parseHex(text);
}

/** Value of a hexadecimal number, with fraction and binary exponent; undefined when it is malformed. */
export function parseHex(text: string): number | undefined {
  const m = HEX_FLOAT.exec(text);
  if (m === null) return undefined;
  const whole = m[1] ?? '';
  const fraction = m[2] ?? '';
  if (whole.length + fraction.length === 0) return undefined;
  // A BigInt holds all digits, so that rounding happens once, in the conversion to a double.
  const digits = BigInt(`0x${whole}${fraction}`);
  const exponent = Number(m[3] ?? 0) - 4 * fraction.length;
  return scaleByPowerOf2(digits, exponent);
}

function scaleByPowerOf2(digits: bigint, exponent: number): number {
  if (digits === 0n) return 0;
  if (exponent >= 0) return exponent > 1100 ? Number.POSITIVE_INFINITY : Number(digits << BigInt(exponent));
  const bits = digits.toString(2).length;
  // Normal range: the division by a power of two is exact after one rounding to 53 bits.
  if (bits + exponent > -1022)
    return Number(digits) * 2 ** Math.max(exponent, -1074) * 2 ** Math.min(0, exponent + 1074);
  const shift = -1074 - exponent;
  if (shift > bits + 1) return 0;
  return Number(roundedShift(digits, BigInt(shift))) * 2 ** -1074;
}

/** `n >> by`, rounded to nearest, ties to even. */
function roundedShift(n: bigint, by: bigint): bigint {
  if (by <= 0n) return n << -by;
  const quotient = n >> by;
  const rest = n - (quotient << by);
  const half = 1n << (by - 1n);
  return rest > half || (rest === half && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

/** What is wrong with a text that is none. */
export function numberFault(text: string): string {
  if (!/^(0x[0-9a-f]+|\d+)(u?ll|i)$/i.test(text)) return 'malformed number';
  return /i$/i.test(text) ? 'complex numbers are not supported' : '64-bit integer literals are not supported';
}
