import { describe, expect, it } from 'vitest';
import { copyBytes, copyOf } from '../src/ring.js';

const memories = {
  own: (size: number) => new Uint8Array(size),
  shared: (size: number) => new Uint8Array(new SharedArrayBuffer(size)),
  Buffer: (size: number) => Buffer.alloc(size),
};

describe('copyBytes()', () => {
  it.each(Object.keys(memories) as (keyof typeof memories)[])(
    'copyBytes() copies the bytes between, no more and no less, from and to %s memory at every size and alignment',
    (kind) => {
      for (const size of [0, 1, 48, 49, 160, 161, 4096, 70_001]) {
        for (const [at, toAt] of [
          [0, 0],
          [3, 8],
          [8, 5],
          [1, 1],
        ] as const) {
          for (const [make, makeTarget] of [
            [memories[kind], memories.own],
            [memories.own, memories[kind]],
          ] as const) {
            const from = make(size + at + 4);
            for (let i = 0; i < from.length; i += 1) from[i] = 1 + (i % 251);
            const to = makeTarget(size + toAt + 4);
            copyBytes(from, at, at + size, to, toAt);
            const wanted = new Uint8Array(to.length);
            for (let i = 0; i < size; i += 1) wanted[toAt + i] = from[at + i] as number;
            expect(Buffer.compare(Buffer.from(to), wanted)).toBe(0);
            expect(Buffer.compare(copyOf(from, at, at + size), wanted.subarray(toAt, toAt + size))).toBe(0);
          }
        }
      }
    },
  );
});
