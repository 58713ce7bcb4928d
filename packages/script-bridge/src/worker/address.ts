/**
 * Parses dotted IPv4 as `inet_pton` does: four decimal numbers 0..255, no leading zeros, nothing else.
 * @returns 4 bytes in network order, or undefined
 */
export function parseIpv4(text: string): Uint8Array | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = match[i + 1];
    const value = Number(part);
    if (value > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

/**
 * Parses IPv6 as `inet_pton` does: `::` once, groups of 1 to 4 hex digits, a dotted IPv4 tail; no zone, no brackets.
 * @returns 16 bytes in network order, or undefined
 */
export function parseIpv6(text: string): Uint8Array | undefined {
  let rest = text;
  let tail: Uint8Array | undefined;
  const dot = rest.indexOf('.');
  if (dot >= 0) {
    const colon = rest.lastIndexOf(':');
    tail = parseIpv4(rest.slice(colon + 1));
    if (tail === undefined || colon < 0) return undefined;
    // The tail stands for two groups; keep a `::` in front of it whole.
    rest = rest.endsWith(`::${rest.slice(colon + 1)}`) ? rest.slice(0, colon + 1) : rest.slice(0, colon);
  }
  const halves = rest.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]);
  const back = halves.length === 2 ? groupsOf(halves[1]) : [];
  if (head === undefined || back === undefined) return undefined;
  const room = tail === undefined ? 8 : 6;
  const given = head.length + back.length;
  if (halves.length === 1 ? given !== room : given >= room) return undefined;
  const bytes = new Uint8Array(16);
  const put = (groups: readonly number[], from: number): void => {
    groups.forEach((group, i) => {
      bytes[(from + i) * 2] = group >> 8;
      bytes[(from + i) * 2 + 1] = group & 255;
    });
  };
  put(head, 0);
  put(back, room - back.length);
  if (tail !== undefined) bytes.set(tail, 12);
  return bytes;
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}
