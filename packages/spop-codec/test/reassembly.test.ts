import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Reassembler } from '../src/index.js';
import { ascii, concat } from './support/hex.js';

describe('Reassembler', () => {
  test('Reassembler joins parts in their order and is idle again', () => {
    const r = new Reassembler();
    expect(r.begin(0, 1, ascii('xabx'), 1, 3)).toBe(true);
    expect(r.append(ascii('c'), 0, 1)).toBe(true);
    expect(r.append(ascii(''), 0, 0)).toBe(true);
    expect(r.byteLength).toBe(3);
    expect(r.finish()).toEqual(ascii('abc'));
    expect(r.state).toBe('idle');
    expect(r.byteLength).toBe(0);
  });

  test('Reassembler copies what it is given and does not touch what it handed over', () => {
    const r = new Reassembler();
    const source = ascii('abc');
    r.begin(1, 1, source, 0, 3);
    source.fill(0);
    const first = r.finish();
    r.begin(2, 1, ascii('zzz'), 0, 3);
    expect(first).toEqual(ascii('abc'));
  });

  test.each([
    [9, true],
    [10, true],
    [11, false],
  ])('Reassembler with a limit of 10 bytes takes %i: %s', (length, taken) => {
    const r = new Reassembler(10);
    r.begin(1, 1, new Uint8Array(4), 0, 4);
    expect(r.append(new Uint8Array(length), 0, length - 4)).toBe(taken);
    expect(r.state).toBe(taken ? 'collecting' : 'discarding');
    if (!taken) expect(r.byteLength).toBe(0);
  });

  test('Reassembler refuses a first part over the limit', () => {
    const r = new Reassembler(3);
    expect(r.begin(1, 1, new Uint8Array(4), 0, 4)).toBe(false);
    expect(r.owns(1, 1)).toBe(true);
    r.drop();
    expect(r.owns(1, 1)).toBe(false);
  });

  test('Reassembler tells ids apart, numbers and bigints included', () => {
    const r = new Reassembler();
    r.begin(2n ** 60n, 1, new Uint8Array(0), 0, 0);
    expect(r.owns(2n ** 60n, 1)).toBe(true);
    expect(r.owns(2n ** 60n + 1n, 1)).toBe(false);
    expect(r.owns(2n ** 60n, 2)).toBe(false);
  });

  test('Reassembler gives back any parts whole, within any limit', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 5000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.nat(20_000), (chunks, limit) => {
        const r = new Reassembler(limit);
        let ok = r.begin(7, 1, chunks[0]!, 0, chunks[0]!.length);
        for (const chunk of chunks.slice(1)) ok = ok && r.append(chunk, 0, chunk.length);
        const whole = concat(...chunks);
        expect(ok).toBe(whole.length <= limit);
        if (ok) expect(r.finish()).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });
});
