/**
 * A number as Lua 5.1 writes it (`%.14g`): what `tostring(handler)` gives in LuaJIT, so that a number used as a key finds
 * what its text stored (`lapps.md 6.3`).
 */
export function luaNumberText(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e14) return String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa, exponent] = value.toExponential(13).split('e') as [string, string];
  const power = Number(exponent);
  if (power < -5 || power >= 14) {
    const sign = power < 0 ? '-' : '+';
    return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return withoutZeros(value.toFixed(13 - power));
}

function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
