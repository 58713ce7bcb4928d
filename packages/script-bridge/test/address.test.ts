import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpv4, parseIpv6 } from '../src/worker/address.js';

describe('parseIpv4()', () => {
  it('takes exactly what inet_pton takes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.stringMatching(/^[0-9.]{0,16}$/)), (text) => {
        const bytes = parseIpv4(text);
        expect(bytes !== undefined).toBe(isIPv4(text));
        if (bytes !== undefined) expect(bytes.join('.')).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseIpv6()', () => {
  it('takes exactly what inet_pton takes', () => {
    const almost = fc.stringMatching(/^[0-9a-f:.]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), almost), (text) => {
        expect(parseIpv6(text) !== undefined).toBe(isIPv6(text));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['64:ff9b::192.0.2.1', '0064ff9b0000000000000000c0000201'],
    ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::192.0.2.1', '000000000000000000000000c0000201'],
  ])('%s is %s', (text, hex) => {
    expect(Buffer.from(parseIpv6(text)!).toString('hex')).toBe(hex);
  });

  it.each([
    '',
    ':',
    ':::',
    '1',
    '1:2',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:8:9',
    '::1%lo',
    '[::1]',
    '1.2.3.4',
    ':1::',
    '::1:',
  ])('%j is none', (text) => {
    expect(parseIpv6(text)).toBeUndefined();
  });
});
