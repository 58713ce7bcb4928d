import { describe, expect, it } from 'vitest';
import { Do, makePool, startPool } from './support/pools.js';

describe('createThreadPool() and lines of the log', () => {
  it('tells how many were lost, also where the worker says nothing more', async () => {
    const said = new Int32Array(new SharedArrayBuffer(4));
    const lines: string[] = [];
    let tell: (loss: string) => void = () => {};
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const log = (_level: string, message: string): void => {
      lines.push(message);
      if (message.includes('lost')) tell(message);
    };
    const { send } = await startPool({ data: { said: said.buffer } }, { log });
    send(Do.LOSE_LINES, 'x', new Uint8Array(0));
    // Nobody takes a line meanwhile.
    Atomics.wait(said, 0, 0);
    expect(await told).toMatch(/^904 lines of the log are lost/);
    expect(lines.indexOf('line 4095')).toBe(4095);
  });
});

describe('createThreadPool()', () => {
  it('keeps the order of one worker and carries payloads larger than the ring', async () => {
    const { answers, until, send } = await startPool({ ringBytes: 4096 });
    const sizes = [10, 5000, 1, 100_000, 0, 900, 3];
    for (const [i, size] of sizes.entries()) send(Do.ECHO, i, new Uint8Array(size).fill(i));
    await until(() => answers.length === sizes.length);
    expect(answers.map((a) => a.context)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const [i, a] of answers.entries()) expect(a.bytes).toEqual(new Uint8Array(sizes[i]).fill(i));
  });

  it('queues past a full ring, says congested, and loses nothing', async () => {
    const states: boolean[] = [];
    const { pool, answers, until } = await startPool({ ringBytes: 4096 }, { congested: (on) => states.push(on) });
    const payload = new Uint8Array(300);
    for (let i = 0; i < 500; i++) pool.send(Do.ECHO, i, payload, 0, payload.length);
    pool.flush();
    await until(() => answers.length === 500);
    expect(answers.map((a) => a.context)).toEqual([...Array(500).keys()]);
    expect(states).toEqual([true, false]);
  });

  it('lets a worker wait for room when it answers more than the ring holds', async () => {
    const { answers, events, until, send } = await startPool({ ringBytes: 4096 });
    send(Do.BURST, 'x', new Uint8Array(500));
    await until(() => answers.length === 1);
    expect(events.length).toBe(200);
  });

  it('holds back what its workers say, which then wait for room, and loses nothing', async () => {
    const { pool, answers, events, until, send } = await startPool({ ringBytes: 4096 });
    const other = await startPool({ ringBytes: 4096 });
    pool.holdBack(true);
    send(Do.BURST, 'x', new Uint8Array(500));
    // Time enough: another worker says the same meanwhile, and once more.
    for (const turn of [1, 2]) {
      other.send(Do.BURST, 'y', new Uint8Array(500));
      await other.until(() => other.answers.length === turn);
    }
    expect([events.length, answers.length]).toEqual([0, 0]);
    pool.holdBack(true);
    pool.holdBack(false);
    await until(() => answers.length === 1);
    expect(events.length).toBe(200);
    pool.holdBack(false);
    send(Do.ECHO, 'z', new Uint8Array(1));
    await until(() => answers.length === 2);
  });

  it('hears what a worker says while it starts, however much', async () => {
    const { events, until } = await startPool({ ringBytes: 4096, data: { sayFirst: 200 } });
    await until(() => events.length === 200);
  });

  it('says congested of what waits for a worker only past the room it will have', async () => {
    const states: boolean[] = [];
    const { pool, answers, events, until } = makePool({ ringBytes: 4096 }, { congested: (on) => states.push(on) });
    const started = pool.start();
    for (let i = 0; i < 10; i++) pool.sendEvent(Do.ECHO, new Uint8Array(300), 0, 300, 0);
    expect(states).toEqual([]);
    for (let i = 0; i < 10; i++) pool.send(Do.ECHO, i, new Uint8Array(300), 0, 300);
    expect(states).toEqual([true]);
    await started;
    await until(() => answers.length === 10);
    expect([events.length, states, pool.stats().queued]).toEqual([10, [true, false], 0]);
  });

  it('sends on when records without answer have filled the ring', async () => {
    const states: boolean[] = [];
    const { pool, answers, until } = await startPool({ ringBytes: 4096 }, { congested: (on) => states.push(on) });
    const payload = new Uint8Array(300);
    for (let i = 0; i < 500; i++) pool.sendEvent(Do.SINK, payload, 0, payload.length, 0);
    pool.send(Do.ECHO, 'behind them', payload, 0, payload.length);
    pool.flush();
    await until(() => answers.length === 1);
    expect(states).toEqual([true, false]);
    expect(pool.stats().queued).toBe(0);
  });

  it('copies a Buffer that has to wait', async () => {
    const { pool, answers, until } = await startPool({ ringBytes: 4096 });
    const payload = Buffer.alloc(300);
    for (let i = 0; i < 100; i++) pool.send(Do.ECHO, i, payload.fill(i), 0, payload.length);
    pool.flush();
    await until(() => answers.length === 100);
    for (const { context, bytes: b } of answers) expect(b).toEqual(new Uint8Array(300).fill(Number(context)));
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
    send(Do.FLOOD, 'x', new Uint8Array(100));
    await until(() => answers.length === 1);
    expect(count).toBe(5000);
    expect(turnAt).toBeLessThan(5000);
  });
});
