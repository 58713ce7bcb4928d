import { describe, expect, it, onTestFinished } from 'vitest';
import { createInlinePool, type WorkerPort } from '../src/index.js';
import { type StartingRunner, StartProgress } from '../src/start-progress.js';
import { makePool } from './support/pools.js';

function progress() {
  const lines: unknown[] = [];
  return { lines, progress: new StartProgress((_level, message, fields) => lines.push([message, fields]), 5000) };
}

const starting = (step: string, startedAt = 0): { readonly runner: StartingRunner } => ({
  runner: { state: 'starting', step, startedAt },
});

describe('StartProgress', () => {
  it('says nothing of fast starts, nor of workers that do not start', () => {
    const { lines, progress: p } = progress();
    p.look([starting('a.lua to load')], 4999);
    p.look([{ runner: undefined }, { runner: { state: 'started', step: 'a.lua to load', startedAt: 0 } }], 99_999);
    expect(lines).toEqual([]);
  });

  it('says what a start waits for, and again whenever the time has doubled', () => {
    const { lines, progress: p } = progress();
    const seats = [starting('a.lua to load')];
    for (let ms = 0; ms <= 45_000; ms += 50) p.look(seats, ms);
    expect(lines).toEqual(
      [5, 10, 20, 40].map((s) => [`Still waiting for a.lua to load: ${s} s so far`, { worker: 0 }]),
    );
  });

  it('takes workers that wait for the same together', () => {
    const { lines, progress: p } = progress();
    const seats = [starting('a.lua to load'), starting('a.lua to load', 300), starting('b.lua to load', 300)];
    for (let ms = 0; ms <= 6000; ms += 50) p.look(seats, ms);
    expect(lines).toEqual([
      ['Still waiting for a.lua to load: 5 s so far', { workers: [0, 1] }],
      ['Still waiting for b.lua to load: 5 s so far', { worker: 2 }],
    ]);
  });
});

describe('createInlinePool() and slow starts', () => {
  it('logs what a start waits for', async () => {
    const told = new Promise<string>((resolve) => {
      const app = {
        start: async () => {
          await told;
        },
        handle() {},
        passEnd() {},
        async stop() {},
      };
      const createApp = (port: WorkerPort) => {
        port.step('a.lua to load');
        return app;
      };
      const nothing = (): void => {};
      const handlers = { reply: nothing, fault: nothing, event: nothing, passEnd: nothing, congested: nothing };
      const pool = createInlinePool(
        { createApp, data: {}, startNoticeMs: 20 },
        { ...handlers, log: (_level, message) => resolve(message) },
      );
      onTestFinished(() => pool.stop(0));
      void pool.start();
    });
    expect(await told).toMatch(/^Still waiting for a\.lua to load: /);
  });
});

describe('createThreadPool() and slow starts', () => {
  it('logs what a start waits for, and names it where the start fails', async () => {
    const said: string[] = [];
    const log = (_level: string, message: string): void => void said.push(message);
    const options = { data: { neverStart: true, step: 'a.lua to load' }, startNoticeMs: 100, startTimeoutMs: 1500 };
    const { pool } = makePool(options, { log });
    await expect(pool.start()).rejects.toThrow('did not start within 1500 ms: it waits for a.lua to load');
    expect(said.join('\n')).toContain('Still waiting for a.lua to load: ');
  });
});
