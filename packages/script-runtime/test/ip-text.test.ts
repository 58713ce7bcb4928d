import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4Text, ipv6Text } from '../src/ip-text.js';

/** Addresses as groups, and what glibc's inet_ntop prints for them. */
const GLIBC: readonly (readonly [string, string])[] = [
  ['0 0 0 0 0 0 0 0', '::'],
  ['0 0 0 0 0 0 0 1', '::1'],
  ['0 0 0 0 0 0 0 ffff', '::ffff'],
  ['0 0 0 0 0 0 1 0', '::0.1.0.0'],
  ['0 0 0 0 0 0 102 304', '::1.2.3.4'],
  ['0 0 0 0 0 ffff 102 304', '::ffff:1.2.3.4'],
  ['0 0 0 0 0 fffe 102 304', '::fffe:102:304'],
  ['0 0 0 0 ffff 0 102 304', '::ffff:0:102:304'],
  ['1 0 0 0 0 0 0 0', '1::'],
  ['64 ff9b 0 0 0 0 102 304', '64:ff9b::102:304'],
  ['1 0 0 2 0 0 0 3', '1:0:0:2::3'],
  ['1 0 0 2 3 0 0 4', '1::2:3:0:0:4'],
  ['1 0 2 3 4 5 6 7', '1:0:2:3:4:5:6:7'],
  ['0 0 1 0 0 0 0 0', '0:0:1::'],
  ['2001 db8 a b c d e f', '2001:db8:a:b:c:d:e:f'],
];

const bytesOf = (groups: string): Uint8Array =>
  Uint8Array.from(groups.split(' ').flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16)]));

describe('ipv4Text', () => {
  it('ipv4Text() prints four bytes from where it is told', () => {
    expect(ipv4Text(Uint8Array.of(9, 10, 0, 255, 1), 1)).toBe('10.0.255.1');
  });
});

describe('ipv6Text', () => {
  it.each(GLIBC)('ipv6Text() prints %s as %s', (groups, text) => {
    expect(ipv6Text(bytesOf(groups))).toBe(text);
  });

  it('ipv6Text() prints addresses, one text for each', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const hex = groups.map((group) => group.toString(16)).join(' ');
        const text = ipv6Text(bytesOf(hex));
        expect(isIPv6(text)).toBe(true);
        expect(seen.get(text) ?? hex).toBe(hex);
        seen.set(text, hex);
        const embedded = /[\d.]+$/.exec(text)?.[0] ?? '';
        if (embedded.includes('.')) expect(isIPv4(embedded)).toBe(true);
      }),
    );
  });
});
