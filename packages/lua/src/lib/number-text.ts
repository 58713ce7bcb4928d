/** Numbers as text and text as numbers, the LuaJIT way. */

/** `%.14g` of a double; the digits of a 64-bit integer. */
export function numberToString(n: number | bigint): string {
  if (typeof n === 'bigint') return n.toString();
  if (Number.isInteger(n) && Math.abs(n) < 1e14) return n === 0 && 1 / n < 0 ? '-0' : String(n);
  if (n !== n) return 'nan';
  if (n === Infinity) return 'inf';
  if (n === -Infinity) return '-inf';
  return formatG14(n);
}

function formatG14(n: number): string {
  const [mantissa, exp] = n.toExponential(13).split('e') as [string, string];
  const e = Number(exp);
  if (e < -5 || e >= 14) {
    const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${digits}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
  }
  const text = n.toFixed(Math.max(0, 13 - e));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Text to number by Lua's rules (surrounding space, decimal, hexadecimal, hex floats); undefined when it is none. */
export function stringToNumber(text: string): number | bigint | undefined {
  const s = text.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(s)) return Number(s);
  if (/^[+-]?0x[0-9a-f]+$/i.test(s)) return s[0] === '-' ? -Number(s.slice(1)) : Number(s.replace(/^\+/, ''));
  return undefined;
}
