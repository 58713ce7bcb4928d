import { expect } from 'vitest';
import { PENDING } from '../../src/runtime.js';
import type { Suite } from './suite.js';

export function waitingTests(suite: Suite): void {
  const { test } = suite;
  test('call() suspends a script whose host function waits', async () => {
    const started = suite.bench.start('wait', 'a');
    expect(started.first).toBe(PENDING);
    const wait = await suite.bench.waiting('a');
    expect(suite.bench.host.held).toBeGreaterThan(0);
    expect(suite.bench.host.depth).toBe(0);
    wait.resolve('result');
    expect(await started.settled).toBe('result');
    expect(suite.bench.host.held).toBe(0);
  });
  test('call() suspends inside a protected call', async () => {
    const started = suite.bench.start('wait_protected', 'p');
    (await suite.bench.waiting('p')).resolve(5);
    expect(await started.settled).toBe('went on');
    expect(suite.bench.notes).toEqual([[true, 5]]);
  });
  test('call() raises a rejection in the script, which may catch it', async () => {
    await expect(suite.bench.call('rejected')).rejects.toMatchObject({ code: 'SCRIPT_ERR_RUNTIME' });
    await expect(suite.bench.call('rejected')).rejects.toThrow(/no/);
    expect(await suite.bench.call('rejected_protected')).toBe('went on');
    expect(suite.bench.notes[0]?.[0]).toBe(false);
  });
  test('cancel() ends a waiting call and nothing else', async () => {
    const first = suite.bench.start('wait', 'first');
    const second = suite.bench.start('wait', 'second');
    const wait = await suite.bench.waiting('first');
    await suite.bench.waiting('second');
    suite.bench.engine.cancel(first.call);
    await expect(first.settled).rejects.toMatchObject({ code: 'SCRIPT_ERR_DEADLINE' });
    wait.resolve('too late');
    (await suite.bench.waiting('second')).resolve('in time');
    expect(await second.settled).toBe('in time');
    suite.bench.engine.cancel(second.call);
    expect(suite.bench.host.held).toBe(0);
  });
}

export function interleavingTests(suite: Suite): void {
  const { test } = suite;
  test('call() runs other calls while one is suspended', async () => {
    const a = suite.bench.start('wait_twice', 'a');
    const b = suite.bench.start('wait_twice', 'b');
    (await suite.bench.waiting('a1')).resolve(1);
    (await suite.bench.waiting('b1')).resolve(10);
    (await suite.bench.waiting('b2')).resolve(20);
    expect(await b.settled).toBe(30);
    expect(await suite.bench.call('sum', 4, 5)).toBe(9);
    (await suite.bench.waiting('a2')).resolve(2);
    expect(await a.settled).toBe(3);
  });
  test('call() names the running call in host.current', async () => {
    expect(await suite.bench.call('who')).toBe('somebody');
    expect(suite.bench.host.current).toBe(null);
  });
}
