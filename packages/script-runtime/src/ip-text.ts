/** Four bytes at `at` as dotted decimal text. */
export function ipv4Text(bytes: Uint8Array, at = 0): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/**
 * Sixteen bytes at `at` as the text inet_ntop gives (RFC 5952): lower case, no leading zeros, the first longest run of
 * two or more zero groups as `::`, the last four bytes dotted when the address is IPv4-mapped or IPv4-compatible.
 */
export function ipv6Text(bytes: Uint8Array, at = 0): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push(((bytes[at + 2 * i] as number) << 8) | (bytes[at + 2 * i + 1] as number));
  const { start, length } = longestZeroRun(groups);
  const mapped = start === 0 && length === 5 && groups[5] === 0xffff;
  const compatible = start === 0 && length === 6;
  if (mapped || compatible) return `${mapped ? '::ffff:' : '::'}${ipv4Text(bytes, at + 12)}`;
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 0 };
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) continue;
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
    i = end;
  }
  return best;
}
