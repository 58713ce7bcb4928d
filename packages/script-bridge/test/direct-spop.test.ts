import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreadPool } from '@offload/script-runtime';
import type { ListenAddress } from '@offload/spop-agent';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Bridge,
  canShareAddresses,
  connectDirectSpop,
  createBridge,
  type DirectSpop,
  type Frontend,
  type ReportedAgentEvent,
  type WorkerAppData,
} from '../src/index.js';
import type { LogLine } from './support/house.js';
import { SpopEngine } from './support/spop-engine.js';

const ENTRY = new URL('./support/worker-entry.mjs', import.meta.url);

const LUA = `
spoa.register_message("score", function(args) spoa.set_var_int32("score", spoa.scope.sess, args.n * 2) end)
spoa.register_message("late", function()
  mqr.create("go"):recv()
  spoa.set_var_int32("late", spoa.scope.txn, 1)
end)
spoa.register_message("go", function() mqr.create("go"):post(nljson.decode("1")) end)
spoa.register_message("bad", function() local x = nil; return x.y end)
spoa.register_message("loop", function() while true do end end)
`;
/** Nothing interrupts JavaScript. */
const HANG = `export default ({ spoa }) => spoa.register_message('hang', () => { for (;;); });`;

interface Direct {
  readonly bridge: Bridge;
  readonly spop: DirectSpop;
  readonly log: readonly LogLine[];
  readonly events: readonly (ReportedAgentEvent & { readonly worker: number })[];
  /** Resolves with the first log line that matches. */
  logged(pattern: RegExp): Promise<LogLine>;
}

