import { describe, expect, it } from 'vitest';
import {
  type Action,
  Cursor,
  DataType,
  readActions,
  readActionsLikeHaproxy,
  Scope,
  type TypedData,
  Writer,
  writeActions,
  writeSetVar,
  writeSetVarAddress,
  writeSetVarBool,
  writeSetVarBytes,
  writeSetVarInt,
  writeSetVarLatin1,
  writeSetVarNull,
  writeUnsetVar,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { ascii, fromHex, toHex } from './support/hex.js';

const setX: Action = { type: 'set-var', scope: Scope.TXN, name: 'x', value: { type: 'int32', value: 1 } };
const hexOf = (write: (w: Writer) => void): string => {
  const w = new Writer();
  write(w);
  return toHex(w.view());
};

describe('writeSetVar...()', () => {
  const rows: [string, (w: Writer) => void, TypedData][] = [
    ['Null', (w) => writeSetVarNull(w, 2, 'v'), { type: 'null' }],
    ['Bool', (w) => writeSetVarBool(w, 2, 'v', true), { type: 'bool', value: true }],
    ['Bool', (w) => writeSetVarBool(w, 2, 'v', false), { type: 'bool', value: false }],
    ['Int', (w) => writeSetVarInt(w, 2, 'v', DataType.INT32, -5), { type: 'int32', value: -5 }],
    ['Int', (w) => writeSetVarInt(w, 2, 'v', DataType.UINT32, 5), { type: 'uint32', value: 5 }],
    ['Int', (w) => writeSetVarInt(w, 2, 'v', DataType.INT64, -(2n ** 63n)), { type: 'int64', value: -(2n ** 63n) }],
    ['Int', (w) => writeSetVarInt(w, 2, 'v', DataType.UINT64, 2 ** 40), { type: 'uint64', value: 2 ** 40 }],
    [
      'Address',
      (w) => writeSetVarAddress(w, 2, 'v', 6, fromHex('7f000001')),
      { type: 'ipv4', value: fromHex('7f000001') },
    ],
    [
      'Address',
      (w) => writeSetVarAddress(w, 2, 'v', 7, new Uint8Array(16)),
      { type: 'ipv6', value: new Uint8Array(16) },
    ],
    ['Bytes', (w) => writeSetVarBytes(w, 2, 'v', 8, ascii('abc')), { type: 'string', value: ascii('abc') }],
    ['Bytes', (w) => writeSetVarBytes(w, 2, 'v', 9, ascii('abc')), { type: 'binary', value: ascii('abc') }],
    ['Latin1', (w) => writeSetVarLatin1(w, 2, 'v', 8, 'h\u00e9'), { type: 'string', value: fromHex('68e9') }],
    ['Latin1', (w) => writeSetVarLatin1(w, 2, 'v', 9, 'h\u00e9'), { type: 'binary', value: fromHex('68e9') }],
  ];

  it.each(rows)('writeSetVar%s() writes what writeSetVar() writes', (_, write, value) => {
    expect(hexOf(write)).toBe(hexOf((w) => writeSetVar(w, Scope.TXN, 'v', value)));
  });

  it('every writer writes a whole action or nothing, at any limit', () => {
    const writers = [...rows.map(([, write]) => write), (w: Writer) => writeUnsetVar(w, 4, 'v')];
    for (const write of writers) {
      const length = hexOf(write).length / 2;
      for (let limit = 0; limit <= length; limit++) {
        const w = new Writer(limit);
        if (limit < length) expectSpopError(() => write(w), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
        else write(w);
        expect(w.at).toBe(limit < length ? 0 : length);
      }
    }
  });

  it('every writer refuses bad scopes and names and leaves the writer as it was', () => {
    const writers: ((w: Writer, scope: Scope, name: string) => void)[] = [
      writeUnsetVar,
      writeSetVarNull,
      (w, scope, name) => writeSetVar(w, scope, name, { type: 'null' }),
      (w, scope, name) => writeSetVarBool(w, scope, name, true),
      (w, scope, name) => writeSetVarInt(w, scope, name, DataType.INT64, 1),
      (w, scope, name) => writeSetVarAddress(w, scope, name, DataType.IPV4, new Uint8Array(4)),
      (w, scope, name) => writeSetVarBytes(w, scope, name, DataType.STRING, new Uint8Array(4)),
      (w, scope, name) => writeSetVarLatin1(w, scope, name, DataType.STRING, 'text'),
    ];
    for (const write of writers) {
      const w = new Writer();
      for (const scope of [-1, 5, 1.5, Number.NaN, '2', undefined] as unknown as Scope[]) {
        expectSpopError(() => write(w, scope, 'v'), { code: 'SPOP_ERR_VALUE', status: 99 });
      }
      for (const name of ['', 'a-b', 'n'.repeat(49), '\u0131']) {
        expectSpopError(() => write(w, Scope.RES, name), { code: 'SPOP_ERR_NAME', status: 99 });
      }
      expect(w.at).toBe(0);
    }
  });

  it('every typed writer refuses a value that does not fit and leaves the writer as it was', () => {
    const w = new Writer();
    for (const write of [
      () => writeSetVarInt(w, 2, 'v', DataType.INT32, 2 ** 31),
      () => writeSetVarInt(w, 2, 'v', DataType.UINT64, -1),
      () => writeSetVarAddress(w, 2, 'v', DataType.IPV6, new Uint8Array(4)),
      () => writeSetVarLatin1(w, 2, 'v', DataType.STRING, '\u20ac'),
      () => writeSetVar(w, 2, 'v', { type: 'ipv4', value: new Uint8Array(5) }),
    ]) {
      expectSpopError(write, { code: 'SPOP_ERR_VALUE', status: 99 });
      expect(w.at).toBe(0);
    }
  });
});

describe('writeActions()', () => {
  it('writeActions() keeps the whole actions that fit', () => {
    const w = new Writer(20);
    expectSpopError(() => writeActions(w, [setX, setX, setX]), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
    expect(readActions(new Cursor(w.view()))).toEqual([setX, setX]);
  });
});

describe('readActions()', () => {
  const ACTION = 'SPOP_ERR_ACTION';
  const CUT = 'SPOP_ERR_TRUNCATED';
  it.each([
    ['type 0', '000000', ACTION],
    ['type 3', '0302020178', ACTION],
    ['set-var with 2 args', '010202017800', ACTION],
    ['unset-var with 3 args', '0203020178', ACTION],
    ['scope 5', '010305017800', ACTION],
    ['scope 255', '0202ff0178', ACTION],
    ['two bytes', '0202', CUT],
    ['a name past the end', '0202020278', CUT],
    ['a value past the end', '0103020178080261', CUT],
    ['no value', '0103020178', CUT],
  ] as const)('readActions() rejects %s; readActionsLikeHaproxy() keeps what came before', (_, hex, code) => {
    const bytes = fromHex(`01030201780201${hex}`);
    const error = expectSpopError(() => readActions(new Cursor(bytes)), { code, status: 4 });
    expect(error.offset).toBeGreaterThanOrEqual(7);
    const c = new Cursor(bytes);
    expect(readActionsLikeHaproxy(c)).toEqual([setX]);
    expect(c.at).toBe(7);
  });

  it('readActions() takes no actions at all', () => {
    expect(readActions(new Cursor(new Uint8Array(0)))).toEqual([]);
  });
});
