import { describe, expect, it } from 'vitest';
import { decodeCbor } from '../src/cbor.js';
import { LappsCodecError, type LappsCodecErrorCode } from '../src/errors.js';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const faultOf = (bytes: Uint8Array): LappsCodecError => {
  try {
    decodeCbor(bytes);
  } catch (error) {
    if (error instanceof LappsCodecError) return error;
    throw error;
  }
  throw new Error(`accepted ${Buffer.from(bytes).toString('hex')}`);
};

const T = 'LAPPS_ERR_CBOR_TRUNCATED';
const R = 'LAPPS_ERR_CBOR_RESERVED';
const B = 'LAPPS_ERR_CBOR_BREAK';
const C = 'LAPPS_ERR_CBOR_CHUNK';
const S = 'LAPPS_ERR_CBOR_SIMPLE';

/** One row or more per kind of RFC 8949 appendix F, in its order; the hex is our own choice of examples. */
const MALFORMED: readonly (readonly [kind: string, hex: string, code: LappsCodecErrorCode])[] = [
  ['empty input', '', T],
  ['bytes after the item', '0000', 'LAPPS_ERR_CBOR_TRAILING'],
  ['bytes after an indefinite array', '9fff00', 'LAPPS_ERR_CBOR_TRAILING'],
  ['head cut: one-byte unsigned', '18', T],
  ['head cut: two-byte unsigned', '1901', T],
  ['head cut: four-byte unsigned', '1a010203', T],
  ['head cut: eight-byte unsigned', '1b01020304050607', T],
  ['head cut: negative', '38', T],
  ['head cut: byte string length', '58', T],
  ['head cut: text length', '79 00', T],
  ['head cut: array count', '98', T],
  ['head cut: map count', 'ba 000000', T],
  ['head cut: tag', 'd8', T],
  ['head cut: simple value', 'f8', T],
  ['head cut: half float', 'f900', T],
  ['head cut: single float', 'fa000000', T],
  ['head cut: double float', 'fb00000000000000', T],
  ['definite byte string cut', '4401 02', T],
  ['definite text cut', '6261', T],
  ['text length beyond 32 bits', '7b ffffffff ffffffff 61', T],
  ['byte string length beyond the end', '5a 7fffffff 00', T],
  ['array with a missing element', '8201', T],
  ['array count beyond the end', '9a ffffffff 00', T],
  ['array count beyond 2^53', '9b ffffffffffffffff 00', T],
  ['map with a missing pair', 'a2 6161 01', T],
  ['map with a missing value', 'a1 6161', T],
  ['map count beyond the end', 'ba ffffffff 6161 01', T],
  ['tag without content', 'c0', 'LAPPS_ERR_CBOR_TAG'],
  ['indefinite byte string without break', '5f 4100', T],
  ['indefinite text without break', '7f 6161', T],
  ['indefinite array without break', '9f 01', T],
  ['indefinite array, nested, without its break', '9f 9f ff', T],
  ['indefinite map without break', 'bf 6161 01', T],
  ['indefinite map cut before a value', 'bf 6161', T],
  ['chunk cut inside', '7f 6361', T],
  ['chunk of a number in bytes', '5f 00 ff', C],
  ['chunk of text in bytes', '5f 6161 ff', C],
  ['chunk of bytes in text', '7f 4161 ff', C],
  ['chunk that is an array', '7f 80 ff', C],
  ['chunk that is a map', '5f a0 ff', C],
  ['chunk that is a tag', '5f c0 40 ff', C],
  ['chunk that is null', '7f f6 ff', C],
  ['indefinite chunk in bytes', '5f 5f 4100 ff ff', C],
  ['indefinite chunk in text', '7f 7f 6161 ff ff', C],
  ['break as the item', 'ff', B],
  ['break in a definite array', '81 ff', B],
  ['break as first of two elements', '82 ff 00', B],
  ['break in a definite map, as value', 'a1 6161 ff', B],
  ['break in an indefinite map, as value', 'bf 6161 ff', B],
  ['break nested in a definite array in an indefinite one', '9f 81 ff', B],
  ['break in a definite map, as key', 'a1 ff 00', 'LAPPS_ERR_CBOR_KEY'],
  ['two-byte simple value 0', 'f8 00', S],
  ['two-byte simple value 20', 'f8 14', S],
  ['two-byte simple value 23', 'f8 17', S],
  ['two-byte simple value 31', 'f8 1f', S],
  ['indefinite unsigned', '1f', R],
  ['indefinite negative', '3f', R],
  ['indefinite tag', 'df 00', R],
  ...[0x1c, 0x1d, 0x1e, 0x3c, 0x3d, 0x3e, 0x5c, 0x5d, 0x5e, 0x7c, 0x7d, 0x7e].map(
    (head) => [`reserved head ${head.toString(16)}`, head.toString(16), R] as const,
  ),
  ...[0x9c, 0x9d, 0x9e, 0xbc, 0xbd, 0xbe, 0xdc, 0xdd, 0xde, 0xfc, 0xfd, 0xfe].map(
    (head) => [`reserved head ${head.toString(16)}`, head.toString(16), R] as const,
  ),
];

