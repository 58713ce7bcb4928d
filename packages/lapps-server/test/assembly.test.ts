import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembly, AssemblyPool } from '../src/assembly.js';
import { clientFrame } from './support/raw-client.js';

const MIB = 1 << 20;

describe('AssemblyPool', () => {
  it('lend() gives memory of the size asked for and uses it again', () => {
    const pool = new AssemblyPool();
    for (const [bytes, size] of [
      [1, 65_536],
      [65_536, 65_536],
      [65_537, 131_072],
      [MIB, MIB],
    ] as const) {
      const buffer = pool.lend(bytes)!;
      expect([buffer.length, pool.lent]).toEqual([size, size]);
      pool.giveBack(buffer);
      expect(pool.lent).toBe(0);
    }
    expect(pool.lend(MIB + 1)).toBeUndefined();
    const first = pool.lend(10)!;
    pool.giveBack(first);
    expect(pool.lend(60_000)).toBe(first);
  });

  it('lend() says no beyond its bound, until something comes back', () => {
    const pool = new AssemblyPool();
    const lent: Buffer[] = [];
    for (let buffer = pool.lend(MIB); buffer !== undefined; buffer = pool.lend(MIB)) lent.push(buffer);
    expect([lent.length, pool.lent]).toEqual([4, 4 * MIB]);
    expect(pool.lend(1)).toBeUndefined();
    pool.giveAway(lent[0]!);
    expect(pool.lend(1)).not.toBe(lent[0]);
  });
});

describe('Assembly', () => {
  it('add() puts a message together, however it is cut, and takes nothing behind it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4096, 4097, 65_535, 65_536, 70_003),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 8 }),
        (size, mask, cuts) => {
          const payload = Buffer.alloc(size, 'some payload or other');
          const frame = clientFrame(2, payload, { mask: Buffer.from(mask) });
          const stream = Buffer.concat([Buffer.from('before'), frame, Buffer.from('behind')]);
          const pool = new AssemblyPool();
          let at = Math.min(6 + 14 + cuts[0]!, 6 + frame.length - 1);
          const assembly = Assembly.begin(pool, stream.subarray(0, at), 6, size)!;
          for (let i = 1; !assembly.isComplete; i += 1) {
            const chunk = stream.subarray(at, at + cuts[i % cuts.length]!);
            at += assembly.add(chunk, 0);
          }
          expect(at).toBe(6 + frame.length);
          expect(assembly.buffer.subarray(0, assembly.length).equals(payload)).toBe(true);
          expect(assembly.asFrame().equals(clientFrame(2, payload, { mask: Buffer.alloc(4), width: 64 }))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  const half = (frame: Buffer): Buffer => frame.subarray(0, frame.length >> 1);
  it.each([
    ['a frame that is all there', clientFrame(2, Buffer.alloc(5000))],
    ['a short one', half(clientFrame(2, Buffer.alloc(4095)))],
    ['one beyond the limit', half(clientFrame(2, Buffer.alloc(100_001)))],
    ['a fragment', half(clientFrame(2, Buffer.alloc(5000), { fin: false }))],
    ['a continuation', half(clientFrame(0, Buffer.alloc(5000)))],
    ['an extension bit', half(clientFrame(2, Buffer.alloc(5000), { rsv: 4 }))],
    ['a control frame', half(clientFrame(9, Buffer.alloc(5000)))],
    ['an unmasked frame', half(clientFrame(2, Buffer.alloc(5000), { mask: false }))],
    ['a length with the highest bit', clientFrame(2, '', { length: 2n ** 63n + 5000n, width: 64 })],
    ['a header without its key', clientFrame(2, Buffer.alloc(70_000)).subarray(0, 13)],
    ['a first byte', Buffer.of(0x82)],
    ['nothing', Buffer.alloc(0)],
  ])('begin() leaves %s to ws', (_what, chunk) => {
    const pool = new AssemblyPool();
    const copy = Buffer.from(chunk);
    expect(Assembly.begin(pool, chunk, 0, 100_000)).toBeUndefined();
    expect([pool.lent, chunk.equals(copy)]).toEqual([0, true]);
  });
});
