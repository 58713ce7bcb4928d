import { describe, expect, it } from 'vitest';
import { createThreadPool, type PoolHandlers } from '../dist/index.js';
import { bytes, Do, ENTRY, makePool, startPool } from './support/pools.js';

describe('createThreadPool()', () => {
  it('gives back each worker’s report and answers tasks with their context', async () => {
    const { reports, answers, until, send } = await startPool({ workers: 2 });
    expect(reports).toEqual([
      { worker: 0, host: 'ready' },
      { worker: 1, host: 'ready' },
    ]);
    for (let i = 0; i < 100; i++) send(Do.ECHO, i, bytes(i, 255 - i));
    await until(() => answers.length === 100);
    expect(answers.map((a) => a.context).sort((a, b) => Number(a) - Number(b))).toEqual([...Array(100).keys()]);
    for (const { context, bytes: b } of answers) expect([...b!]).toEqual([Number(context), 255 - Number(context)]);
  });

  it('rejects the start with the first worker’s error and stops the others', async () => {
    await expect(startPool({ workers: 3, data: { failStart: 1 } })).rejects.toMatchObject({
      code: 'SCRIPT_ERR_HOST',
      message: 'told to fail',
    });
  });

  it('routes to the worker with the least in flight', async () => {
    const { answers, until, send } = await startPool({ workers: 3 });
    const used = [50, 50, 50, 50, 50, 50].map((ms, i) => send(Do.LATER, i, bytes(ms)));
    expect(used).toEqual([0, 1, 2, 0, 1, 2]);
    await until(() => answers.length === 6);
  });

  it('answers while a worker waits asynchronously', async () => {
    const { answers, until, send } = await startPool();
    send(Do.LATER, 'slow', bytes(200));
    send(Do.ECHO, 'fast', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].context).toBe('fast');
    await until(() => answers.length === 2);
    expect(answers[1].context).toBe('slow');
  });

  it('hands control messages both ways while the worker sleeps', async () => {
    const { pool, messages, until } = await startPool();
    pool.post(0, { hello: 1 });
    await until(() => messages.length === 1);
    expect(messages).toEqual([{ echoed: { hello: 1 } }]);
  });

  it('answers calls of a worker, blocking or not, now or later, errors included', async () => {
    const { answers, until, send } = await startPool(
      {},
      {
        call: (_worker, message) => {
          const { ask } = message as { ask: number };
          if (ask === 99) throw new Error('refused');
          return ask % 2 === 0 ? ask + 1 : new Promise((resolve) => setImmediate(() => resolve(ask + 1)));
        },
      },
    );
    for (const [kind, ask] of [
      [Do.CALL_SYNC, 2],
      [Do.CALL_SYNC, 5],
      [Do.CALL, 6],
      [Do.CALL, 7],
      [Do.CALL_SYNC, 8],
      [Do.CALL, 99],
    ]) {
      send(kind, `${kind} ${ask}`, bytes(ask));
    }
    await until(() => answers.length === 6);
    const text = new Map(answers.map((a) => [a.context, a.bytes!]));
    expect([...text.get('8 2')!]).toEqual([3]);
    expect([...text.get('8 5')!]).toEqual([6]);
    expect([...text.get('9 6')!]).toEqual([7]);
    expect([...text.get('9 7')!]).toEqual([8]);
    expect([...text.get('8 8')!]).toEqual([9]);
    expect(new TextDecoder().decode(text.get('9 99'))).toBe('refused');
  });

  it('refuses the answer to a call that cannot be cloned, also one that comes later', async () => {
    const call = (_worker: number, message: unknown) => {
      const { ask } = message as { ask: number };
      return ask === 1 ? () => {} : Promise.resolve(() => {});
    };
    const { answers, until, send } = await startPool({}, { call });
    send(Do.CALL, 'now', bytes(1));
    send(Do.CALL, 'later', bytes(2));
    await until(() => answers.length === 2);
    for (const { bytes: b } of answers) expect(new TextDecoder().decode(b)).toContain('could not be cloned');
  });

  it('sends what came before its workers were ready', async () => {
    const { pool, answers, until } = makePool();
    const started = pool.start();
    pool.send(Do.ECHO, 'early', bytes(1), 0, 1);
    await started;
    await until(() => answers.length === 1);
    expect([...answers[0].bytes!]).toEqual([1]);
  });

  it('shows what a control message made the worker say, although it sleeps again at once', async () => {
    const { pool, events, until } = await startPool();
    for (let i = 1; i <= 3; i++) {
      pool.post(0, { event: i });
      await until(() => events.length === i);
    }
    expect(events.map((e) => e[0])).toEqual([1, 2, 3]);
  });

  it('fails the start over data no thread can be given', async () => {
    await expect(startPool({ data: { fn: () => {} } })).rejects.toMatchObject({ code: 'POOL_ERR_START' });
  });

  it('refuses a size that is no pool', () => {
    expect(() => createThreadPool({ workers: 0, entry: ENTRY, data: {} }, {} as PoolHandlers)).toThrow(RangeError);
  });
});
