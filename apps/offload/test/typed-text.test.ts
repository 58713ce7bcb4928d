import type { TypedData } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import { parseArgument, valueJson, valueText } from '../src/typed-text.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('parseArgument()', () => {
  test.each<[string, string, TypedData]>([
    ['n=null', 'n', { type: 'null' }],
    ['t=bool:true', 't', { type: 'bool', value: true }],
    ['f=bool:false', 'f', { type: 'bool', value: false }],
    ['i=int32:-2147483648', 'i', { type: 'int32', value: -2_147_483_648 }],
    ['u=uint32:4294967295', 'u', { type: 'uint32', value: 4_294_967_295 }],
    ['i=int64:-9223372036854775808', 'i', { type: 'int64', value: -(2n ** 63n) }],
    ['i=int64:-5', 'i', { type: 'int64', value: -5 }],
    ['u=uint64:18446744073709551615', 'u', { type: 'uint64', value: 2n ** 64n - 1n }],
    ['a=ipv4:192.0.2.1', 'a', { type: 'ipv4', value: bytes(192, 0, 2, 1) }],
    ['a=ipv6:::1', 'a', { type: 'ipv6', value: bytes(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) }],
    ['a=ipv6:::', 'a', { type: 'ipv6', value: new Uint8Array(16) }],
    [
      'a=ipv6:2001:db8::192.0.2.1',
      'a',
      { type: 'ipv6', value: bytes(32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1) },
    ],
    ['s=str:', 's', { type: 'string', value: Buffer.from('') }],
    ['s=str:a=b:c\nd', 's', { type: 'string', value: Buffer.from('a=b:c\nd') }],
    ['b=bin:00fF', 'b', { type: 'binary', value: Buffer.from([0, 255]) }],
    ['=str:x', '', { type: 'string', value: Buffer.from('x') }],
  ])('parseArgument() reads %j', (text, name, value) => {
    expect(parseArgument(text)).toEqual({ name, value });
  });

  test('parseArgument() turns a name into one character per byte', () => {
    expect(parseArgument('ä=null')).toEqual({ name: 'Ã¤', value: { type: 'null' } });
  });

  test.each([
    ['src', 'expected name=type:value'],
    ['src=192.0.2.1', 'expected name=type:value'],
    ['src=ip:192.0.2.1', 'expected name=type:value'],
    ['src=toString:1', 'expected name=type:value'],
    ['n=null:1', 'expected nothing after "null"'],
    ['t=bool', 'expected true or false'],
    ['t=bool:yes', 'expected true or false'],
    ['i=int32:2147483648', 'expected a whole number from -2147483648'],
    ['i=int32:1.5', 'expected a whole number'],
    ['u=uint64:-1', 'expected a whole number from 0'],
    ['u=uint64:18446744073709551616', 'expected a whole number from 0'],
    ['a=ipv4:1.2.3', 'expected an IPv4 address'],
    ['a=ipv4:010.1.1.1', 'expected an IPv4 address'],
    ['a=ipv6:fe80::1%eth0', 'expected an IPv6 address'],
    ['a=ipv6:1.2.3.4', 'expected an IPv6 address'],
    ['b=bin:abc', 'expected an even number of hex digits'],
  ])('parseArgument() refuses %s', (text, fault) => {
    expect(parseArgument(text)).toContain(fault);
  });
});

describe('valueText()', () => {
  test.each<[TypedData, string]>([
    [{ type: 'null' }, ''],
    [{ type: 'bool', value: true }, 'true'],
    [{ type: 'uint64', value: 2n ** 64n - 1n }, '18446744073709551615'],
    [{ type: 'ipv4', value: bytes(127, 0, 0, 1) }, '127.0.0.1'],
    [{ type: 'ipv6', value: bytes(32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) }, '2001:db8::1'],
    [{ type: 'string', value: Buffer.from('grün') }, 'grün'],
    [{ type: 'binary', value: bytes(0, 255) }, '00ff'],
  ])('valueText() writes %s as %s', (data, text) => {
    expect(valueText(data)).toBe(text);
  });

  test('valueText() keeps what a peer sent from steering the terminal', () => {
    expect(valueText({ type: 'string', value: Buffer.from('a\u001b[31mb\nc\u202ed') })).toBe(
      String.raw`a\x1b[31mb\x0ac\xe2\x80\xaed`,
    );
    expect(valueText({ type: 'string', value: bytes(65, 0xff, 10) })).toBe(String.raw`A\xff\x0a`);
  });
});

describe('valueJson()', () => {
  test('valueJson() never rounds and never invents characters', () => {
    expect(valueJson({ type: 'int64', value: 2 ** 53 - 1 })).toEqual({ value: 2 ** 53 - 1 });
    expect(valueJson({ type: 'int64', value: 2n ** 53n })).toEqual({ value: '9007199254740992' });
    expect(valueJson({ type: 'string', value: Buffer.from('ä') })).toEqual({ value: 'ä' });
    expect(valueJson({ type: 'string', value: bytes(0xff) })).toEqual({ hex: 'ff' });
    expect(valueJson({ type: 'binary', value: bytes(65) })).toEqual({ hex: '41' });
    expect(valueJson({ type: 'null' })).toEqual({ value: null });
  });
});
