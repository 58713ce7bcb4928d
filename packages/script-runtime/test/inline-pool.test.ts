import { describe, expect, it } from 'vitest';
import { createInlinePool, type PoolHandlers, type WorkerPort } from '../src/index.js';

const [ECHO, NEVER, SOON, FAIL, TWICE] = [1, 2, 3, 4, 5];

function makePool(more: Partial<PoolHandlers> = {}) {
  const done: unknown[] = [];
  const errors: string[] = [];
  let stops = 0;
  const pool = createInlinePool(
    {
      data: {},
      createApp: (port: WorkerPort) => ({
        start: async () => 'ready',
        handle(kind, id, bytes, at, end) {
          const payload = bytes.slice(at, end);
          const reply = (): void => port.reply(id, kind, payload, 0, payload.length);
          if (kind === ECHO) reply();
          if (kind === SOON) setImmediate(reply);
          if (kind === FAIL) throw new Error('thrown inside');
          if (kind === TWICE) {
            reply();
            reply();
          }
        },
        passEnd() {},
        async stop() {
          stops++;
        },
      }),
    },
    {
      reply: (context, _kind, bytes, at) => done.push([context, bytes[at]]),
      fault: (context, _kind, error) => done.push([context, error.code]),
      event: () => {},
      passEnd: () => {},
      congested: () => {},
      log: (_level, message) => errors.push(message),
      ...more,
    },
  );
  const send = (kind: number, context: string): void => {
    pool.send(kind, context, Uint8Array.of(7), 0, 1);
    pool.flush();
  };
  return { pool, done, errors, send, stops: () => stops };
}

describe('createInlinePool()', () => {
  it('answers in the call or later', async () => {
    const { pool, done, send } = makePool();
    expect(await pool.start()).toEqual(['ready']);
    send(ECHO, 'a');
    expect(done).toEqual([['a', 7]]);
    send(SOON, 'b');
    await pool.stop(60_000);
    expect(done).toEqual([
      ['a', 7],
      ['b', 7],
    ]);
  });

  it('fails what is not answered when the grace is over, and what comes after that', async () => {
    const { pool, done, send, stops } = makePool();
    await pool.start();
    send(NEVER, 'x');
    await Promise.all([pool.stop(1), pool.stop(1)]);
    expect(done).toEqual([['x', 'POOL_ERR_STOPPED']]);
    expect([pool.inFlight, pool.stats().faults, stops()]).toEqual([0, 1, 1]);
    send(ECHO, 'late');
    await Promise.resolve();
    expect(done[1]).toEqual(['late', 'POOL_ERR_STOPPED']);
  });

  it('fails a task whose application throws, and takes one answer to a task', async () => {
    const { pool, done, errors, send } = makePool();
    await pool.start();
    send(FAIL, 'a');
    send(TWICE, 'b');
    await Promise.resolve();
    expect(done).toEqual([
      ['b', 7],
      ['a', 'POOL_ERR_WORKER_LOST'],
    ]);
    expect(errors).toEqual([
      'The application cannot handle a record: thrown inside',
      'Cannot handle what a worker sent: task 1 is not open',
    ]);
    expect(pool.inFlight).toBe(0);
    await pool.stop(60_000);
  });

  it('does not start once stopped, nor when it was stopped meanwhile', async () => {
    const before = makePool();
    await before.pool.stop(0);
    await expect(before.pool.start()).rejects.toMatchObject({ code: 'POOL_ERR_STOPPED' });
    const meanwhile = makePool();
    const started = meanwhile.pool.start();
    started.catch(() => {});
    await meanwhile.pool.stop(0);
    await expect(started).rejects.toMatchObject({ code: 'POOL_ERR_STOPPED' });
    expect([before.stops(), meanwhile.stops()]).toEqual([0, 0]);
  });

  it('logs a handler that throws and goes on', async () => {
    const { pool, errors, send } = makePool({
      reply: () => {
        throw new Error('broken handler');
      },
    });
    await pool.start();
    send(ECHO, 'a');
    send(ECHO, 'b');
    expect(errors).toEqual(Array(2).fill('Cannot handle what a worker sent: broken handler'));
    await pool.stop(0);
  });
});
