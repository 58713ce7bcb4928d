import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor } from '../src/cbor.js';
import type { LappsCodecErrorCode } from '../src/errors.js';
import type { CborInput, CborValue } from '../src/value.js';
import { mapToPlain, toPlain } from '../src/value.js';

const hexOf = (value: CborInput): string => Buffer.from(encodeCbor(value)).toString('hex');

const NUMBERS: readonly (readonly [CborInput, string])[] = [
  [0, '00'],
  [-0, '00'],
  [23, '17'],
  [24, '1818'],
  [255, '18ff'],
  [256, '190100'],
  [65536, '1a00010000'],
  [2 ** 32 - 1, '1affffffff'],
  [2 ** 32, '1b0000000100000000'],
  [2 ** 53 - 1, '1b001fffffffffffff'],
  [-1, '20'],
  [-(2 ** 31) - 1, '3a80000000'],
  [-(2 ** 32), '3affffffff'],
  [-(2 ** 32) - 1, '3b0000000100000000'],
  [-(2 ** 53) + 1, '3b001ffffffffffffe'],
  [2 ** 53, 'fb4340000000000000'],
  [1e300, 'fb7e37e43c8800759c'],
  [0.5, 'fb3fe0000000000000'],
  [Number.NaN, 'fb7ff8000000000000'],
  [Number.NEGATIVE_INFINITY, 'fbfff0000000000000'],
  [5n, '05'],
  [-1n, '20'],
  [2n ** 53n, '1b0020000000000000'],
  [2n ** 64n - 1n, '1bffffffffffffffff'],
  [-(2n ** 64n) + 1n, '3bfffffffffffffffe'],
];

class Classy {
  readonly member = 1;
}

const REFUSED: readonly (readonly [name: string, value: unknown, code: LappsCodecErrorCode])[] = [
  ['undefined', undefined, 'LAPPS_ERR_ENCODE_TYPE'],
  ['undefined in an array', [undefined], 'LAPPS_ERR_ENCODE_TYPE'],
  ['a hole in an array', new Array(1), 'LAPPS_ERR_ENCODE_TYPE'],
  ['a function', { f: () => 1 }, 'LAPPS_ERR_ENCODE_TYPE'],
  ['a symbol', Symbol('s'), 'LAPPS_ERR_ENCODE_TYPE'],
  ['a date', new Date(0), 'LAPPS_ERR_ENCODE_TYPE'],
  ['a set', new Set([1]), 'LAPPS_ERR_ENCODE_TYPE'],
  ['a class instance', new Classy(), 'LAPPS_ERR_ENCODE_TYPE'],
  ['another typed array', Uint16Array.of(1), 'LAPPS_ERR_ENCODE_TYPE'],
  ['a number as key', new Map([[1, 1]]), 'LAPPS_ERR_ENCODE_TYPE'],
  ['a bigint of 2^64', 2n ** 64n, 'LAPPS_ERR_ENCODE_RANGE'],
  ['a bigint of -2^64', -(2n ** 64n), 'LAPPS_ERR_ENCODE_RANGE'],
  ['a lone surrogate', '\ud800', 'LAPPS_ERR_ENCODE_UTF8'],
  ['a lone surrogate in a key', { '\udc00': 1 }, 'LAPPS_ERR_ENCODE_UTF8'],
];

