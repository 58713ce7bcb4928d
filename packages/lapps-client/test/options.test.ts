import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff, DEFAULT_RECONNECT } from '../src/options.js';

describe('backoff()', () => {
  it('backoff() doubles up to the highest delay', () => {
    const none = () => 0;
    expect([0, 1, 2, 5, 6, 100].map((attempt) => backoff(DEFAULT_RECONNECT, attempt, none))).toEqual([
      500, 1000, 2000, 16_000, 30_000, 30_000,
    ]);
  });

  it('backoff() takes off at most half', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const full = backoff(DEFAULT_RECONNECT, attempt, () => 0);
        const cut = backoff(DEFAULT_RECONNECT, attempt, () => random);
        expect(cut).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(cut).toBeLessThanOrEqual(full);
      }),
    );
  });
});
