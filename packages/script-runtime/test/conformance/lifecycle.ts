import { expect } from 'vitest';
import { ArgumentKind, NamedArguments } from '../../src/named-arguments.js';
import { PENDING, type ScriptCall } from '../../src/runtime.js';
import type { Suite } from './suite.js';

const MANY = 200;

export function lifecycleTests(suite: Suite): void {
  const { test } = suite;
  test('callNamed() of one pass runs in order, and an error among them costs one', async () => {
    const { bench } = suite;
    const args = new NamedArguments();
    const outcomes = Array.from({ length: 50 }, (_, n) => {
      args.reset(new Uint8Array(0));
      args.add('n', ArgumentKind.Integer, n, 0, 0);
      return begin(suite, n === 20 ? 'raise' : 'describe', args);
    });
    bench.engine.flush();
    const settled = await Promise.allSettled(outcomes);
    const rejected = settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []));
    expect(rejected).toEqual([20]);
    const expected = Array.from({ length: 50 }, (_, n) => ['n', n]).filter(([, n]) => n !== 20);
    expect(bench.notes).toEqual(expected);
  });
  test('call() holds many calls that wait, each with its own result', async () => {
    const started = Array.from({ length: MANY }, (_, n) => suite.bench.start('wait', `many ${n}`));
    for (let n = MANY - 1; n >= 0; n--) (await suite.bench.waiting(`many ${n}`)).resolve(n);
    const results = await Promise.all(started.map(({ settled }) => settled));
    expect(results).toEqual(results.map((_, n) => n));
    expect(suite.bench.host.held).toBe(0);
  });
  test('createEngine() loads the same scripts again, and close() ends one engine alone', async () => {
    for (let reload = 0; reload < 2; reload++) {
      const fresh = await suite.fresh();
      expect(await fresh.call('sum', reload, 1)).toBe(reload + 1);
      await fresh.close();
    }
    expect(await suite.bench.call('sum', 4, 5)).toBe(9);
  });
}

function begin({ bench }: Suite, name: string, args: NamedArguments): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call: ScriptCall = { settled: (error, result) => (error === null ? resolve(result) : reject(error)) };
    try {
      const result = bench.engine.callNamed(bench.fn(name), args, call);
      if (result !== PENDING) resolve(result);
    } catch (error) {
      reject(error as Error);
    }
  });
}
