import { expect } from 'vitest';
import { HostObject } from '../../src/value.js';
import { COUNTER, type Counter } from './bench.js';
import type { Suite } from './suite.js';

export function objectTests(suite: Suite): void {
  const { test } = suite;
  const counter = (count = 0): HostObject<Counter> => new HostObject(COUNTER, { count, labels: new Map() });
  test('HostObject has methods, fields, text and length', async () => {
    const object = counter();
    await suite.bench.call('use_object', object);
    expect(suite.bench.notes).toEqual([
      [2, 2, null],
      ['x', 'counter at 2', 1],
    ]);
  });
  test('HostObject comes back as itself', async () => {
    const object = counter();
    expect(await suite.bench.call('identity', object)).toBe(object);
    expect(await suite.bench.call('echo', object)).toBe(object);
  });
  test('HostObject is iterated by its entries', async () => {
    const object = counter();
    object.value.labels.set('a', 1).set('b', 'two');
    await suite.bench.call('object_pairs', object);
    expect(suite.bench.notes).toEqual([
      ['a', 1],
      ['b', 'two'],
    ]);
  });
  test('HostObject is compared by its class', async () => {
    const one = counter(1);
    expect(await suite.bench.call('object_equal', one, one)).toBe(true);
    expect(await suite.bench.call('object_equal', one, counter(1))).toBe(true);
    expect(await suite.bench.call('object_equal', one, counter(2))).toBe(false);
  });
  test('HostObject raises what its class throws, and waits', async () => {
    const fault = suite.bench.call('object_fault', counter());
    await expect(fault).rejects.toThrow(/count cannot be set/);
    await expect(fault).rejects.toMatchObject({ code: 'SCRIPT_ERR_RUNTIME', line: suite.line('object_fault') });
    expect(await suite.bench.call('object_waits', counter(9))).toBe(9);
  });
}
