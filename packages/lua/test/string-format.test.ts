import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../src/lib/format-spec.js';
import { numberToString } from '../src/lib/number-text.js';
import { linesOf } from './support/run-lua.js';

function format(...args: string[]): string {
  return linesOf(`print(string.format(${args.join(', ')}))`).join('\n');
}

describe('string.format()', () => {
  // Recorded from LuaJIT 2.1.0-beta3.
  it.each([
    [['"%5d|%-5d|%05d|%+d|% d"', '42', '42', '42', '42', '42'], '   42|42   |00042|+42| 42'],
    [['"%d %d"', '3.7', '-2^63'], '3 -9223372036854775808'],
    [['"%d"', '0/0'], '-9223372036854775808'],
    [['"%u %x"', '-1', '2^63'], '18446744073709551615 8000000000000000'],
    [['"%#x %#o %X"', '255', '8', '255'], '0xff 010 FF'],
    [['"%.0f %.0f %.1f"', '0.5', '2.5', '0.25'], '1 3 0.3'],
    [['"%g %g %g %#g"', '1e20', '1e-5', '100000', '1'], '1e+20 1e-05 100000 1.00000'],
    [['"%a %.3a %A"', '1', '1/3', '0.1'], '0x1p+0 0x1.555p-2 0X1.999999999999AP-4'],
    [['"%5s|%-5s|%.2s"', '"abc"', '"abc"', '"abc"'], '  abc|abc  |ab'],
    [['"%q"', '"a\\n\\0001\\"\\\\"'], '"a\\\n\\0001\\"\\\\"'],
    [['"%5.1f|%+5f|%5g"', '1.25', '1/0', '0/0'], '  1.3| +inf|  nan'],
    [['"%c%5c"', '65', '66'], 'A    B'],
    [['"%%|%s|%s"', 'nil', 'true'], '%|nil|true'],
  ])('string.format(%j) gives %j', (args, text) => {
    expect(format(...args)).toBe(text);
  });

  it('string.format() prints every digit of a huge and of a tiny number', () => {
    expect(format('"%.99f"', '1/3')).toBe(
      '0.333333333333333314829616256247390992939472198486328125000000000000000000000000000000000000000000000',
    );
    expect(format('"%.1f"', '1e300')).toBe(`${BigInt(1e300)}.0`);
  });

  it('string.format() agrees with tostring on %.14g', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (n) => {
        const text = n === Infinity ? '1/0' : n === -Infinity ? '-1/0' : Object.is(n, -0) ? '-0' : `${n}`;
        expect(format('"%.14g"', text)).toBe(numberToString(n));
      }),
      { numRuns: 50, examples: [[-0], [0], [Infinity], [-Infinity]] },
    );
  });

  it.each([
    ['"%y", 1', "invalid option '%y' to 'format'"],
    ['"%", 1', "invalid option '%' to 'format'"],
    ['"%0123d", 1', "invalid option '%0123' to 'format'"],
    ['"%5.", 1', "invalid option '%5.' to 'format'"],
    ['"%d"', "bad argument #2 to 'format' (value expected)"],
    ['"%d", "x"', "bad argument #2 to 'format' (number expected, got string)"],
  ])('string.format(%s) is refused', (args, message) => {
    const [line] = linesOf(`print(select(2, pcall(function() string.format(${args}) end)))`);
    expect(line).toBe(`test:1: ${message}`);
  });
});

describe('parseFormat()', () => {
  it('parseFormat() reads flags, width and precision of two digits each', () => {
    expect(parseFormat('a%-+ #012.34fb').parts).toEqual([
      'a',
      {
        conversion: 'f',
        left: true,
        plus: true,
        space: true,
        alternate: true,
        zero: true,
        width: 12,
        precision: 34,
      },
      'b',
    ]);
  });
});
