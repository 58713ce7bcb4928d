import { describe, expect, it } from 'vitest';
import { compileAcl, plainAddress } from '../src/acl.js';
import { compileOrigins } from '../src/origin.js';

/** lapps.md 2.4 in its sane form: plain CIDR membership, a bare address is one host. */
const CASES: readonly (readonly [exclude: string, address: string, listed: boolean])[] = [
  ['192.168.1.7', '192.168.1.7', true],
  ['192.168.1.7', '192.168.1.8', false],
  ['10.0.0.0', '10.0.0.0', true],
  ['10.0.0.0', '10.0.0.1', false],
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['172.16.0.0/12', '172.31.255.255', true],
  ['172.16.0.0/12', '172.32.0.0', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '::1', false],
  ['1.2.3.4/32', '1.2.3.4', true],
  ['127.0.0.1', '::ffff:127.0.0.1', true],
  ['10.0.0.0/8', '::FFFF:10.1.1.1', true],
  ['::1', '::1', true],
  ['::1', '::2', false],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::', false],
  ['2001:DB8::5', '2001:db8:0:0::5', true],
  ['::/0', 'fe80::1', true],
  ['::/0', '1.2.3.4', false],
  ['::ffff:10.1.2.3', '10.1.2.3', true],
  ['::FFFF:a01:203', '::ffff:10.1.2.3', true],
  ['0:0:0:0:0:ffff:10.1.2.3', '10.1.2.4', false],
  ['::ffff:10.0.0.0/104', '10.200.0.1', true],
  ['::ffff:10.0.0.0/104', '11.0.0.1', false],
  ['::ffff:0:0/96', '8.8.8.8', true],
  ['::ffff:0:0/96', '::1', false],
];

describe('compileAcl()', () => {
  it.each(CASES)('compileAcl() with %s lists %s: %s', (entry, address, listed) => {
    expect(compileAcl({ policy: 'allow', exclude: [entry] })(address)).toBe(!listed);
    expect(compileAcl({ policy: 'deny', exclude: [entry] })(address)).toBe(listed);
  });

  it('compileAcl() tests every entry, networks and hosts in any order', () => {
    const test = compileAcl({ policy: 'deny', exclude: ['200.0.0.0/8', '10.0.0.1', '::1', '10.0.1.0/24'] });
    const admitted = ['200.1.1.1', '10.0.0.1', '::1', '10.0.1.9', '10.0.0.2', '::2'].map(test);
    expect(admitted).toEqual([true, true, true, true, false, false]);
  });

  it('compileAcl() without a list lets in everyone or nobody, peers without address included', () => {
    for (const address of ['1.2.3.4', '::1', '']) {
      expect(compileAcl(undefined)(address)).toBe(true);
      expect(compileAcl({ policy: 'allow' })(address)).toBe(true);
      expect(compileAcl({ policy: 'deny' })(address)).toBe(false);
    }
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
    'localhost',
    '10.0.0.256',
    '1.2.3.4/0x8',
    'fe80::1%eth0',
  ])('compileAcl() refuses the entry "%s"', (entry) => {
    expect(() => compileAcl({ policy: 'allow', exclude: [entry] })).toThrow(
      expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_ACL' }),
    );
  });

  it('compileAcl() refuses other policies and lists that are none', () => {
    for (const acl of [
      { policy: 'maybe' },
      {},
      { policy: 'allow', exclude: '10.0.0.1' },
      { policy: 'deny', exclude: [5] },
    ]) {
      expect(() => compileAcl(acl as never)).toThrow(expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_ACL' }));
    }
  });

  it('plainAddress() makes mapped IPv4 plain and leaves the rest', () => {
    expect(['::ffff:1.2.3.4', '::FFFF:1.2.3.4', '::ffff:1', '1.2.3.4', 'FE80::1', ''].map(plainAddress)).toEqual([
      '1.2.3.4',
      '1.2.3.4',
      '::ffff:1',
      '1.2.3.4',
      'fe80::1',
      '',
    ]);
  });
});

describe('compileOrigins()', () => {
  it.each([
    'example.org',
    'https://example.org/path',
    'https:example.org',
    'https://',
    '*',
    '',
    'https://user@example.org',
  ])('compileOrigins() refuses "%s"', (origin) => {
    expect(() => compileOrigins([origin])).toThrow(expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_ORIGIN' }));
  });

  it('compileOrigins() ignores case and default ports', () => {
    const test = compileOrigins(['HTTPS://Example.org:443', 'http://localhost:8080/']);
    expect(
      ['https://example.org', 'https://EXAMPLE.org', 'http://localhost:8080', 'http://localhost'].map(test),
    ).toEqual([true, true, true, false]);
  });

  it('compileOrigins() of an empty list lets in only requests without Origin', () => {
    const test = compileOrigins([]);
    expect([test(undefined), test('https://example.org'), test('null')]).toEqual([true, false, false]);
  });
});
