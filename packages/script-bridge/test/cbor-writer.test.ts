import { type CborInput, encodeCbor } from '@offload/lapps-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../src/worker/json/cbor-writer.js';
import { BrokenText, type JsonValue } from '../src/worker/json/value.js';
import { document, plainOf } from './support/documents.js';

describe('CborWriter', () => {
  it('CborWriter.encode() gives the bytes of encodeCbor()', () => {
    const writer = new CborWriter(1 << 20);
    fc.assert(
      fc.property(document, (value) => {
        expect(Buffer.from(writer.encode(value)).toString('hex')).toBe(
          Buffer.from(encodeCbor(plainOf(value) as CborInput)).toString('hex'),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('CborWriter.write() leaves room in front and grows up to its bound', () => {
    const writer = new CborWriter(1 << 18);
    expect(writer.write('a', 8)).toBe(10);
    expect([...writer.bytes.subarray(8, 10)]).toEqual([0x61, 0x61]);
    const long = 'ä'.repeat(100_000);
    expect(writer.write([long, 1], 8)).toBe(8 + 1 + 5 + 200_000 + 1);
    expect(() => writer.write('x'.repeat(1 << 18))).toThrow('more than 262144 bytes');
    expect(writer.encode(1)).toEqual(Uint8Array.of(1));
  });

  it('CborWriter refuses what has no CBOR', () => {
    const writer = new CborWriter(1 << 18);
    expect(() => writer.encode([new BrokenText('\xff')])).toThrow('is not UTF-8');
    let deep: JsonValue = [];
    for (let i = 0; i < 300; i++) deep = [deep];
    expect(() => writer.encode(deep)).toThrow('nested deeper than 200');
  });
});
