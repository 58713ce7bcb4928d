import { describe, expect, it } from 'vitest';
import { Cursor, readTypedData, type TypedData, Writer, writeTypedData } from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';

const encode = (data: TypedData): Uint8Array => {
  const w = new Writer();
  writeTypedData(w, data);
  return w.view();
};

describe('writeTypedData()', () => {
  it.each([
    ['int32', -(2 ** 31), 2 ** 31 - 1],
    ['uint32', 0, 2 ** 32 - 1],
    ['int64', -(2n ** 63n), 2n ** 63n - 1n],
    ['uint64', 0n, 2n ** 64n - 1n],
  ] as const)(
    'writeTypedData() takes %s from its least to its greatest value and no further',
    (type, least, greatest) => {
      for (const value of [least, greatest, 0]) {
        expect(readTypedData(new Cursor(encode({ type, value } as TypedData)))).toEqual({
          type,
          value: BigInt(value) === 0n ? 0 : value,
        });
      }
      for (const value of [BigInt(least) - 1n, BigInt(greatest) + 1n]) {
        const w = new Writer();
        expectSpopError(() => writeTypedData(w, { type, value } as TypedData), { code: 'SPOP_ERR_VALUE', status: 99 });
        expect(w.at).toBe(0);
        const narrow = Number(value);
        if (Number.isSafeInteger(narrow)) {
          expectSpopError(() => encode({ type, value: narrow } as TypedData), { code: 'SPOP_ERR_VALUE' });
        }
      }
    },
  );

  it.each([1.5, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300])(
    'writeTypedData() refuses the number %s for every integer type, since it may have been rounded',
    (value) => {
      for (const type of ['int32', 'uint32', 'int64', 'uint64'] as const) {
        expectSpopError(() => encode({ type, value }), { code: 'SPOP_ERR_VALUE' });
      }
    },
  );

  it('writeTypedData() refuses addresses of the wrong length and types that do not exist', () => {
    for (const data of [
      { type: 'ipv4', value: new Uint8Array(16) },
      { type: 'ipv4', value: new Uint8Array(3) },
      { type: 'ipv6', value: new Uint8Array(4) },
      { type: 'float', value: 1 },
      { type: '__proto__', value: 1 },
    ] as TypedData[]) {
      expectSpopError(() => encode(data), { code: 'SPOP_ERR_VALUE', status: 99 });
    }
  });

  it('writeTypedData() leaves the writer as it was when the value does not fit', () => {
    for (const data of [
      { type: 'string', value: new Uint8Array(9) },
      { type: 'int64', value: -1 },
      { type: 'ipv6', value: new Uint8Array(16) },
    ] as TypedData[]) {
      const w = new Writer(10);
      expectSpopError(() => writeTypedData(w, data), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
      expect(w.at).toBe(0);
    }
  });

  it('writeTypedData() sends -5 as ten bytes whatever the tag, since HAProxy extends no sign', () => {
    expect(encode({ type: 'int32', value: -5 }).length).toBe(11);
    expect(encode({ type: 'int32', value: -5 }).subarray(1)).toEqual(encode({ type: 'int64', value: -5 }).subarray(1));
  });
});

describe('readTypedData()', () => {
  it('readTypedData() gives numbers within +-(2^53-1) and bigints beyond', () => {
    const limit = 2n ** 53n;
    for (const value of [limit - 1n, 1n - limit]) {
      expect(readTypedData(new Cursor(encode({ type: 'int64', value })))).toEqual({
        type: 'int64',
        value: Number(value),
      });
    }
    for (const value of [limit, -limit, limit + 1n, -limit - 1n]) {
      expect(readTypedData(new Cursor(encode({ type: 'int64', value })))).toEqual({ type: 'int64', value });
    }
  });
});
