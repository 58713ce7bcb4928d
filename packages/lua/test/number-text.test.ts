import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberToString, stringToInteger, stringToNumber } from '../src/lib/number-text.js';

describe('numberToString()', () => {
  // Recorded from LuaJIT 2.1.0-beta3.
  it.each<[number, string]>([
    [0, '0'],
    [-0, '-0'],
    [Number.NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [1e14, '1e+14'],
    [99999999999999, '99999999999999'],
    [99999999999999.9, '1e+14'],
    [123456789012345, '1.2345678901235e+14'],
    [1234567890123.25, '1234567890123.3'],
    [0.1, '0.1'],
    [1 / 3, '0.33333333333333'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [0.00012345678901234567, '0.00012345678901235'],
    [2 ** 53, '9.007199254741e+15'],
    [5e-324, '4.9406564584125e-324'],
    [1e100, '1e+100'],
  ])('numberToString(%s) gives %s', (n, text) => {
    expect(numberToString(n)).toBe(text);
  });

  it('numberToString() gives all digits of a 64-bit integer', () => {
    expect(numberToString(-9223372036854775808n)).toBe('-9223372036854775808');
  });

  it('numberToString() loses nothing that 14 digits can hold', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        expect(stringToNumber(numberToString(n))).toBe(n === 0 ? n : Number(n.toPrecision(14)));
      }),
    );
  });
});

describe('stringToNumber()', () => {
  it.each<[string, number | undefined]>([
    ['10', 10],
    ['  12  ', 12],
    ['\v1\f\n\r', 1],
    ['0x10', 16],
    ['-0xA', -10],
    ['0x.8p1', 1],
    ['0x1p-4', 0.0625],
    ['0x1fffffffffffff8000000001', 9.9035203142830422e27],
    ['0x80000000000004000000000000', 1.0141204801825835e31],
    ['0x80000000000004000000000001', 1.0141204801825837e31],
    ['0x1.8p-1075', 5e-324],
    ['0x1p1024', Infinity],
    ['0b101', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e400', Infinity],
    ['1e1048575', Infinity],
    ['1e1048576', undefined],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['nan', Number.NaN],
    ['', undefined],
    [' ', undefined],
    ['0x', undefined],
    ['0b12', undefined],
    ['1e', undefined],
    ['1_000', undefined],
    ['- 1', undefined],
    ['1\0', undefined],
    ['\u00a01', undefined],
    ['1LL', undefined],
    ['infinit', undefined],
  ])('stringToNumber(%j) gives %s', (text, n) => {
    expect(stringToNumber(text)).toBe(n);
  });
});

describe('stringToInteger()', () => {
  it.each<[string, number, number | undefined]>([
    ['ff', 16, 255],
    ['0xFF', 16, 255],
    ['zz', 36, 1295],
    ['-ff', 16, -255],
    [' 11 ', 2, 3],
    ['8', 8, undefined],
    ['', 16, undefined],
    ['- 1', 16, undefined],
    ['1\0x', 16, 1],
    ['ffffffffffffffffff', 16, 2 ** 64],
  ])('stringToInteger(%j, %d) gives %s', (text, base, n) => {
    expect(stringToInteger(text, base)).toBe(n);
  });
});
