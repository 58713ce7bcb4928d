import { type CborInput, type CborValue, decodeCbor, encodeCbor, resolveCborLimits } from '@offload/lapps-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborReader } from '../src/worker/json/cbor-reader.js';
import { JsonObject } from '../src/worker/json/json-object.js';
import type { JsonValue } from '../src/worker/json/value.js';
import { document, plainOf } from './support/documents.js';

function sorted(value: CborValue): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!(value instanceof Map)) return value;
  return plainOf(JsonObject.of([...value].map(([name, member]) => [name, sorted(member) as JsonValue])));
}

/** What a reader makes of the bytes: the value, or the code of its error. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return { code: (error as { code: string }).code, offset: (error as { offset?: number }).offset };
  }
}

describe('CborReader', () => {
  const reader = new CborReader();
  const limits = resolveCborLimits({ maxDepth: 6, maxItems: 400, maxBytes: 4000 });
  /** Records lie in shared memory, somewhere in a ring. */
  const ring = new Uint8Array(new SharedArrayBuffer(1 << 16));
  const same = (bytes: Uint8Array): void => {
    ring.set(bytes, 24);
    expect(outcome(() => plainOf(reader.read(ring, 24, 24 + bytes.length, limits)))).toEqual(
      outcome(() => sorted(decodeCbor(bytes, limits))),
    );
  };

  it('CborReader.read() reads what decodeCbor() reads, and refuses what it refuses', () => {
    fc.assert(
      fc.property(document, (value) => {
        const bytes = outcome(() => encodeCbor(plainOf(value) as CborInput));
        if (bytes instanceof Uint8Array && bytes.length < 60_000) same(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('CborReader.read() judges damaged bytes as decodeCbor() does', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.nat(255), fc.nat(20), (value, at, byte, cut) => {
        const bytes = outcome(() => encodeCbor(plainOf(value) as CborInput));
        if (!(bytes instanceof Uint8Array) || bytes.length > 60_000) return;
        const damaged = Uint8Array.from(bytes);
        damaged[at % damaged.length] = byte;
        same(damaged);
        same(damaged.subarray(0, Math.max(0, damaged.length - cut)));
      }),
      { numRuns: 1000 },
    );
  });

  it('CborReader.read() judges any bytes as decodeCbor() does', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), same), { numRuns: 3000 });
  });

  it('CborReader.read() keeps the last of equal names, and names of prototypes are ordinary', () => {
    const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
    same(bytes('a3616101616202616103'));
    const value = reader.read(bytes('a1695f5f70726f746f5f5f01'), 0, 12);
    expect((value as JsonObject).get('__proto__')).toBe(1);
    expect(({} as Record<string, unknown>).lapps).toBeUndefined();
  });

  it('CborReader.read() takes no memory on the word of a peer', () => {
    // Sixty arrays, each claiming all that is left of a megabyte: refused for its depth or its end, not for memory.
    const bytes = new Uint8Array(1 << 20);
    for (let i = 0; i < 60; i++) bytes.set([0x9a, 0, 0x0f, 0xf0, 0], i * 5);
    expect(() => reader.read(bytes, 0, bytes.length)).toThrow(expect.objectContaining({ code: expect.any(String) }));
  });
});
