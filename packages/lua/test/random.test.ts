import { describe, expect, it } from 'vitest';
import { LuaRandom } from '../src/lib/random.js';

describe('LuaRandom', () => {
  it('LuaRandom begins with the number LuaJIT begins with', () => {
    expect(Math.floor(new LuaRandom().next() * 4294967296) + 1).toBe(3411090053);
  });

  it('LuaRandom gives LuaJIT’s numbers for a seed', () => {
    const random = new LuaRandom(42);
    expect(random.next()).toBe(0.95607928791821051);
    expect(random.next()).toBe(0.0089557217859255189);
  });

  it('LuaRandom stays within 0 <= n < 1 and starts again with its seed', () => {
    const random = new LuaRandom(7);
    const first = Array.from({ length: 1000 }, () => random.next());
    random.seed(7);
    expect(Array.from({ length: 1000 }, () => random.next())).toEqual(first);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first)).toBeLessThan(1);
  });
});
