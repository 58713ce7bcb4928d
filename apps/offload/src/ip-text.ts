import { isIPv4, isIPv6 } from 'node:net';

/** The 4 bytes of a dotted IPv4 address, network order; undefined when the text is none. */
export function parseIpv4(text: string): Uint8Array | undefined {
  return isIPv4(text) ? Uint8Array.from(text.split('.'), Number) : undefined;
}

/** The 16 bytes of an IPv6 address, network order; undefined when the text is none. Zones (`%eth0`) are refused. */
export function parseIpv6(text: string): Uint8Array | undefined {
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const [head, tail] = canonicalIpv6(text)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...(head ?? [])];
  if (tail !== undefined) groups.push(...Array<string>(8 - groups.length - tail.length).fill('0'), ...tail);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  groups.forEach((group, i) => {
    view.setUint16(i * 2, Number.parseInt(group, 16));
  });
  return bytes;
}

/** 4 bytes as a dotted address. */
export function formatIpv4(bytes: Uint8Array): string {
  return bytes.join('.');
}

/** 16 bytes as the shortest form of an address (RFC 5952). */
export function formatIpv6(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(i * 2).toString(16));
  return canonicalIpv6(groups.join(':'));
}

/** The URL parser of the platform knows every form of address and writes the shortest one, without dots. */
function canonicalIpv6(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}
