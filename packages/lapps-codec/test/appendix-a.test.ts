import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor } from '../src/cbor.js';
import { LappsCodecError, type LappsCodecErrorCode } from '../src/errors.js';
import type { CborValue } from '../src/value.js';

interface Vector {
  readonly hex: string;
  readonly roundtrip: boolean;
  readonly decoded?: unknown;
  readonly diagnostic?: string;
}

/** Vectors outside the dialect of lapps.md 1.5, and why. */
const REFUSED: { readonly [hex: string]: LappsCodecErrorCode } = {
  f7: 'LAPPS_ERR_CBOR_SIMPLE',
  f0: 'LAPPS_ERR_CBOR_SIMPLE',
  f818: 'LAPPS_ERR_CBOR_SIMPLE',
  f8ff: 'LAPPS_ERR_CBOR_SIMPLE',
  c249010000000000000000: 'LAPPS_ERR_CBOR_TAG',
  c349010000000000000000: 'LAPPS_ERR_CBOR_TAG',
  c074323031332d30332d32315432303a30343a30305a: 'LAPPS_ERR_CBOR_TAG',
  c11a514b67b0: 'LAPPS_ERR_CBOR_TAG',
  c1fb41d452d9ec200000: 'LAPPS_ERR_CBOR_TAG',
  d74401020304: 'LAPPS_ERR_CBOR_TAG',
  d818456449455446: 'LAPPS_ERR_CBOR_TAG',
  d82076687474703a2f2f7777772e6578616d706c652e636f6d: 'LAPPS_ERR_CBOR_TAG',
  a201020304: 'LAPPS_ERR_CBOR_KEY',
};

/** Values that JSON cannot say, and integers that JSON.parse rounds. */
const EXACT: { readonly [hex: string]: CborValue } = {
  '1bffffffffffffffff': 18446744073709551615n,
  '3bffffffffffffffff': -18446744073709551616n,
  f97c00: Number.POSITIVE_INFINITY,
  f97e00: Number.NaN,
  f9fc00: Number.NEGATIVE_INFINITY,
  fa7f800000: Number.POSITIVE_INFINITY,
  fa7fc00000: Number.NaN,
  faff800000: Number.NEGATIVE_INFINITY,
  fb7ff0000000000000: Number.POSITIVE_INFINITY,
  fb7ff8000000000000: Number.NaN,
  fbfff0000000000000: Number.NEGATIVE_INFINITY,
  '40': new Uint8Array(0),
  '4401020304': Uint8Array.of(1, 2, 3, 4),
  '5f42010243030405ff': Uint8Array.of(1, 2, 3, 4, 5),
};

/** Floats come back as doubles or, when integral, as integers: those two kinds do not round trip byte for byte. */
const isNarrowOrIntegralFloat = (hex: string): boolean => /^(f9|fa)/.test(hex) || hex === 'fb3ff0000000000000';

/** -2^64 can be read but is beyond what cbor-x can write: encodeCbor() refuses it. */
const READ_ONLY = '3bffffffffffffffff';

const toMaps = (json: unknown): CborValue => {
  if (Array.isArray(json)) return json.map(toMaps);
  if (json !== null && typeof json === 'object') return new Map(Object.entries(json).map(([k, v]) => [k, toMaps(v)]));
  return json as CborValue;
};

const file = new URL('../../../../shared/vectors/cbor-appendix-a.json', import.meta.url);
const present = existsSync(file);
if (!present) console.warn('SKIPPED: RFC 8949 appendix A vectors are not beside the checkout');
const vectors: Vector[] = present ? JSON.parse(readFileSync(file, 'utf8')) : [];
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe.skipIf(!present)('RFC 8949 appendix A', () => {
  it('decodeCbor() is given all 82 vectors', () => {
    expect(vectors).toHaveLength(82);
  });

  it.each(vectors.filter((vector) => REFUSED[vector.hex] !== undefined))('decodeCbor() refuses $hex', ({ hex }) => {
    let code: string | undefined;
    try {
      decodeCbor(bytesOf(hex));
    } catch (error) {
      code = error instanceof LappsCodecError ? error.code : String(error);
    }
    expect(code).toBe(REFUSED[hex]);
  });

  it.each(vectors.filter((vector) => REFUSED[vector.hex] === undefined))(
    'decodeCbor() reads $hex',
    ({ hex, decoded }) => {
      const wanted = Object.hasOwn(EXACT, hex) ? EXACT[hex] : toMaps(decoded);
      expect(decodeCbor(bytesOf(hex))).toEqual(wanted);
    },
  );

  it.each(
    vectors.filter(
      (v) => REFUSED[v.hex] === undefined && v.roundtrip && v.hex !== READ_ONLY && !isNarrowOrIntegralFloat(v.hex),
    ),
  )('encodeCbor() writes $hex', ({ hex }) => {
    expect(Buffer.from(encodeCbor(decodeCbor(bytesOf(hex)))).toString('hex')).toBe(hex);
  });
});
