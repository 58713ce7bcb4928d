import { describe, expect, it } from 'vitest';
import { bytes, Do, startPool } from './support/pools.js';

describe('createThreadPool()', () => {
  it('keeps a worker in which a promise was rejected and nobody looked, and logs it', async () => {
    const { answers, changes, errors, until, send } = await startPool();
    send(Do.REJECT, 'answered', bytes(1));
    await until(() => answers.length === 1 && errors.length === 1);
    expect(answers[0]).toMatchObject({ context: 'answered', bytes: bytes(1) });
    expect(errors).toEqual(['Promise rejected and nobody looked: left alone']);
    expect(changes).toEqual([]);
  });

  it('replaces a worker that exits; only its own tasks fail', async () => {
    const { answers, changes, until, send } = await startPool({ workers: 2 });
    send(Do.LATER, 'other', bytes(100), 1);
    send(Do.LATER, 'lost with it', bytes(100), 0);
    send(Do.EXIT, 'killer', bytes(), 0);
    await until(() => changes.includes('0 ready'));
    send(Do.ECHO, 'after', bytes(9), 0);
    await until(() => answers.length === 4);
    const failed = answers.filter((a) => a.error !== undefined);
    expect(failed.map((a) => a.context).sort()).toEqual(['killer', 'lost with it']);
    expect(failed[0].error?.code).toBe('POOL_ERR_WORKER_LOST');
    expect(
      answers
        .filter((a) => a.error === undefined)
        .map((a) => a.context)
        .sort(),
    ).toEqual(['after', 'other']);
  });

  it('replaces a worker that dies of an uncaught error', async () => {
    const { answers, changes, until, send } = await startPool();
    send(Do.THROW, 'x', bytes());
    await until(() => changes.includes('0 ready') && answers.length === 1);
    expect(answers[0].error).toMatchObject({ code: 'POOL_ERR_WORKER_LOST' });
    expect(answers[0].error?.message).toContain('thrown outside');
  });

  it('replaces a worker whose application throws', async () => {
    const { answers, changes, until, send } = await startPool();
    send(Do.FAIL, 'x', bytes());
    await until(() => changes.includes('0 ready') && answers.length === 1);
    expect(answers[0].error).toMatchObject({ code: 'POOL_ERR_WORKER_LOST' });
    expect(answers[0].error?.message).toContain('thrown inside');
  });

  it.each([
    ['in a pass', Do.GIVE_UP],
    ['between passes', Do.GIVE_UP_LATER],
  ])(
    'replaces a worker whose engine is of no use any more, %s, and delivers what it had answered',
    async (_when, kind) => {
      const { answers, changes, errors, until, send } = await startPool();
      send(kind, 'answered', bytes(1));
      await until(() => changes.includes('0 ready'));
      send(Do.ECHO, 'after', bytes(9));
      await until(() => answers.length === 2);
      expect(answers.map(({ context, error }) => [context, error])).toEqual([
        ['answered', undefined],
        ['after', undefined],
      ]);
      expect(errors.join()).toContain('of no use any more');
    },
  );

  it('takes one answer to a task and logs another', async () => {
    const { pool, answers, errors, until, send } = await startPool();
    send(Do.TWICE, 'twice', bytes(1));
    send(Do.LATER, 'a', bytes(20));
    send(Do.LATER, 'b', bytes(10));
    await until(() => answers.length === 3);
    expect(answers.map((a) => a.context)).toEqual(['twice', 'b', 'a']);
    expect(errors).toEqual(['Cannot handle what a worker sent: task 1 is not open']);
    expect(pool.inFlight).toBe(0);
  });

  it('interrupts a stretch of script code at its deadline', async () => {
    const { answers, changes, until, send } = await startPool({ timeoutMs: 60, graceMs: 30_000 });
    send(Do.SPIN_INTERRUPTIBLE, 'x', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].error).toBeUndefined();
    expect(changes).toEqual([]);
  });

  it('ends and replaces a thread that cannot be interrupted', async () => {
    const { answers, changes, until, send } = await startPool({ timeoutMs: 60, graceMs: 60 });
    send(Do.SPIN, 'hung', bytes());
    send(Do.ECHO, 'behind it', bytes());
    await until(() => changes.includes('0 ready'));
    expect(answers.map((a) => [a.context, a.error?.code])).toEqual([
      ['hung', 'POOL_ERR_WORKER_HUNG'],
      ['behind it', 'POOL_ERR_WORKER_HUNG'],
    ]);
    send(Do.ECHO, 'after', bytes(3));
    await until(() => answers.length === 3);
    expect(answers[2].error).toBeUndefined();
  });

  it.each([
    [
      'cannot be interrupted',
      Do.SPIN,
      /^Worker 0 did not come back from message 'x' \(x\.lua:3\), entered 120 ms ago: thread/,
    ],
    ['ends', Do.EXIT_IN_SCRIPT, /^Worker 0 ended unexpectedly \(exit 8\): .*; it ran message 'x' \(x\.lua:3\)$/],
  ])('names what ran in a thread that %s', async (_how, kind, text) => {
    const subject = { what: "message 'x'", script: 'x.lua', where: 'x.lua:3' };
    const { answers, errors, until, send } = await startPool({ timeoutMs: 60, graceMs: 60, data: { subject } });
    send(kind, 'hung', bytes());
    await until(() => answers.length === 1);
    expect(answers[0].error).toMatchObject({ message: expect.stringMatching(text), script: 'x.lua' });
    expect(errors[0]).toMatch(text);
  });

  it('logs a handler that throws and goes on behind its record', async () => {
    const seen: unknown[] = [];
    const reply = (context: unknown): void => {
      seen.push(context);
      if (context === 1) throw new Error('broken handler');
    };
    const { errors, until, send } = await startPool({}, { reply });
    for (let i = 0; i < 3; i++) send(Do.ECHO, i, bytes(i));
    await until(() => seen.length === 3);
    expect(seen).toEqual([0, 1, 2]);
    expect(errors).toEqual(['Cannot handle what a worker sent: broken handler']);
  });

  it('takes new tasks from the fault handler of a lost worker’s', async () => {
    const done: string[] = [];
    const fault = (context: unknown): void => {
      done.push(`fault ${context}`);
      if (context === 'held') pool.send(Do.ECHO, 'again', bytes(5), 0, 1, 0);
    };
    const made = await startPool({}, { fault, reply: (context) => done.push(`reply ${context}`) });
    const { pool, until, send } = made;
    send(Do.LATER, 'held', bytes(255));
    send(Do.EXIT, 'killer', bytes());
    await until(() => done.length === 3);
    expect(done).toEqual(['fault held', 'fault killer', 'reply again']);
    expect(pool.inFlight).toBe(0);
  });

  it('fails tasks at once while a lost worker’s successor cannot start', async () => {
    const starts = new Int32Array(new SharedArrayBuffer(4));
    const { pool, answers, changes, until, send } = await startPool({ data: { starts, failStarts: [2, 3] } });
    send(Do.EXIT, 'killer', bytes());
    await until(() => answers.length === 1);
    send(Do.ECHO, 'queued', bytes(1));
    await until(() => answers.length === 2);
    send(Do.ECHO, 'refused', bytes(1));
    await until(() => answers.length === 3);
    expect(answers.map(({ context, error }) => [context, error?.code])).toEqual([
      ['killer', 'POOL_ERR_WORKER_LOST'],
      ['queued', 'SCRIPT_ERR_HOST'],
      ['refused', 'POOL_ERR_WORKER_LOST'],
    ]);
    await until(() => changes.includes('0 ready'));
    expect(changes).toEqual(['0 lost', '0 lost', '0 lost', '0 ready']);
    send(Do.ECHO, 'after', bytes(1));
    await until(() => answers.length === 4);
    expect(answers[3].error).toBeUndefined();
    expect(pool.stats()).toMatchObject({ queued: 0, faults: 3 });
  });

  it('pauses between workers that are lost before they did anything, and refuses tasks meanwhile', async () => {
    const { answers, changes, errors, pool, until, send } = await startPool({ data: { exitAfterStart: 5 } });
    await until(() => changes.filter((c) => c === '0 lost').length === 3);
    send(Do.ECHO, 'refused', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].error).toMatchObject({ code: 'POOL_ERR_WORKER_LOST' });
    expect(errors.map((text) => /next try in (\d+) ms/.exec(text)?.[1])).toEqual([undefined, '100', '200']);
    expect(pool.stats().workers[0].restarts).toBe(2);
  });

  it('does not pause for a worker that answered before it was lost', async () => {
    const { answers, changes, errors, until, send } = await startPool();
    for (let life = 1; life <= 4; life++) {
      send(Do.ECHO, 'echo', bytes(1));
      await until(() => answers.length === life * 2 - 1);
      send(Do.EXIT, 'killer', bytes());
      await until(() => changes.length === life * 2);
    }
    expect(errors.filter((text) => text.includes('next try'))).toEqual([]);
  });
});