/** Well-formed, but not of the dialect (lapps.md 1.5) or not valid (RFC 8949 5.3). */
const REFUSED: readonly (readonly [kind: string, hex: string, code: LappsCodecErrorCode])[] = [
  ['undefined', 'f7', S],
  ['an unassigned simple value', 'e0', S],
  ['a tag', 'c0 6161', 'LAPPS_ERR_CBOR_TAG'],
  ['a record tag of cbor-x', 'd9 dfff 83 19 e000 81 6161 01', 'LAPPS_ERR_CBOR_TAG'],
  ['a bundled-strings tag of cbor-x', 'd9 dff9 82 05 61 61', 'LAPPS_ERR_CBOR_TAG'],
  ['an integer key', 'a1 01 02', 'LAPPS_ERR_CBOR_KEY'],
  ['a byte string key', 'a1 4161 02', 'LAPPS_ERR_CBOR_KEY'],
  ['an array key', 'a1 80 02', 'LAPPS_ERR_CBOR_KEY'],
  ['UTF-8: lone continuation byte', '61 80', 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: cut sequence', '62 e6b0', 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: overlong slash', '62 c0af', 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: surrogate', '63 eda080', 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: beyond U+10FFFF', '64 f4908080', 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: sequence split over chunks', '7f 61c3 61bc ff', 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: fault behind 60 ASCII bytes', `783d ${'61'.repeat(60)} ff`, 'LAPPS_ERR_CBOR_UTF8'],
  ['UTF-8: fault in a key', 'a1 61ff 01', 'LAPPS_ERR_CBOR_UTF8'],
];

describe('RFC 8949 appendix F', () => {
  it.each(MALFORMED)('decodeCbor() refuses %s', (_kind, hex, code) => {
    const fault = faultOf(bytesOf(hex));
    expect(fault.code).toBe(code);
    expect(fault.closeCode).toBe(1007);
    expect(fault.rpcCode).toBe(-32700);
    expect(fault.offset).toBeGreaterThanOrEqual(0);
    expect(fault.offset).toBeLessThanOrEqual(bytesOf(hex).length);
  });

  it.each(REFUSED)('decodeCbor() refuses well-formed input outside the dialect: %s', (_kind, hex, code) => {
    expect(faultOf(bytesOf(hex)).code).toBe(code);
  });

  it('decodeCbor() refuses a message cut at every byte', () => {
    const whole = bytesOf(
      'bf 656c61707073 01 666d6574686f64 7f 626563 62686f ff 66706172616d73 82 fb3ff8000000000000 a0 ff',
    );
    expect(() => decodeCbor(whole)).not.toThrow();
    for (let end = 0; end < whole.length; end += 1)
      expect(faultOf(whole.subarray(0, end))).toBeInstanceOf(LappsCodecError);
  });
});

describe('limits', () => {
  const nested = (depth: number): Uint8Array => Uint8Array.of(...Array<number>(depth).fill(0x81), 0x80);

  it('decodeCbor() takes depth at the limit and refuses one more', () => {
    expect(() => decodeCbor(nested(63))).not.toThrow();
    expect(faultOf(nested(64)).code).toBe('LAPPS_ERR_CBOR_DEPTH');
  });

  it('decodeCbor() refuses 100 000 nested arrays without overflowing the stack', () => {
    expect(faultOf(new Uint8Array(100_000).fill(0x81)).code).toBe('LAPPS_ERR_CBOR_DEPTH');
    expect(faultOf(new Uint8Array(100_000).fill(0x9f)).code).toBe('LAPPS_ERR_CBOR_DEPTH');
  });

  it('decodeCbor() can read the deepest nesting that may be configured', () => {
    expect(() => decodeCbor(nested(999), { maxDepth: 1000 })).not.toThrow();
  });

  it('decodeCbor() counts elements, keys, values and chunks as items', () => {
    expect(decodeCbor(bytesOf('83 01 02 03'), { maxItems: 4 })).toEqual([1, 2, 3]);
    expect(() => decodeCbor(bytesOf('83 01 02 03'), { maxItems: 3 })).toThrow(LappsCodecError);
    expect(() => decodeCbor(bytesOf('a1 6161 01'), { maxItems: 2 })).toThrow(LappsCodecError);
    expect(() => decodeCbor(bytesOf('7f 60 60 60 ff'), { maxItems: 3 })).toThrow(LappsCodecError);
  });

  it('decodeCbor() takes bytes at the limit and answers one more with 1009', () => {
    const bytes = bytesOf('4401020304');
    expect(decodeCbor(bytes, { maxBytes: 5 })).toEqual(Uint8Array.of(1, 2, 3, 4));
    let fault: unknown;
    try {
      decodeCbor(bytes, { maxBytes: 4 });
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject({ code: 'LAPPS_ERR_CBOR_BYTES', closeCode: 1009, rpcCode: -32700 });
  });

  it.each([
    { maxBytes: 0 },
    { maxDepth: -1 },
    { maxDepth: 1001 },
    { maxItems: 1.5 },
    { maxItems: Number.NaN },
    { maxBytes: Number.POSITIVE_INFINITY },
  ])('decodeCbor() refuses the limit %o', (limits) => {
    expect(() => decodeCbor(bytesOf('00'), limits)).toThrow(expect.objectContaining({ code: 'LAPPS_ERR_BAD_LIMIT' }));
  });
});
