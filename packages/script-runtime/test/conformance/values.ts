import { expect } from 'vitest';
import { ScriptFunction, ScriptTable } from '../../src/value.js';
import type { Suite } from './suite.js';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

export function valueTests(suite: Suite): void {
  const { test } = suite;
  const same = [null, true, false, 0, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2.5, 1e300, Infinity];
  test('call() gives back null, booleans and numbers as they were', async () => {
    for (const value of [...same, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(await suite.bench.call('identity', value)).toBe(value);
      expect(await suite.bench.call('echo', value)).toBe(value);
    }
    expect(await suite.bench.call('identity', Number.NaN)).toBeNaN();
    expect(await suite.bench.call('identity', undefined)).toBe(null);
  });
  test('call() keeps integers beyond +-(2^53 - 1) exact', async () => {
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, INT64_MIN, UINT64_MAX, 2n ** 53n + 1n]) {
      expect(await suite.bench.call('identity', value)).toBe(value);
      expect(await suite.bench.call('echo', value)).toBe(value);
      expect(await suite.bench.call('text_of', value)).toBe(String(value));
    }
    expect(await suite.bench.call('sum', 2n ** 60n, 1)).toBe(2n ** 60n + 1n);
    expect(await suite.bench.call('identity', 7n)).toBe(7);
  });
  test('call() shows integers as text without exponent or fraction', async () => {
    for (const value of [5_000_000_000, 10 ** 15, Number.MAX_SAFE_INTEGER, -3_000_000_000, 0, 123]) {
      expect(await suite.bench.call('text_of', value)).toBe(String(value));
    }
  });
  test('call() adds integers wider than 32 bits without wrapping', async () => {
    expect(await suite.bench.call('sum', 2 ** 31 - 1, 1)).toBe(2 ** 31);
    expect(await suite.bench.call('sum', 1_800_000_000_000, 5)).toBe(1_800_000_000_005);
  });
  test('call() passes strings of text through, the empty one included', async () => {
    for (const text of ['', 'abc', 'a'.repeat(10_000), '__proto__', 'constructor']) {
      expect(await suite.bench.call('identity', text)).toBe(text);
    }
  });
  test('call() passes every byte through', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const text = Buffer.from(bytes).toString('latin1');
    expect(await suite.bench.call('byte_length', bytes)).toBe(256);
    const back = await suite.bench.call('identity', bytes);
    if (suite.differences.bytes === 'bytes') expect(Buffer.from(back as Uint8Array)).toEqual(Buffer.from(bytes));
    else expect(back).toBe(text);
    expect(await suite.bench.call('identity', text)).toBe(text);
  });
  test('call() passes missing and several results by position', async () => {
    expect(await suite.bench.call('nothing')).toBeFalsy();
    expect(await suite.bench.call('no_result')).toBeFalsy();
    expect(await suite.bench.call('count')).toBe(0);
    expect(await suite.bench.call('count', 1, 2, 3)).toBe(3);
    await suite.bench.call('several');
    expect(suite.bench.notes).toEqual([[1, 'two', null, true]]);
  });
  test('call() maps values to the types of the language', async () => {
    const types = suite.differences.types ?? ['nil', 'boolean', 'number', 'string', 'table', 'table'];
    const values = [null, true, 1, 'x', [1], new Map([['a', 1]])];
    for (const [i, value] of values.entries()) expect(await suite.bench.call('type_of', value)).toBe(types[i]);
  });
  test('call() returns its result at once when the script does not wait', async () => {
    if (suite.differences.immediate === false) return;
    expect(suite.bench.start('sum', 1, 2).first).toBe(3);
    expect(suite.bench.host.held).toBe(0);
    expect(suite.bench.host.depth).toBe(0);
  });
}

export function handleTests(suite: Suite): void {
  const { test } = suite;
  test('call() gives lists and maps to scripts', async () => {
    expect(await suite.bench.call('read_list', ['a', 'b'])).toBe('ab');
    expect(await suite.bench.call('read_map', new Map([['key', 'found']]))).toBe('found');
  });
  test('ScriptTable reads the lists and maps of scripts', async () => {
    const list = (await suite.bench.call('list')) as ScriptTable;
    expect(list).toBeInstanceOf(ScriptTable);
    expect(list.length).toBe(3);
    const map = (await suite.bench.call('map')) as ScriptTable;
    expect([map.get('x'), map.get('y'), map.get('z') ?? null]).toEqual([1, 'two', null]);
    expect(new Map(map.entries())).toEqual(
      new Map<unknown, unknown>([
        ['x', 1],
        ['y', 'two'],
      ]),
    );
  });
  test('ScriptTable writes into a table of the script', async () => {
    const map = (await suite.bench.call('map')) as ScriptTable;
    map.set('key', 'new');
    expect(map.get('key')).toBe('new');
    expect(await suite.bench.call('read_map', map)).toBe('new');
  });
  test('ScriptFunction is kept and called later', async () => {
    await suite.bench.call('keep');
    const [fn] = suite.bench.notes[0] as [ScriptFunction];
    expect(fn).toBeInstanceOf(ScriptFunction);
    expect(fn.where).toMatch(/main\.\w+:\d+$/);
    expect(await suite.bench.callFunction(fn, 21)).toBe(42);
    expect(await suite.bench.call('take', fn)).toBe(41);
  });
  test('call() works from inside a host function', async () => {
    if (suite.differences.immediate === false) return;
    expect(await suite.bench.call('call_back')).toBe(42);
  });
}