describe('encodeCbor()', () => {
  it.each(NUMBERS)('encodeCbor() writes %s as %s', (value, hex) => {
    expect(hexOf(value)).toBe(hex);
  });

  it.each(REFUSED)('encodeCbor() refuses %s', (_name, value, code) => {
    expect(() => encodeCbor(value as CborInput)).toThrow(expect.objectContaining({ code, closeCode: 1011 }));
  });

  it('encodeCbor() refuses cycles as too deep', () => {
    const loop: CborInput[] = [];
    loop.push(loop);
    expect(() => encodeCbor(loop)).toThrow(expect.objectContaining({ code: 'LAPPS_ERR_ENCODE_DEPTH' }));
    const map = new Map<string, CborInput>();
    map.set('self', map);
    expect(() => encodeCbor(map)).toThrow(expect.objectContaining({ code: 'LAPPS_ERR_ENCODE_DEPTH' }));
  });

  it('encodeCbor() holds items and bytes to their limits', () => {
    expect(() => encodeCbor([1, 2], { maxItems: 2 })).toThrow(
      expect.objectContaining({ code: 'LAPPS_ERR_ENCODE_ITEMS' }),
    );
    expect(() => encodeCbor('x'.repeat(99), { maxBytes: 98 })).toThrow(
      expect.objectContaining({ code: 'LAPPS_ERR_ENCODE_BYTES' }),
    );
    expect(() => encodeCbor('é', { maxBytes: 2 })).toThrow(expect.objectContaining({ code: 'LAPPS_ERR_ENCODE_BYTES' }));
  });

  it('encodeCbor() orders keys by their UTF-8 bytes, whatever order they were set in', () => {
    const keys = ['b', 'a', 'aa', '\u{10000}', '\uffff', 'Z', ''];
    const inOrder = [...decodeKeys(Object.fromEntries(keys.map((key) => [key, 1])))];
    expect(inOrder).toEqual(['', 'Z', 'a', 'aa', 'b', '\uffff', '\u{10000}']);
    expect(hexOf(new Map(keys.map((key) => [key, 1])))).toBe(hexOf(new Map(keys.reverse().map((key) => [key, 1]))));
  });

  it('encodeCbor() leaves out members that are undefined', () => {
    expect(hexOf({ a: undefined, b: 1 })).toBe('a1616201');
  });

  it('encodeCbor() writes arrays and Maps of other classes as what they are', () => {
    class List extends Array<number> {}
    class Dictionary extends Map<string, number> {}
    expect(hexOf(List.from([1, 2]))).toBe('820102');
    expect(hexOf(new Dictionary([['a', 1]]))).toBe('a1616101');
  });

  it('encodeCbor() does not touch what it is given', () => {
    const inner = new Map<string, CborInput>([
      ['z', 2 ** 40],
      ['a', -0],
    ]);
    const value = [inner, [5n]];
    encodeCbor(value);
    expect([...inner.keys()]).toEqual(['z', 'a']);
    expect(inner.get('z')).toBe(2 ** 40);
    expect(value[1]).toEqual([5n]);
  });

  it('encodeCbor() results stay as they are when more is encoded', () => {
    const first = encodeCbor('first');
    const copy = Uint8Array.from(first);
    for (let i = 0; i < 2000; i += 1) encodeCbor(`another ${i}`);
    expect(Uint8Array.from(first)).toEqual(copy);
  });

  it('encodeCbor() takes null-prototype objects and keys that name prototype members', () => {
    const object: { [key: string]: CborInput } = Object.assign(Object.create(null), { constructor: 2 });
    Object.defineProperty(object, '__proto__', { value: 1, enumerable: true });
    const decoded = decodeCbor(encodeCbor(object)) as Map<string, CborValue>;
    expect([...decoded]).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });
});

const decodeKeys = (value: CborInput): Iterable<string> =>
  (decodeCbor(encodeCbor(value)) as Map<string, CborValue>).keys();

