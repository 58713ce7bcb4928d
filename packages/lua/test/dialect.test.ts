/** What the dialect adds to Lua 5.1: goto, integer operators, wide integers. */
import { describe, expect, it } from 'vitest';
import { createState } from '../src/index.js';

const run = (source: string, ...args: unknown[]): unknown => {
  const state = createState();
  return state.call(state.load(source, '@t.lua'), ...args);
};

describe('goto', () => {
  it.each([
    [
      'continues a loop',
      'local s = 0 for i = 1, 10 do if i % 2 == 0 then goto next end s = s + i ::next:: end return s',
      25,
    ],
    ['jumps backwards', 'local i = 0 ::again:: i = i + 1 if i < 5 then goto again end return i', 5],
    [
      'leaves nested loops',
      'for i = 1, 9 do for j = 1, 9 do if i * j == 42 then goto out end end end ::out:: return "out"',
      'out',
    ],
    [
      'leaves blocks that closures hold',
      'local f do local x = 1 f = function() x = x + 1 return x end goto done end ::done:: f() return f()',
      3,
    ],
    [
      'makes a new local each time round',
      'local fs = {} do local i = 1 ::top:: local x = i fs[i] = function() return x end i = i + 1 if i <= 3 then goto top end end return fs[1]() + fs[3]()',
      4,
    ],
    ['may jump to the end of a block past a local', 'do goto e local x = 1 ::e:: end return 7', 7],
    ['finds the nearest label of a name', 'do ::l:: end do goto l do ::l:: end ::l:: end return 8', 8],
    ['works in a while condition that is a constant', 'while true do goto out end ::out:: return 9', 9],
    [
      'works inside repeat',
      'local n = 0 repeat n = n + 1 if n < 3 then goto cont end do return n end ::cont:: until false',
      3,
    ],
  ])('goto %s', (_what, source, wanted) => {
    expect(run(source)).toBe(wanted);
  });

  it('goto is a name where no label follows, as in LuaJIT', () => {
    expect(run('local goto = 5 return goto')).toBe(5);
  });
});

describe('integer operators', () => {
  it.each([
    ['7 // 2', 3],
    ['-7 // 2', -4],
    ['7 // -2', -4],
    ['7.5 // 2', 3],
    ['6 & 3', 2],
    ['6 | 3', 7],
    ['6 ~ 3', 5],
    ['~0', -1],
    ['1 << 4', 16],
    ['1 << 40', 2 ** 40],
    ['256 >> 4', 16],
    ['0xffffffff & 0xff00ff00', 0xff00ff00],
    ['2^40 | 1', 2 ** 40 + 1],
    ['"6" & 3', 2],
    ['1 << 64', 0],
    ['1 << -1', 0],
    ['1 | 2 ~ 3 & 4', 1 | (2 ^ (3 & 4))],
  ])('%s', (expression, wanted) => {
    expect(run(`return ${expression}`)).toBe(wanted);
  });

  it.each(['1.5 & 1', '2^70 | 1', '1 << 1.5', '~0.5', '(0/0) & 1', '(1/0) | 1'])(
    '%s is refused: it has no exact result',
    (expression) => {
      expect(() => run(`return ${expression}`)).toThrow(/has no integer representation|number/);
    },
  );

  it.each(['{} & 1', 'nil | 1', '"x" ~ 1', '1 << {}'])('%s is refused', (expression) => {
    expect(() => run(`return ${expression}`)).toThrow(/^t\.lua:1: attempt to perform/);
  });

  it('// by zero is an error at its line', () => {
    expect(() => run('local a, b = ...\nreturn a // b', 1, 0)).toThrow(/^t\.lua:2: attempt to divide by zero$/);
  });

  it('they have metamethods', () => {
    expect(
      run(`local m = setmetatable({}, { __band = function() return "band" end, __shl = function() return "shl" end,
        __idiv = function() return "idiv" end, __bnot = function() return "bnot" end })
        return (m & 1) .. (1 << m) .. (m // 2) .. ~m`),
    ).toBe('bandshlidivbnot');
  });
});

describe('wide integers', () => {
  const wide = 2n ** 63n - 1n;

  it.each([
    ['type(x)', 'number'],
    ['math.type(x)', 'integer'],
    ['tostring(x)', '9223372036854775807'],
    ['x .. ""', '9223372036854775807'],
    ['x == x', true],
    ['x > 1', true],
    ['1 < x', true],
    ['x >= x', true],
    ['x - x', 0],
    ['x - 1 == x', false],
    ['x // 2', 2n ** 62n - 1n],
    ['x & 0xff', 255],
    ['x >> 32', 2 ** 31 - 1],
    ['({ [x] = "found" })[x]', 'found'],
    ['string.format("%d", x)', '9223372036854775807'],
  ])('x = 2^63 - 1: %s', (expression, wanted) => {
    expect(run(`local x = ... return ${expression}`, wide)).toBe(wanted);
  });
});
