import { afterEach, describe, expect, it } from 'vitest';
import {
  createThreadPool,
  type Pool,
  type PoolHandlers,
  type ScriptErrorData,
  type ThreadPoolOptions,
} from '../dist/index.js';

const ENTRY = new URL('./fixtures/worker.mjs', import.meta.url);
const [ECHO, THROW, EXIT, SPIN, LATER, SPIN_INTERRUPTIBLE, BURST, CALL_SYNC, CALL] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

interface Answer {
  context: unknown;
  bytes?: Uint8Array;
  error?: ScriptErrorData;
}

let pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.map((p) => p.stop(0)));
  pools = [];
});

/** A started pool, with its answers as awaitable counts. */
async function startPool(options: Partial<ThreadPoolOptions> = {}, more: Partial<PoolHandlers> = {}) {
  const answers: Answer[] = [];
  const events: Uint8Array[] = [];
  const changes: string[] = [];
  const messages: unknown[] = [];
  let check: () => void = () => {};
  const pool = createThreadPool(
    { workers: 1, entry: ENTRY, data: {}, ...options },
    {
      reply: (context, _kind, bytes, at, end) => {
        answers.push({ context, bytes: bytes.slice(at, end) });
      },
      fault: (context, _kind, error) => {
        answers.push({ context, error });
      },
      event: (_worker, _kind, bytes, at, end) => {
        events.push(bytes.slice(at, end));
      },
      passEnd: () => check(),
      congested: () => {},
      log: () => {},
      message: (_worker, message) => {
        messages.push(message);
        check();
      },
      workerChanged: (worker, state) => {
        changes.push(`${worker} ${state}`);
        check();
      },
      ...more,
    },
  );
  pools.push(pool);
  const reports = await pool.start();
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (done()) resolve();
      };
      check();
    });
  const send = (kind: number, context: unknown, payload: Uint8Array, worker?: number): number => {
    const w = pool.send(kind, context, payload, 0, payload.length, worker);
    pool.flush();
    return w;
  };
  return { pool, reports, answers, events, changes, messages, until, send };
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('createThreadPool()', () => {
  it('gives back each worker’s report and answers tasks with their context', async () => {
    const { reports, answers, until, send } = await startPool({ workers: 2 });
    expect(reports).toEqual([
      { worker: 0, host: 'ready' },
      { worker: 1, host: 'ready' },
    ]);
    for (let i = 0; i < 100; i++) send(ECHO, i, bytes(i, 255 - i));
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
    const used = [50, 50, 50, 50, 50, 50].map((ms, i) => send(LATER, i, bytes(ms)));
    expect(used).toEqual([0, 1, 2, 0, 1, 2]);
    await until(() => answers.length === 6);
  });

  it('keeps the order of one worker and carries payloads larger than the ring', async () => {
    const { answers, until, send } = await startPool({ ringBytes: 4096 });
    const sizes = [10, 5000, 1, 100_000, 0, 900, 3];
    for (const [i, size] of sizes.entries()) send(ECHO, i, new Uint8Array(size).fill(i));
    await until(() => answers.length === sizes.length);
    expect(answers.map((a) => a.context)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const [i, a] of answers.entries()) expect(a.bytes).toEqual(new Uint8Array(sizes[i]).fill(i));
  });

  it('queues past a full ring, says congested, and loses nothing', async () => {
    const states: boolean[] = [];
    const { pool, answers, until } = await startPool({ ringBytes: 4096 }, { congested: (on) => states.push(on) });
    const payload = new Uint8Array(300);
    for (let i = 0; i < 500; i++) pool.send(ECHO, i, payload, 0, payload.length);
    pool.flush();
    await until(() => answers.length === 500);
    expect(answers.map((a) => a.context)).toEqual([...Array(500).keys()]);
    expect(states).toEqual([true, false]);
  });

  it('lets a worker wait for room when it answers more than the ring holds', async () => {
    const { answers, events, until, send } = await startPool({ ringBytes: 4096 });
    send(BURST, 'x', new Uint8Array(500));
    await until(() => answers.length === 1);
    expect(events.length).toBe(200);
  });

  it('answers while a worker waits asynchronously', async () => {
    const { answers, until, send } = await startPool();
    send(LATER, 'slow', bytes(200));
    send(ECHO, 'fast', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].context).toBe('fast');
    await until(() => answers.length === 2);
    expect(answers[1].context).toBe('slow');
  });

  it('replaces a worker that exits; only its own tasks fail', async () => {
    const { answers, changes, until, send } = await startPool({ workers: 2 });
    send(LATER, 'other', bytes(100), 1);
    send(LATER, 'lost with it', bytes(100), 0);
    send(EXIT, 'killer', bytes(), 0);
    await until(() => changes.includes('0 ready'));
    send(ECHO, 'after', bytes(9), 0);
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
    send(THROW, 'x', bytes());
    await until(() => changes.includes('0 ready') && answers.length === 1);
    expect(answers[0].error).toMatchObject({ code: 'POOL_ERR_WORKER_LOST' });
    expect(answers[0].error?.message).toContain('thrown outside');
  });

  it('interrupts a stretch of script code at its deadline', async () => {
    const { answers, changes, until, send } = await startPool({ timeoutMs: 60, graceMs: 30_000 });
    send(SPIN_INTERRUPTIBLE, 'x', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].error).toBeUndefined();
    expect(changes).toEqual([]);
  });

  it('ends and replaces a thread that cannot be interrupted', async () => {
    const { answers, changes, until, send } = await startPool({ timeoutMs: 60, graceMs: 60 });
    send(SPIN, 'hung', bytes());
    send(ECHO, 'behind it', bytes());
    await until(() => changes.includes('0 ready'));
    expect(answers.map((a) => [a.context, a.error?.code])).toEqual([
      ['hung', 'POOL_ERR_WORKER_HUNG'],
      ['behind it', 'POOL_ERR_WORKER_HUNG'],
    ]);
    send(ECHO, 'after', bytes(3));
    await until(() => answers.length === 3);
    expect(answers[2].error).toBeUndefined();
  });

  it('waits for what is in flight when it stops', async () => {
    const { pool, answers, send } = await startPool();
    send(LATER, 'x', bytes(100));
    await pool.stop(10_000);
    expect(answers.map((a) => a.context)).toEqual(['x']);
    expect(pool.stats().workers[0].state).toBe('stopped');
  });

  it('answers what is still in flight with an error when the grace is over', async () => {
    const { pool, answers, send } = await startPool();
    send(LATER, 'x', bytes(255));
    await pool.stop(1);
    expect(answers).toHaveLength(1);
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
      [CALL_SYNC, 2],
      [CALL_SYNC, 5],
      [CALL, 6],
      [CALL, 7],
      [CALL_SYNC, 8],
      [CALL, 99],
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

  it('refuses a size that is no pool', () => {
    expect(() => createThreadPool({ workers: 0, entry: ENTRY, data: {} }, {} as PoolHandlers)).toThrow(RangeError);
  });
});