async function start(workers = 1): Promise<Direct> {
  const folder = mkdtempSync(join(tmpdir(), 'offload-direct-'));
  writeFileSync(join(folder, 'a.lua'), LUA);
  writeFileSync(join(folder, 'b.plain.mjs'), HANG);
  const data: WorkerAppData = {
    files: [{ path: join(folder, 'a.lua') }, { path: join(folder, 'b.plain.mjs') }],
    defaultEngines: { '.lua': 'lua', '.plain.mjs': 'plain' },
    environment: {},
  };
  const log: LogLine[] = [];
  const waiting: (() => void)[] = [];
  const events: Direct['events'][number][] = [];
  const bridge = createBridge(
    (handlers) => createThreadPool({ workers, entry: ENTRY, data, timeoutMs: 200, graceMs: 50 }, handlers),
    (level, message, fields) => {
      log.push({ level, message, fields });
      for (const wake of waiting.splice(0)) wake();
    },
  );
  const spop = connectDirectSpop(bridge, { onEvent: (event, worker) => events.push({ ...event, worker }) });
  onTestFinished(async () => {
    await spop.stop({ graceMs: 100 });
    await bridge.pool.stop(0);
    rmSync(folder, { recursive: true, force: true });
  });
  await bridge.pool.start();
  const logged = async (pattern: RegExp): Promise<LogLine> => {
    for (;;) {
      const line = log.find(({ message }) => pattern.test(message));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { bridge, spop, log, events, logged };
}

const score = (engine: SpopEngine, n: number) =>
  engine.notify('score', [{ name: 'n', value: { type: 'int32', value: n } }]);
const scored = (value: number) => [{ type: 'set-var', scope: 1, name: 'score', value: { type: 'int32', value } }];

/** Until the successor of a lost worker listens again. */
async function reopen(address: ListenAddress): Promise<SpopEngine> {
  for (;;) {
    try {
      return await SpopEngine.open(address);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('connectDirectSpop()', () => {
  it('answers on the thread that reads, pipelined and in any number', async () => {
    const { spop } = await start();
    const address = await spop.listen({ port: 0 });
    const engines = await Promise.all([SpopEngine.open(address), SpopEngine.open(address)]);
    const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => score(engines[n % 2] as SpopEngine, n)));
    expect(answers).toEqual(Array.from({ length: 500 }, (_, n) => scored(n * 2)));
  });

  it('listens no more behind a stop, be it that it never had', async () => {
    for (const before of [false, true]) {
      const { spop, bridge } = await start();
      if (before) await spop.listen({ port: 0 });
      await spop.stop();
      const refused = { code: 'SPOP_AGENT_ERR_LISTEN', message: 'Cannot listen on 127.0.0.1:0: stopped' };
      await expect(spop.listen({ port: 0 })).rejects.toMatchObject(refused);
      await bridge.pool.stop(0);
    }
  });

  it('answers a handler that waits when it is done, others meanwhile', async () => {
    const { spop } = await start();
    const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
    const order: string[] = [];
    const late = engine.notify('late').then((actions) => order.push('late') && actions);
    await score(engine, 1).then(() => order.push('quick'));
    await engine.notify('go');
    expect(await late).toMatchObject([{ name: 'late' }]);
    expect(order).toEqual(['quick', 'late']);
  });

  it('acknowledges a NOTIFY whose handler fails, one past its deadline and one nobody registered', async () => {
    const { spop, logged } = await start();
    const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
    expect(await engine.notify('bad')).toEqual([]);
    expect(await logged(/attempt to index/)).toMatchObject({
      level: 'error',
      fields: { conn: 1, engine: 'test', worker: 0, spoeMessage: 'bad', line: 8 },
    });
    expect(await engine.notify('loop')).toEqual([]);
    expect((await logged(/timed out|deadline/i)).fields).toMatchObject({ spoeMessage: 'loop', line: 9 });
    expect(await engine.notify('nobody')).toEqual([]);
    expect(await score(engine, 4)).toEqual(scored(8));
  });

  it('replaces a worker that hangs; its successor listens on the same address', async () => {
    const { spop, logged } = await start();
    const address = await spop.listen({ port: 0 });
    const engine = await SpopEngine.open(address);
    await expect(engine.notify('hang')).rejects.toThrow('the connection ended');
    await logged(/did not come back/);
    expect(await score(await reopen(address), 5)).toEqual(scored(10));
  });

  it('listens again also behind a worker that died', async () => {
    const { bridge, spop } = await start();
    const address = await spop.listen({ port: 0 });
    const engine = await SpopEngine.open(address);
    bridge.pool.post(0, 'die');
    await engine.closed;
    expect(await score(await reopen(address), 6)).toEqual(scored(12));
  });

  it('says why an address cannot be had', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const { spop } = await start();
    await expect(spop.listen({ port })).rejects.toMatchObject({
      code: 'SPOP_AGENT_ERR_LISTEN',
      message: expect.stringContaining(`127.0.0.1:${port}: listen EADDRINUSE`),
    });
  });

  it('reports events with the worker and without what cannot cross threads', async () => {
    const { spop, events } = await start();
    const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
    await score(engine, 1);
    await spop.stop({ graceMs: 1000 });
    await engine.closed;
    const seen = events.map(({ type, worker }) => `${worker} ${type}`);
    expect(seen).toEqual(['0 connection-opened', '0 disconnect-sent', '0 connection-closed']);
    expect(events[0]).toMatchObject({ connection: { id: 1, engineId: 'test', peer: expect.stringMatching(/^127/) } });
  });

  it('stops with what is pending answered', async () => {
    const { spop } = await start();
    const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
    const late = engine.notify('late');
    await score(engine, 1);
    const stopped = spop.stop({ graceMs: 5000 });
    await engine.notify('go');
    await stopped;
    expect(await late).toHaveLength(1);
  });

  it.skipIf(!canShareAddresses())('shares one address among several workers', async () => {
    const { spop, events } = await start(2);
    const address = await spop.listen({ port: 0 });
    // The system spreads connections by a hash of their ports: that 64 go to one of two is no accident.
    const engines = await Promise.all(Array.from({ length: 64 }, () => SpopEngine.open(address)));
    expect(await Promise.all(engines.map((engine, n) => score(engine, n)))).toEqual(
      engines.map((_, n) => scored(n * 2)),
    );
    expect(new Set(events.map(({ worker }) => worker))).toEqual(new Set([0, 1]));
    const taken = (await start(2)).spop.listen(address as { port: number });
    await expect(taken).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_LISTEN' });
  });

  it.skipIf(canShareAddresses())('says that several workers need a newer Node', async () => {
    const { spop } = await start(2);
    await expect(spop.listen({ port: 0 })).rejects.toThrow('Node 22.12 or later is needed');
  });
});

describe('connectDirectSpop() and a worker that is lost while it begins to listen again', () => {
  it('asks its successor once, and nobody for what the lost one was asked', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const asked: { readonly type: string; readonly request: number }[] = [];
    const log: string[] = [];
    let frontend!: Frontend;
    const bridge = {
      pool: { size: 1, post: (_worker: number, message: (typeof asked)[number]) => void asked.push(message) },
      log: (_level: string, message: string) => void log.push(message),
      add: (added: Frontend) => {
        frontend = added;
      },
    } as unknown as Bridge;
    const spop = connectDirectSpop(bridge);
    const listening = spop.listen({ port: 0 });
    const address = { host: '127.0.0.1', port: 7 };
    frontend.message?.(0, { door: 'spop', type: 'direct.done', request: asked[0]?.request, address });
    expect(await listening).toEqual(address);
    for (const state of ['lost', 'ready', 'lost', 'ready'] as const) frontend.workerChanged?.(0, state);
    await vi.advanceTimersByTimeAsync(5000);
    // One for each `ready`.
    expect(asked).toHaveLength(3);
    frontend.message?.(0, { door: 'spop', type: 'direct.failed', request: asked[2]?.request, message: 'taken' });
    await vi.advanceTimersByTimeAsync(600);
    expect(log).toEqual(['Worker 0: taken; next try in 500 ms']);
    expect(asked).toHaveLength(4);
    for (const state of ['lost', 'ready'] as const) frontend.workerChanged?.(0, state);
    frontend.message?.(0, { door: 'spop', type: 'direct.done', request: asked[4]?.request, address });
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(5);
  });
});

describe('canShareAddresses()', () => {
  it.each([
    ['20.19.0', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['23.0.0', false],
    ['23.1.0', true],
    ['24.0.0', true],
  ])('%s: %s', (version, can) => {
    expect(canShareAddresses(version)).toBe(can);
  });
});
