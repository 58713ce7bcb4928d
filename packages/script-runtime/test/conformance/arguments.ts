import { expect } from 'vitest';
import { ArgumentKind, NamedArguments } from '../../src/named-arguments.js';
import type { Suite } from './suite.js';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Arguments of every kind at their extremes, and what a script sees. */
function everyArgument(): { args: NamedArguments; expected: [string, unknown][] } {
  const bytes = new Uint8Array([10, 0, 0, 1, ...new Array(15).fill(0), 1, 0, 255, 10, 13, 0x41, 0xc3, 0xa9]);
  const args = new NamedArguments();
  args.reset(bytes);
  const expected: [string, unknown][] = [];
  const add = (
    name: string,
    kind: ArgumentKind,
    value: unknown,
    integer: number | bigint = 0,
    at = 0,
    end = 0,
  ): void => {
    args.add(name, kind, integer, at, end);
    expected.push([name, value]);
  };
  add('null', ArgumentKind.Null, null);
  add('false', ArgumentKind.False, false);
  add('true', ArgumentKind.True, true);
  for (const n of [0, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    add(`int ${n}`, ArgumentKind.Integer, n, n);
  }
  for (const n of [2n ** 63n - 1n, INT64_MIN, UINT64_MAX]) add(`wide ${n}`, ArgumentKind.Integer, n, n);
  add('ipv4', ArgumentKind.Ipv4, '10.0.0.1', 0, 0, 4);
  add('ipv6', ArgumentKind.Ipv6, '::1', 0, 4, 20);
  add('empty', ArgumentKind.String, '', 0, 20, 20);
  add('text', ArgumentKind.String, 'A', 0, 24, 25);
  add('utf8', ArgumentKind.String, '\xc3\xa9', 0, 25, 27);
  add('', ArgumentKind.String, 'A', 0, 24, 25);
  add('pairs', ArgumentKind.String, 'A', 0, 24, 25);
  return { args, expected };
}

export function argumentTests(suite: Suite): void {
  const { test } = suite;
  test('callNamed() gives every kind of argument in order', async () => {
    const { args, expected } = everyArgument();
    expect(await suite.bench.callNamed('describe', args)).toBe(expected.length);
    expect(suite.bench.notes).toEqual(expected);
  });
  test('callNamed() gives binary values byte by byte', async () => {
    const args = new NamedArguments();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    args.reset(bytes);
    args.add('bin', ArgumentKind.Bytes, 0, 0, 256);
    await suite.bench.callNamed('describe', args);
    bytes.fill(0);
    const [, value] = suite.bench.notes[0] as [string, string | Uint8Array];
    const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
    expect(text).toBe(Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)).toString('latin1'));
  });
  test('callNamed() finds an argument by name, the first of equal ones', async () => {
    const args = new NamedArguments();
    args.reset(Buffer.from('GETPUT'));
    args.add('path', ArgumentKind.Null, 0, 0, 0);
    args.add('method', ArgumentKind.String, 0, 0, 3);
    args.add('method', ArgumentKind.String, 0, 3, 6);
    expect(await suite.bench.callNamed('by_name', args)).toBe('GET');
    expect(await suite.bench.callNamed('visible', args)).toBe(3);
  });
  test('callNamed() gives no argument as an empty list', async () => {
    const args = new NamedArguments();
    expect(await suite.bench.callNamed('describe', args)).toBe(0);
    expect((await suite.bench.callNamed('by_name', args)) ?? null).toBe(null);
  });
}
