import { describe, expect, test } from 'vitest';
import { setVar, unsetVar, type VariableValue } from '../src/index.js';

describe('setVar', () => {
  test.each<[VariableValue, object]>([
    [null, { type: 'null' }],
    [true, { type: 'bool', value: true }],
    [-1, { type: 'int64', value: -1 }],
    [2n ** 62n, { type: 'int64', value: 2n ** 62n }],
    ['h\u00e9', { type: 'string', value: Uint8Array.of(0x68, 0xc3, 0xa9) }],
    [Uint8Array.of(1), { type: 'binary', value: Uint8Array.of(1) }],
    [
      { type: 'uint32', value: 7 },
      { type: 'uint32', value: 7 },
    ],
  ])('setVar() makes a typed value of %s', (value, wanted) => {
    expect(setVar('sess', 'a', value)).toEqual({ type: 'set-var', scope: 1, name: 'a', value: wanted });
  });

  test.each([
    ['proc', 0],
    ['sess', 1],
    ['txn', 2],
    ['req', 3],
    ['res', 4],
  ] as const)('setVar() and unsetVar() number the scope %s', (scope, number) => {
    expect(setVar(scope, 'a', null).scope).toBe(number);
    expect(unsetVar(scope, 'a')).toEqual({ type: 'unset-var', scope: number, name: 'a' });
  });

  test.each<[string, () => unknown, string]>([
    ['an empty name', () => setVar('txn', '', 1), 'SPOP_ERR_NAME'],
    ['a name of 49 bytes', () => unsetVar('txn', 'a'.repeat(49)), 'SPOP_ERR_NAME'],
    ['a name with a dash', () => setVar('txn', 'a-b', 1), 'SPOP_ERR_NAME'],
    ['an unknown scope', () => setVar('ptxn' as 'txn', 'a', 1), 'SPOP_ERR_VALUE'],
    ['text as bytes', () => setVar('txn', 'a', { type: 'string', value: 'text' as never }), 'SPOP_ERR_VALUE'],
    ['text as an address', () => setVar('txn', 'a', { type: 'ipv4', value: '192.0.2.1' as never }), 'SPOP_ERR_VALUE'],
    ['an undefined value', () => setVar('txn', 'a', undefined as never), 'SPOP_ERR_VALUE'],
  ])('setVar() and unsetVar() refuse %s', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
