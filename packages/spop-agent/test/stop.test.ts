import { describe, expect, test, vi } from 'vitest';
import type { AgentConnection } from '../src/index.js';
import { helloFrame, notifyFrame, statusOf } from './support/raw-engine.js';
import { refused, startAgent } from './support/test-agent.js';

const LONG = 60_000;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe('Agent.stop', () => {
  test('Agent.stop() resolves at once without connections', async () => {
    const t = await startAgent();
    await t.agent.stop({ graceMs: LONG });
    await refused((t.address as { port: number }).port);
  });

  test('Agent.stop() disconnects quiet connections with status 0 long before the time limit', async () => {
    const t = await startAgent();
    const engines = [await t.ready(), await t.ready()];
    const stopped = t.agent.stop({ graceMs: LONG });
    for (const engine of engines) {
      expect((await engine.rest()).map(statusOf)).toEqual([0]);
      engine.socket.end();
    }
    await stopped;
    expect(t.all('connection-closed').map((e) => e.reason)).toEqual(['stopped', 'stopped']);
    expect(t.agent.stats().connections).toBe(0);
  });

  test('Agent.stop() serves on while requests come, and ACKs what is pending before it disconnects', async () => {
    const held: AgentConnection[] = [];
    const t = await startAgent({ onNotify: (connection) => held.push(connection) });
    const engine = await t.ready();
    engine.send(notifyFrame(1));
    await until(() => held.length === 1);
    let over = false;
    const stopped = t.agent.stop({ graceMs: LONG }).then(() => {
      over = true;
    });
    await refused((t.address as { port: number }).port);
    engine.send(notifyFrame(2));
    await until(() => held.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(over).toBe(false);
    expect(engine.frames).toEqual([]);
    held[1]!.ack(2, 1);
    held[0]!.ack(1, 1);
    const frames = await engine.rest();
    expect(frames.map((f) => f.type)).toEqual(['ack', 'ack', 'agent-disconnect']);
    expect(statusOf(frames[2]!)).toBe(0);
    engine.close();
    await stopped;
  });

  test('Agent.stop() within a handler, without any time, still lets it have its ACK before the disconnect', async () => {
    const t = await startAgent({
      handlers: () => {
        void t.agent.stop({ graceMs: 0 });
        return [];
      },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [{ name: 'bye', args: [] }]));
    const frames = await engine.rest();
    expect(frames.map((f) => f.type)).toEqual(['ack', 'agent-disconnect']);
    engine.close();
    await t.agent.stop();
  });

  test('Agent.stop() answers at the time limit what still waits with empty ACKs, and disconnects', async () => {
    const held: AgentConnection[] = [];
    const t = await startAgent({ onNotify: (connection) => held.push(connection) });
    const engine = await t.ready();
    engine.send(notifyFrame(0), notifyFrame(2n ** 63n, [], 3));
    await until(() => held.length === 2);
    const stopped = t.agent.stop({ graceMs: 30 });
    const frames = await engine.rest();
    expect(frames).toMatchObject([
      { type: 'ack', streamId: 0, frameId: 1, actions: [] },
      { type: 'ack', streamId: 2n ** 63n, frameId: 3, actions: [] },
      { type: 'agent-disconnect' },
    ]);
    engine.close();
    await stopped;
    held[0]!.ack(0, 1);
    expect(t.all('ack-unexpected')).toEqual([]);
  });

  test('Agent.stop() cuts a peer that does not close, and one that never said HELLO', async () => {
    const t = await startAgent();
    const silent = await t.open();
    const deaf = await t.ready();
    deaf.socket.allowHalfOpen = true;
    deaf.socket.pause();
    await t.agent.stop({ graceMs: 0 });
    expect(await silent.rest()).toEqual([]);
    expect(t.agent.stats().connections).toBe(0);
  });

  test('Agent.stop() with drainMs listens on but fails health checks with status 13', async () => {
    const t = await startAgent();
    const traffic = await t.ready();
    const stopped = t.agent.stop({ drainMs: LONG, graceMs: LONG });
    const check = await t.open();
    check.send(helloFrame({ healthcheck: true, capabilities: [] }));
    expect((await check.rest()).map(statusOf)).toEqual([13]);
    expect(t.all('health-check')).toMatchObject([{ ok: false }]);
    const late = await t.ready();
    late.send(notifyFrame(1));
    expect((await late.next()).type).toBe('ack');
    traffic.send(notifyFrame(1));
    expect((await traffic.next()).type).toBe('ack');
    // A second call shortens both times.
    const again = t.agent.stop({ graceMs: 0 });
    expect((await traffic.rest()).map(statusOf)).toEqual([0]);
    traffic.close();
    late.close();
    check.close();
    await Promise.all([stopped, again]);
  });

  test('Agent.stop() loses no request of an engine that goes on until its DISCONNECT', async () => {
    const t = await startAgent({
      handlers: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return [];
      },
    });
    const engine = await t.ready();
    let sent = 0;
    let stopped: Promise<void> | undefined;
    // An ACK that comes with the good-bye is the last; until then each NOTIFY has its ACK.
    while (engine.frames.length === 0) {
      engine.send(notifyFrame(sent));
      expect(await engine.next()).toMatchObject({ type: 'ack', streamId: sent });
      if (++sent === 50) stopped = t.agent.stop({ graceMs: LONG });
    }
    expect(stopped).toBeDefined();
    expect((await engine.rest()).map(statusOf)).toEqual([0]);
    engine.close();
    await stopped;
  });

  test('Agent.stop() puts DISCONNECT off while NOTIFYs come on a connection it is about to leave', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    const other = await t.ready();
    const stopped = t.agent.stop({ graceMs: LONG });
    await refused((t.address as { port: number }).port);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      engine.send(notifyFrame(1));
      await until(() => t.agent.stats().notifies === 1);
      expect(engine.frames).toEqual([]);
      engine.send(notifyFrame(2));
      await until(() => t.agent.stats().notifies === 2);
      vi.runOnlyPendingTimers();
      expect([await engine.next(), await engine.next()].map(({ type }) => type)).toEqual(['ack', 'ack']);
      expect(engine.frames).toEqual([]);
      engine.send(notifyFrame(3));
      await until(() => t.agent.stats().notifies === 3);
      vi.runOnlyPendingTimers();
      expect((await engine.rest()).map(({ type }) => type)).toEqual(['ack', 'agent-disconnect']);
    } finally {
      vi.useRealTimers();
    }
    engine.close();
    other.close();
    await stopped;
  });

  test('Agent closes a connection without traffic after idleTimeoutMs, but none with a request in flight', async () => {
    const held: AgentConnection[] = [];
    const t = await startAgent({ limits: { idleTimeoutMs: 40 }, onNotify: (connection) => held.push(connection) });
    const [idle, busy] = [await t.ready(), await t.ready()];
    busy.send(notifyFrame(1));
    expect((await idle.rest()).map(statusOf)).toEqual([0]);
    idle.close();
    expect(await t.event('connection-closed')).toMatchObject({ reason: 'idle-timeout' });
    await until(() => held.length === 1);
    held[0]!.ack(1, 1);
    expect((await busy.rest()).map((f) => f.type)).toEqual(['ack', 'agent-disconnect']);
  });
});
