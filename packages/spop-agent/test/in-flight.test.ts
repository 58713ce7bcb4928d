import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InFlight } from '../src/in-flight.js';

const id = fc.oneof(
  fc.nat(3),
  fc.constantFrom(0xffff, 0x1_0000, 2 ** 37 - 2, 2 ** 37, Number.MAX_SAFE_INTEGER),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
);

describe('InFlight', () => {
  test('InFlight agrees with a list of pairs on any sequence of calls', () => {
    const step = fc.tuple(fc.boolean(), id, id);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inFlight = new InFlight();
        const pairs: string[] = [];
        for (const [adding, streamId, frameId] of steps) {
          const pair = `${streamId}/${frameId}`;
          if (adding) {
            inFlight.add(streamId, frameId);
            pairs.push(pair);
          } else {
            const index = pairs.indexOf(pair);
            expect(inFlight.remove(streamId, frameId)).toBe(index >= 0);
            if (index >= 0) pairs.splice(index, 1);
          }
          expect(inFlight.size).toBe(pairs.length);
        }
        const listed = inFlight.list();
        expect(listed.map((e) => `${e.streamId}/${e.frameId}`).sort()).toEqual(pairs.sort());
        for (const { streamId, frameId } of listed) expect(inFlight.remove(streamId, frameId)).toBe(true);
        expect(inFlight.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test('InFlight tells pairs apart whose keys could meet', () => {
    const inFlight = new InFlight();
    inFlight.add(1, 0x1_0000);
    expect(inFlight.remove(2, 0)).toBe(false);
    inFlight.add(2, 0);
    expect(inFlight.size).toBe(2);
  });
});
