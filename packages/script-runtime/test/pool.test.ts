import { afterEach, describe, expect, it } from 'vitest';
import {
  createThreadPool,
  type Pool,
  type PoolHandlers,
  type ScriptErrorData,
  type ThreadPoolOptions,
} from '../dist/index.js';

const ENTRY = new URL('./fixtures/worker.mjs', import.meta.url);
const [ECHO, THROW, EXIT, SPIN, LATER, SPIN_INTERRUPTIBLE, BURST, CALL_SYNC, CALL, SINK, FLOOD, REJECT, FAIL, TWICE] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
];

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
  const made = makePool(options, more);
  return { ...made, reports: await made.pool.start() };
}

function makePool(options: Partial<ThreadPoolOptions> = {}, more: Partial<PoolHandlers> = {}) {
  const answers: Answer[] = [];
  const events: Uint8Array[] = [];
  const changes: string[] = [];
  const messages: unknown[] = [];
  const errors: string[] = [];
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
      log: (level, message) => {
        if (level === 'error') errors.push(message);
        check();
      },
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
  return { pool, answers, events, changes, messages, errors, until, send };
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

  it('hears what a worker says while it starts, however much', async () => {
    const { events, until } = await startPool({ ringBytes: 4096, data: { sayFirst: 200 } });
    await until(() => events.length === 200);
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

  it('keeps a worker in which a promise was rejected and nobody looked, and logs it', async () => {
    const { answers, changes, errors, until, send } = await startPool();
    send(REJECT, 'answered', bytes(1));
    await until(() => answers.length === 1 && errors.length === 1);
    expect(answers[0]).toMatchObject({ context: 'answered', bytes: bytes(1) });
    expect(errors).toEqual(['Promise rejected and nobody looked: left alone']);
    expect(changes).toEqual([]);
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

  it('replaces a worker whose application throws', async () => {
    const { answers, changes, until, send } = await startPool();
    send(FAIL, 'x', bytes());
    await until(() => changes.includes('0 ready') && answers.length === 1);
    expect(answers[0].error).toMatchObject({ code: 'POOL_ERR_WORKER_LOST' });
    expect(answers[0].error?.message).toContain('thrown inside');
  });

  it('takes one answer to a task and logs another', async () => {
    const { pool, answers, errors, until, send } = await startPool();
    send(TWICE, 'twice', bytes(1));
    send(LATER, 'a', bytes(20));
    send(LATER, 'b', bytes(10));
    await until(() => answers.length === 3);
    expect(answers.map((a) => a.context)).toEqual(['twice', 'b', 'a']);
    expect(errors).toEqual(['Cannot handle what a worker sent: task 1 is not open']);
    expect(pool.inFlight).toBe(0);
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

  it('refuses the answer to a call that cannot be cloned, also one that comes later', async () => {
    const call = (_worker: number, message: unknown) => {
      const { ask } = message as { ask: number };
      return ask === 1 ? () => {} : Promise.resolve(() => {});
    };
    const { answers, until, send } = await startPool({}, { call });
    send(CALL, 'now', bytes(1));
    send(CALL, 'later', bytes(2));
    await until(() => answers.length === 2);
    for (const { bytes: b } of answers) expect(new TextDecoder().decode(b)).toContain('could not be cloned');
  });

  it('sends on when records without answer have filled the ring', async () => {
    const states: boolean[] = [];
    const { pool, answers, until } = await startPool({ ringBytes: 4096 }, { congested: (on) => states.push(on) });
    const payload = new Uint8Array(300);
    for (let i = 0; i < 500; i++) pool.sendEvent(SINK, payload, 0, payload.length, 0);
    pool.send(ECHO, 'behind them', payload, 0, payload.length);
    pool.flush();
    await until(() => answers.length === 1);
    expect(states).toEqual([true, false]);
    expect(pool.stats().queued).toBe(0);
  });

  it('copies a Buffer that has to wait', async () => {
    const { pool, answers, until } = await startPool({ ringBytes: 4096 });
    const payload = Buffer.alloc(300);
    for (let i = 0; i < 100; i++) pool.send(ECHO, i, payload.fill(i), 0, payload.length);
    pool.flush();
    await until(() => answers.length === 100);
    for (const { context, bytes: b } of answers) expect(b).toEqual(new Uint8Array(300).fill(Number(context)));
  });

  it('sends what came before its workers were ready', async () => {
    const { pool, answers, until } = makePool();
    const started = pool.start();
    pool.send(ECHO, 'early', bytes(1), 0, 1);
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

  it('leaves the event loop its turn while a worker never stops sending', async () => {
    let count = 0;
    let turnAt = Number.POSITIVE_INFINITY;
    const event = (): void => {
      if (++count === 1) setImmediate(() => (turnAt = count));
      // Slower than the worker, so that there always is one more.
      for (const end = performance.now() + 0.05; performance.now() < end; );
    };
    const { answers, until, send } = await startPool({ ringBytes: 4096 }, { event });
    send(FLOOD, 'x', new Uint8Array(100));
    await until(() => answers.length === 1);
    expect(count).toBe(5000);
    expect(turnAt).toBeLessThan(5000);
  });

  it('logs a handler that throws and goes on behind its record', async () => {
    const seen: unknown[] = [];
    const reply = (context: unknown): void => {
      seen.push(context);
      if (context === 1) throw new Error('broken handler');
    };
    const { errors, until, send } = await startPool({}, { reply });
    for (let i = 0; i < 3; i++) send(ECHO, i, bytes(i));
    await until(() => seen.length === 3);
    expect(seen).toEqual([0, 1, 2]);
    expect(errors).toEqual(['Cannot handle what a worker sent: broken handler']);
  });

  it('takes new tasks from the fault handler of a lost worker’s', async () => {
    const done: string[] = [];
    const fault = (context: unknown): void => {
      done.push(`fault ${context}`);
      if (context === 'held') pool.send(ECHO, 'again', bytes(5), 0, 1, 0);
    };
    const made = await startPool({}, { fault, reply: (context) => done.push(`reply ${context}`) });
    const { pool, until, send } = made;
    send(LATER, 'held', bytes(255));
    send(EXIT, 'killer', bytes());
    await until(() => done.length === 3);
    expect(done).toEqual(['fault held', 'fault killer', 'reply again']);
    expect(pool.inFlight).toBe(0);
  });

  it('fails tasks at once while a lost worker’s successor cannot start', async () => {
    const starts = new Int32Array(new SharedArrayBuffer(4));
    const { pool, answers, changes, until, send } = await startPool({ data: { starts, failStarts: [2, 3] } });
    send(EXIT, 'killer', bytes());
    await until(() => answers.length === 1);
    send(ECHO, 'queued', bytes(1));
    await until(() => answers.length === 2);
    send(ECHO, 'refused', bytes(1));
    await until(() => answers.length === 3);
    expect(answers.map(({ context, error }) => [context, error?.code])).toEqual([
      ['killer', 'POOL_ERR_WORKER_LOST'],
      ['queued', 'SCRIPT_ERR_HOST'],
      ['refused', 'POOL_ERR_WORKER_LOST'],
    ]);
    await until(() => changes.includes('0 ready'));
    expect(changes).toEqual(['0 lost', '0 lost', '0 lost', '0 ready']);
    send(ECHO, 'after', bytes(1));
    await until(() => answers.length === 4);
    expect(answers[3].error).toBeUndefined();
    expect(pool.stats()).toMatchObject({ queued: 0, faults: 3 });
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
    send(LATER, 'x', bytes(100));
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
    send(ECHO, 'late', bytes(1));
    await until(() => answers.length === 1);
    expect(answers[0].error?.code).toBe('POOL_ERR_STOPPED');
  });

  it('fails the start over data no thread can be given', async () => {
    await expect(startPool({ data: { fn: () => {} } })).rejects.toMatchObject({ code: 'POOL_ERR_START' });
  });

  it('refuses a size that is no pool', () => {
    expect(() => createThreadPool({ workers: 0, entry: ENTRY, data: {} }, {} as PoolHandlers)).toThrow(RangeError);
  });
});
