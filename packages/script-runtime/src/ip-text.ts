const DECIMAL = Array.from({ length: 256 }, (_, byte) => String(byte));
const DECIMAL_DOT = DECIMAL.map((text) => `${text}.`);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16));
const HEX_TWO_DIGITS = HEX.map((text) => text.padStart(2, '0'));

/** Four bytes at `at` as dotted decimal text. */
export function ipv4Text(bytes: Uint8Array, at = 0): string {
  return DECIMAL_DOT[bytes[at]] + DECIMAL_DOT[bytes[at + 1]] + DECIMAL_DOT[bytes[at + 2]] + DECIMAL[bytes[at + 3]];
}

/**
 * Sixteen bytes at `at` as the text inet_ntop gives (RFC 5952): lower case, no leading zeros, the first longest run of
 * two or more zero groups as `::`, the last four bytes dotted when the address is IPv4-mapped or IPv4-compatible.
 */
export function ipv6Text(bytes: Uint8Array, at = 0): string {
  const run = longestZeroRun(bytes, at);
  const start = run >> 4;
  const length = run & 15;
  const mapped = start === 0 && length === 5 && bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
  const compatible = start === 0 && length === 6;
  if (mapped || compatible) return (mapped ? '::ffff:' : '::') + ipv4Text(bytes, at + 12);
  if (length < 2) return groupsText(bytes, at, 0, 8);
  return `${groupsText(bytes, at, 0, start)}::${groupsText(bytes, at, start + length, 8)}`;
}

/** Groups `from` to `to` (not included) with colons between them. */
function groupsText(bytes: Uint8Array, at: number, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) {
    const high = bytes[at + 2 * i];
    const low = bytes[at + 2 * i + 1];
    const group = high === 0 ? HEX[low] : HEX[high] + HEX_TWO_DIGITS[low];
    text += i === from ? group : `:${group}`;
  }
  return text;
}

/** First longest run of zero groups: its start in the high bits, its length (0..8) in the low four. */
function longestZeroRun(bytes: Uint8Array, at: number): number {
  let best = 0;
  let length = 0;
  for (let i = 0; i < 8; i++) {
    if (bytes[at + 2 * i] !== 0 || bytes[at + 2 * i + 1] !== 0) {
      length = 0;
      continue;
    }
    length++;
    if (length > (best & 15)) best = ((i - length + 1) << 4) | length;
  }
  return best;
}
