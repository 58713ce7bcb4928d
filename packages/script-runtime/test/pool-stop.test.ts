import { describe, expect, it } from 'vitest';
import { bytes, Do, makePool, startPool } from './support/pools.js';

describe('createThreadPool()', () => {
  it('waits for what is in flight when it stops', async () => {
    const { pool, answers, send } = await startPool();
    send(Do.LATER, 'x', bytes(100));
    await pool.stop(10_000);
    expect(answers.map((a) => a.context)).toEqual(['x']);
    expect(pool.stats().workers[0].state).toBe('stopped');
  });

  it('answers what is still in flight with an error when the grace is over', async () => {
    const { pool, answers, send } = await startPool();
    send(Do.LATER, 'x', bytes(255));
    await pool.stop(1);
    expect(answers).toHaveLength(1);
  });

  it('can be stopped while it starts', async () => {
    const { pool } = makePool({ workers: 2, data: { neverStart: true } });
    const started = pool.start();
    started.catch(() => {});
    await pool.stop(1000);
    await expect(started).rejects.toMatchObject({ code: 'POOL_ERR_STOPPED' });
    expect(pool.stats().workers.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('can be stopped before it starts and more than once', async () => {
    await expect(makePool().pool.stop(0)).resolves.toBeUndefined();
    const { pool, answers, send } = await startPool();
    send(Do.LATER, 'x', bytes(100));
    await Promise.all([pool.stop(10_000), pool.stop(0)]);
    expect(answers.map((a) => a.error)).toEqual([undefined]);
    expect(pool.stats().workers[0].state).toBe('stopped');
  });

  it('refuses to start once stopped', async () => {
    const { pool } = makePool();
    await pool.stop(0);
    await expect(pool.start()).rejects.toMatchObject({ code: 'POOL_ERR_STOPPED' });
    expect(pool.stats().workers[0].state).toBe('idle');
  });

  it('hears what workers say last and fails what comes after them', async () => {
    const { pool, answers, events, until, send } = await startPool({ data: { lastWords: 77 } });
    await pool.stop(1000);
    expect(events.map((e) => e[0])).toEqual([77]);
    send(Do.ECHO, 'late', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].error?.code).toBe('POOL_ERR_STOPPED');
  });
});
