import { BlockList, isIP } from 'node:net';
import { LappsServerError } from './errors.js';

/** `allow` lets everyone in except the list, `deny` nobody except the list (`lapps.md 2.4`). */
export interface Acl {
  readonly policy: 'allow' | 'deny';
  /** IPv4 or IPv6, each a bare address (`10.0.0.0` is that one host) or CIDR (`10.0.0.0/8`, `2001:db8::/32`). */
  readonly exclude?: readonly string[];
}

/** Whether a peer's address may come in. */
export type AddressTest = (address: string) => boolean;

const refuse = (what: string): never => {
  throw new LappsServerError('LAPPS_SERVER_ERR_BAD_ACL', `Cannot use ACL: ${what}`);
};

/** IPv4 peers of a dual-stack listener come as `::ffff:a.b.c.d`; they are IPv4 to everyone else. */
export const plainAddress = (address: string): string => {
  const lower = address.toLowerCase();
  return lower.startsWith('::ffff:') && isIP(lower.slice(7)) === 4 ? lower.slice(7) : lower;
};

/** One list per family: Node's `::/0` would take in all of IPv4 as mapped addresses. */
interface Lists {
  readonly 4: BlockList;
  readonly 6: BlockList;
}

const addEntry = (lists: Lists, entry: string): void => {
  const [address = '', prefix, ...rest] = String(entry).split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) refuse(`"${entry}" is not an address or CIDR`);
  const width = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (bits < 0 || bits > width) refuse(`"${entry}" has no usable prefix length`);
  const mapped = version === 6 && bits >= 96 ? mappedIpv4(address) : undefined;
  if (mapped !== undefined) lists[4].addSubnet(mapped, bits - 96, 'ipv4');
  else lists[version as 4 | 6].addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
};

/** The IPv4 address inside of a mapped one in any spelling, as peers are tested; undefined for any other. */
const mappedIpv4 = (address: string): string | undefined => {
  const words = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${address}]`).hostname);
  if (words === null) return undefined;
  const [high = 0, low = 0] = words.slice(1).map((word) => Number.parseInt(word, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
};

/**
 * Compiles an ACL into a test. A mapped IPv4 address (`::ffff:a.b.c.d`) is tested as IPv4; an address that is none (a unix
 * socket's peer) is let in by `allow` only.
 *
 * @throws LappsServerError `LAPPS_SERVER_ERR_BAD_ACL`
 */
export const compileAcl = (acl: Acl | undefined): AddressTest => {
  if (acl === undefined) return () => true;
  const { policy, exclude = [] } = acl;
  if (policy !== 'allow' && policy !== 'deny') refuse(`policy "${String(policy)}" is neither allow nor deny`);
  if (!Array.isArray(exclude)) refuse('exclude is not a list');
  const lists: Lists = { 4: new BlockList(), 6: new BlockList() };
  for (const entry of exclude) addEntry(lists, entry);
  return (address) => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    const listed = version !== 0 && lists[version as 4 | 6].check(plain, version === 4 ? 'ipv4' : 'ipv6');
    return listed === (policy === 'deny');
  };
};
