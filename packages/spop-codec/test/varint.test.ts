import { describe, expect, it } from 'vitest';
import { Cursor, readLength, readVarint, Writer, writeVarint } from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { fromHex } from './support/hex.js';

function encode(value: number | bigint): Uint8Array {
  const w = new Writer();
  writeVarint(w, value);
  return w.view();
}

/** First value of each length, spop.md 1.2. */
const FIRST_OF_LENGTH = [
  0n,
  240n,
  2_288n,
  264_432n,
  33_818_864n,
  4_328_786_160n,
  554_084_600_048n,
  70_922_828_777_712n,
  9_078_122_083_518_704n,
  1_161_999_626_690_365_680n,
  1n << 64n,
];

describe('writeVarint()', () => {
  it('writeVarint() takes as many bytes as the range of the value says, and exactly that much room', () => {
    for (let length = 1; length <= 10; length++) {
      const first = FIRST_OF_LENGTH[length - 1]!;
      const last = FIRST_OF_LENGTH[length]! - 1n;
      for (const value of [first, first + 1n, (first + last) / 2n, last - 1n, last]) {
        const w = new Writer(length);
        writeVarint(w, value);
        expect(w.at).toBe(length);
        expect(BigInt(readVarint(new Cursor(w.view())))).toBe(value);
        if (length > 1)
          expectSpopError(() => writeVarint(new Writer(length - 1), value), { code: 'SPOP_ERR_FRAME_TOO_BIG' });
      }
    }
  });

  it('writeVarint() gives a number and a bigint of the same value the same bytes', () => {
    for (const value of [0, 239, 240, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
      expect(encode(value)).toEqual(encode(BigInt(value)));
    }
  });

  it.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53, -1n, 1n << 64n])('writeVarint() rejects %s', (value) => {
    const w = new Writer();
    expectSpopError(() => writeVarint(w, value), { code: 'SPOP_ERR_VALUE', status: 99 });
    expect(w.at).toBe(0);
  });
});

describe('readVarint()', () => {
  it('readVarint() rejects a value above 2^64-1 in ten bytes', () => {
    // 2^64-1 is ff f0 fe fe fe fe fe fe fe 0e; one more in the last group is past the end.
    for (const hex of ['fff0fefefefefefefe0f', 'ffffffffffffffffff7f', 'f0f1fefefefefefefe0e']) {
      expectSpopError(() => readVarint(new Cursor(fromHex(hex))), { code: 'SPOP_ERR_VARINT', status: 4 });
    }
  });

  it('readVarint() rejects eleven bytes, and a hundred, without reading them', () => {
    for (const length of [11, 100]) {
      const bytes = new Uint8Array(length).fill(0x80);
      bytes[0] = 0xf0;
      expectSpopError(() => readVarint(new Cursor(bytes)), { code: 'SPOP_ERR_VARINT', status: 4, offset: 0 });
    }
  });

  it('readVarint() reads inside its bounds only', () => {
    const bytes = fromHex('f080f000');
    const c = new Cursor(bytes, 0, 2);
    expectSpopError(() => readVarint(c), { code: 'SPOP_ERR_TRUNCATED', status: 4, offset: 0 });
    expect(c.at).toBe(0);
    c.reset(bytes, 2);
    expect(readVarint(c)).toBe(240);
  });
});

describe('readLength()', () => {
  it('readLength() takes a length that just fits and rejects one more', () => {
    const bytes = new Uint8Array(302);
    bytes.set(encode(300));
    expect(readLength(new Cursor(bytes))).toBe(300);
    expectSpopError(() => readLength(new Cursor(bytes, 0, 301)), { code: 'SPOP_ERR_TRUNCATED', status: 4 });
    expectSpopError(() => readLength(new Cursor(fromHex('0561626364'))), { code: 'SPOP_ERR_TRUNCATED', offset: 1 });
  });

  it('readLength() rejects lengths near 2^32, 2^53 and 2^64', () => {
    for (const value of [2n ** 32n, 2n ** 32n + 1n, 2n ** 53n, 2n ** 64n - 1n]) {
      expectSpopError(() => readLength(new Cursor(encode(value))), { code: 'SPOP_ERR_TRUNCATED' });
    }
  });
});