describe('decodeCbor()', () => {
  const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

  it('decodeCbor() keeps __proto__ as an ordinary key and pollutes nothing', () => {
    const bytes = encodeCbor(new Map<string, CborInput>([['__proto__', { polluted: true }]]));
    const plain = mapToPlain(decodeCbor(bytes) as Map<string, CborValue>);
    expect(Object.keys(plain)).toEqual(['__proto__']);
    expect(Object.getOwnPropertyDescriptor(plain, '__proto__')).toMatchObject({ value: { polluted: true } });
    const prototype = Object.getPrototypeOf(plain) as object;
    expect([Object.getPrototypeOf(prototype), Reflect.ownKeys(prototype), Object.isFrozen(prototype)]).toEqual([
      null,
      [],
      true,
    ]);
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'polluted']) expect(name in plain).toBe(false);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect([...encodeCbor(plain)]).toEqual([...bytes]);
  });

  it('decodeCbor() keeps the last of repeated keys', () => {
    expect(decodeCbor(bytesOf('a2616101616102'))).toEqual(new Map([['a', 2]]));
  });

  it('decodeCbor() gives numbers for 64-bit heads with small integers, bigints beyond 2^53', () => {
    expect(
      decodeCbor(bytesOf('831b0000000000000005 3b00000000000000ff 1b0020000000000000'.replaceAll(' ', ''))),
    ).toEqual([5, -256, 9007199254740992n]);
    expect(decodeCbor(bytesOf('3b001fffffffffffff'))).toBe(-9007199254740992n);
    expect(decodeCbor(bytesOf('3b001ffffffffffffe'))).toBe(-9007199254740991);
  });

  it('decodeCbor() joins chunked strings wherever they stand', () => {
    const hex = 'a2 7f6161 6162ff 5f4101 40 420203ff 6163 82 7fff 7f61787a00000001 79ff'.replaceAll(' ', '');
    const decoded = decodeCbor(bytesOf(hex));
    expect(decoded).toEqual(
      new Map<string, CborValue>([
        ['ab', Uint8Array.of(1, 2, 3)],
        ['c', ['', 'xy']],
      ]),
    );
  });

  it('decodeCbor() reads strings of all lengths whose length takes 8 bytes', () => {
    const eight = (hex: string): string => `00000000000000${hex}`;
    // Long enough for the native part of cbor-x, which looks ahead from the first string that is not ASCII.
    const parts = [
      `64f09f9880`,
      `7b${eight('02')}6162`,
      `5b${eight('01')}ff`,
      `7a0000000163`,
      `78a0${'78'.repeat(0xa0)}`,
    ];
    for (const order of [parts, parts.toReversed()]) {
      expect(decodeCbor(bytesOf(`85${order.join('')}`))).toEqual(order.map((hex) => decodeCbor(bytesOf(hex))));
    }
    expect(parts.map((hex) => decodeCbor(bytesOf(hex)))).toEqual([
      '😀',
      'ab',
      Uint8Array.of(255),
      'c',
      'x'.repeat(160),
    ]);
  });

  it('decodeCbor() returns byte strings that do not change with the input', () => {
    const bytes = bytesOf('814401020304');
    const [value] = decodeCbor(bytes) as [Uint8Array];
    bytes.fill(0);
    expect(value).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(value.buffer.byteLength).toBe(4);
    expect(Buffer.isBuffer(value)).toBe(false);
  });

  it('decodeCbor() keeps a byte order mark at the start of a long string', () => {
    const text = `\ufeff${'ü'.repeat(100)}`;
    expect(decodeCbor(encodeCbor(text))).toBe(text);
  });

  it('toPlain() turns maps at any depth into null-prototype objects', () => {
    const plain = toPlain([new Map<string, CborValue>([['a', [new Map<string, CborValue>([['b', 1]])]]])]);
    expect(JSON.stringify(plain)).toBe('[{"a":[{"b":1}]}]');
  });
});

const text = fc.string({ unit: 'binary' });
const leaf: fc.Arbitrary<CborValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger().filter((n) => !Object.is(n, -0)),
  fc.double().filter((n) => !Object.is(n, -0)),
  fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }).map((n) => (BigInt.asIntN(54, n) === n ? 7 : n)),
  text,
  fc.uint8Array(),
);
const tree = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 6 }).map((pairs) => new Map(pairs)),
  ),
})).value;

describe('properties', () => {
  it('decodeCbor() gives back what encodeCbor() was given', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('encodeCbor() gives the same bytes again for what it decoded to', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const bytes = encodeCbor(value);
        expect(Uint8Array.from(encodeCbor(decodeCbor(bytes)))).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('decodeCbor() answers any bytes with a value or its own error', () => {
    const attempt = (bytes: Uint8Array): void => {
      try {
        encodeCbor(decodeCbor(bytes));
      } catch (error) {
        expect((error as Error).name).toBe('LappsCodecError');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), attempt), { numRuns: 1000 });
    const mutated = fc.tuple(tree, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const bytes = Uint8Array.from(encodeCbor(value));
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(fc.property(mutated, attempt), { numRuns: 1000 });
  });
});
