/** Traversals: fields cleared on the way, large tables, keys of every kind. */
import { describe, expect, it } from 'vitest';
import { createState } from '../src/index.js';

const run = (source: string, ...args: unknown[]): unknown => {
  const state = createState();
  return state.call(state.load(source, '@t.lua'), ...args);
};

const LOOPS = [
  ['pairs()', 'for k, v in pairs(t) do'],
  ['next()', 'for k, v in next, t do'],
] as const;

describe.each(LOOPS)('%s', (_name, loop) => {
  it.each([10, 100, 1000, 10_000])('visits each of %i names once while all are cleared', (n) => {
    expect(
      run(
        `local n = ... local t, seen, sum = {}, 0, 0
        for i = 1, n do t["k" .. i] = i end
        ${loop} seen = seen + 1 sum = sum + v t[k] = nil end
        return seen == n and sum == n * (n + 1) / 2 and next(t) == nil`,
        n,
      ),
    ).toBe(true);
  });

  it.each([10, 1000])('visits %i numbers out of order once, also those that became elements', (n) => {
    expect(
      run(
        `local n = ... local t, seen = {}, 0
        for i = n, 1, -1 do t[i * 3] = i end
        for i = 1, n do t[i] = t[i] or true end
        local wanted = {} for i = 1, n do wanted[i] = true wanted[i * 3] = true end
        ${loop} seen = seen + 1 wanted[k] = nil end
        return next(wanted) == nil and #t >= n`,
        n,
      ),
    ).toBe(true);
  });

  it('sees values that were changed on the way', () => {
    expect(
      run(`local t, sum = {}, 0
        for i = 1, 300 do t["k" .. i] = 1 end
        local first = true
        ${loop} if first then first = false for i = 1, 300 do t["k" .. i] = 2 end else sum = sum + v end end
        return sum`),
    ).toBe(598);
  });

  it('finds keys of every kind', () => {
    expect(
      run(`local t = { 1, 2, [0] = 0, [-1] = 1, [1.5] = 1, x = 1, __proto__ = 1, constructor = 1, [true] = 1, [print] = 1 }
        local n = 0 ${loop} n = n + 1 end return n`),
    ).toBe(10);
  });
});

describe('next()', () => {
  it('refuses a key that is none', () => {
    expect(() => run('next({}, "none")')).toThrow(/invalid key to 'next'/);
  });

  it('goes on from any key, also a cleared one', () => {
    expect(
      run(`local t = { a = 1, b = 2, c = 3 }
        local first = next(t) t[first] = nil
        local n, k = 0, first
        repeat k = next(t, k) if k then n = n + 1 end until not k
        return n`),
    ).toBe(2);
  });
});
