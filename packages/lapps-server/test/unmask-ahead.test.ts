import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnmaskAhead } from '../src/unmask-ahead.js';
import { clientFrame } from './support/raw-client.js';

/** The naive twin: whole stream in, payloads out, byte by byte. */
const payloadsOf = (stream: Buffer): Buffer[] => {
  const payloads: Buffer[] = [];
  let at = 0;
  while (at < stream.length) {
    let length = stream[at + 1]! & 127;
    at += 2;
    if (length === 126) {
      length = stream.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(stream.readBigUInt64BE(at));
      at += 8;
    }
    const key = stream.subarray(at, at + 4);
    at += 4;
    payloads.push(Buffer.from(stream.subarray(at, at + length).map((byte, i) => byte ^ key[i % 4]!)));
    at += length;
  }
  return payloads;
};

const sizes = [0, 1, 5, 125, 126, 127, 128, 129, 130, 131, 1000, 65_535, 65_536, 70_001];
const frame = fc.record({
  size: fc.constantFrom(...sizes),
  mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  opcode: fc.constantFrom(0, 1, 2, 9),
});

describe('UnmaskAhead', () => {
  it('push() leaves the meaning of any stream as it was, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 20 }),
        fc.nat(7),
        (frames, cuts, shift) => {
          const payloads = frames.map(({ size }, i) => Buffer.alloc(size, `payload ${i} `));
          const stream = Buffer.concat(
            frames.map(({ opcode, mask }, i) => clientFrame(opcode, payloads[i]!, { mask: Buffer.from(mask) })),
          );
          const tracker = new UnmaskAhead();
          const seen: Buffer[] = [];
          for (let at = 0, i = 0; at < stream.length; i += 1) {
            const size = cuts[i % cuts.length]!;
            // Chunks at every alignment: word access must not depend on it.
            const chunk = Buffer.from(new ArrayBuffer(Math.min(size, stream.length - at) + shift), shift);
            stream.copy(chunk, 0, at, at + chunk.length);
            tracker.push(chunk);
            seen.push(chunk);
            at += chunk.length;
          }
          expect(Buffer.concat(payloadsOf(Buffer.concat(seen))).equals(Buffer.concat(payloads))).toBe(true);
          expect(tracker.inFrame).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('push() takes the key of a large frame that lies whole in a chunk, and of no other', () => {
    const keyOf = (size: number): string => {
      const bytes = clientFrame(2, Buffer.alloc(size));
      new UnmaskAhead().push(bytes);
      return bytes.subarray(bytes.length - size - 4, bytes.length - size).toString('hex');
    };
    expect([keyOf(127), keyOf(128), keyOf(70_000)]).toEqual(['12345678', '00000000', '00000000']);
  });

  it('inFrame tells when a payload whose key was taken is still to come', () => {
    const bytes = clientFrame(2, Buffer.alloc(500));
    const tracker = new UnmaskAhead();
    tracker.push(bytes.subarray(0, 100));
    expect(tracker.inFrame).toBe(true);
    tracker.push(bytes.subarray(100));
    expect(tracker.inFrame).toBe(false);
  });

  it('push() gives up at an unmasked frame and changes nothing after it', () => {
    const bytes = Buffer.concat([
      clientFrame(2, Buffer.alloc(300), { mask: false }),
      clientFrame(2, Buffer.alloc(300)),
    ]);
    const copy = Buffer.from(bytes);
    new UnmaskAhead().push(bytes);
    expect(bytes.equals(copy)).toBe(true);
  });
});
