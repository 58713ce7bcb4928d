/** The `%a` conversion. */

const scratch = new DataView(new ArrayBuffer(8));

/**
 * Hexadecimal form of a finite number >= 0 without its `0x`: `1.8p+1`. Precision -1 prints as many
 * digits as the value needs; denormal numbers keep the exponent they have when normalised.
 */
export function formatHexFloat(n: number, precision: number, alternate: boolean): string {
  scratch.setFloat64(0, n);
  const bits = scratch.getBigUint64(0);
  let exponent = Number((bits >> 52n) & 0x7ffn) - 1023;
  let fraction = bits & 0xfffffffffffffn;
  let lead = 1n;
  if (exponent === -1023) {
    if (fraction === 0n) {
      lead = 0n;
      exponent = 0;
    } else {
      const shift = 53 - fraction.toString(2).length;
      fraction = (fraction << BigInt(shift)) & 0xfffffffffffffn;
      exponent = -1022 - shift;
    }
  }
  let mantissa = (lead << 52n) | fraction;
  let digits = 13;
  if (precision >= 0 && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    mantissa = (mantissa + (1n << (drop - 1n))) >> drop;
    digits = precision;
  }
  const kept = BigInt(4 * digits);
  const whole = (mantissa >> kept).toString(16);
  let tail = digits === 0 ? '' : (mantissa & ((1n << kept) - 1n)).toString(16).padStart(digits, '0');
  if (precision < 0) tail = tail.replace(/0+$/, '');
  else tail = tail.padEnd(precision, '0');
  const point = tail !== '' || alternate ? '.' : '';
  return `${whole}${point}${tail}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
