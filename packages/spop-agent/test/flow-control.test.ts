import { disconnectEntries, encodeFrame, Status, Writer, writeActions } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import type { AgentConnection } from '../src/index.js';
import { type Held, holding, until } from './support/holding-agent.js';
import { notifyFrame } from './support/raw-engine.js';
import { startAgent } from './support/test-agent.js';

describe('pacing', () => {
  test.each<[string, readonly string[], readonly ('pipelining' | 'fragmentation')[], number]>([
    ['paces ACKs for an engine that may be HAProxy 3.1 or later', ['pipelining'], ['pipelining'], 17],
    ['does not pace for an engine that announces async', ['pipelining', 'async'], ['pipelining'], 20],
    ['does not pace where no pipelining was agreed', ['pipelining'], ['fragmentation'], 20],
  ])('createAgent() %s', async (_, engineWords, capabilities, atOnce) => {
    const { t, held } = await holding({ capabilities, limits: { ackIntervalMs: 200 } });
    const engine = await t.ready({ capabilities: engineWords });
    engine.send(...Array.from({ length: 20 }, (_, i) => notifyFrame(i)));
    await until(() => held.length === 20);
    // 930 bytes a frame: 11 of head and 7 + 912 of an action.
    const w = new Writer();
    writeActions(w, [
      { type: 'set-var', scope: 2, name: 'x', value: { type: 'binary', value: new Uint8Array(930 - 11 - 8) } },
    ]);
    const before = t.agent.stats().bytesWritten;
    for (const { connection, streamId, frameId } of held) connection.ack(streamId, frameId, w.view());
    t.agent.flush();
    expect(t.agent.stats().bytesWritten - before).toBe(atOnce * 930);
    expect(t.all('acks-paced').map(({ bytes }) => bytes)).toEqual(atOnce < 20 ? [930] : []);
    expect((await engine.take(20)).map((f) => f.type === 'ack' && f.streamId)).toEqual(held.map((h) => h.streamId));
  });

  test.each([3000, 15_000])('createAgent() sends paced ACKs of %i bytes before its DISCONNECT', async (bytes) => {
    const { t, held } = await holding();
    const engine = await t.ready();
    engine.send(...Array.from({ length: 20 }, (_, i) => notifyFrame(i)));
    await until(() => held.length === 20);
    const w = new Writer();
    writeActions(w, [
      { type: 'set-var', scope: 2, name: 'x', value: { type: 'binary', value: new Uint8Array(bytes) } },
    ]);
    for (const { connection, streamId, frameId } of held) connection.ack(streamId, frameId, w.view());
    const stopped = t.agent.stop({ graceMs: 0 });
    const frames = await engine.rest();
    expect(frames.map((f) => f.type)).toEqual([...Array(20).fill('ack'), 'agent-disconnect']);
    engine.close();
    await stopped;
  });
});

describe('backpressure', () => {
  test('pauseReading() inside onNotify holds the frames of the same chunk until resumeReading()', async () => {
    const held: AgentConnection[] = [];
    const t = await startAgent({
      onNotify: (connection) => {
        held.push(connection);
        if (held.length === 2) t.agent.pauseReading();
      },
    });
    const engine = await t.ready();
    engine.send(...Array.from({ length: 5 }, (_, i) => notifyFrame(i)));
    await until(() => held.length === 2);
    engine.send(notifyFrame(5));
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(held).toHaveLength(2);
    t.agent.resumeReading();
    expect(held).toHaveLength(2);
    await until(() => held.length === 6);
    for (const [i, connection] of held.entries()) connection.ack(i, 1);
    await engine.take(6);
  });

  test('what is held of a paused connection outlives what others send meanwhile', async () => {
    const { t, held } = await holding({ limits: { maxInFlightPerConnection: 1 } });
    const [engine, other] = [await t.ready(), await t.ready()];
    engine.send(notifyFrame(0), notifyFrame(1, [{ name: 'mine', args: [] }]), notifyFrame(2));
    await until(() => held.length === 1);
    // Connections read into the same memory.
    other.send(notifyFrame(7, [{ name: 'x'.repeat(200), args: [] }]));
    await until(() => held.length === 2);
    held[0]!.connection.ack(0, 1);
    await until(() => held.length === 3);
    expect(held[2]).toMatchObject({ streamId: 1, payload: Buffer.from('\x04mine\0').toString('hex') });
    held[2]!.connection.ack(1, 1);
    await until(() => held.length === 4);
    expect(held[3]).toMatchObject({ streamId: 2, payload: Buffer.from('\x01m\0').toString('hex') });
  });

  test('pauseReading() holds all connections that are open', async () => {
    const { t, held } = await holding();
    const engines = [await t.ready(), await t.ready()];
    t.agent.pauseReading();
    for (const engine of engines) engine.send(notifyFrame(1));
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(held).toEqual([]);
    t.agent.resumeReading();
    await until(() => held.length === 2);
  });

  test('pauseReading() still answers health checks and handshakes, and holds what follows', async () => {
    const { t, held } = await holding();
    t.agent.pauseReading();
    const engine = await t.ready();
    engine.send(notifyFrame(1));
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(held).toEqual([]);
    t.agent.resumeReading();
    await until(() => held.length === 1);
  });

  test('pauseReading() still sees the end of a connection that was left', async () => {
    // The clock that ends what does not end by itself must not help.
    const { t } = await holding({ limits: { refuseDelayMs: 600_000 } });
    const engine = await t.ready();
    engine.send(encodeFrame({ type: 'haproxy-disconnect', entries: disconnectEntries(Status.NORMAL) }));
    await t.event('disconnect-sent');
    t.agent.pauseReading();
    await engine.rest();
    engine.socket.end();
    expect(await t.event('connection-closed')).toMatchObject({ reason: 'disconnect-received' });
  });

  test('maxInFlightPerConnection stops a connection from being read, and only that one', async () => {
    const { t, held } = await holding({ limits: { maxInFlightPerConnection: 4 } });
    const [engine, other] = [await t.ready(), await t.ready()];
    engine.send(...Array.from({ length: 10 }, (_, i) => notifyFrame(i)));
    await until(() => held.length === 4);
    other.send(notifyFrame(77));
    await until(() => held.length === 5);
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(held).toHaveLength(5);
    const answered = new Set<Held>();
    while (answered.size < 11) {
      for (const h of held) {
        if (!answered.has(h)) h.connection.ack(h.streamId, h.frameId);
        answered.add(h);
      }
      await new Promise(setImmediate);
    }
    expect(t.all('ack-unexpected')).toEqual([]);
    expect(await engine.take(10)).toHaveLength(10);
    expect(await other.take(1)).toHaveLength(1);
  });

  test('maxQueuedWriteBytes stops reading an engine that does not read, until it does', async () => {
    const actions = new Writer();
    writeActions(actions, [
      { type: 'set-var', scope: 2, name: 'x', value: { type: 'binary', value: new Uint8Array(4000) } },
    ]);
    let served = 0;
    const t = await startAgent({
      limits: { maxQueuedWriteBytes: 32_768 },
      onNotify: (connection, streamId, frameId) => {
        served++;
        connection.ack(streamId, frameId, actions.bytes, 0, actions.at);
      },
    });
    const engine = await t.ready({ capabilities: ['pipelining', 'async'] });
    engine.socket.pause();
    const total = 4000;
    engine.send(...Array.from({ length: total }, (_, i) => notifyFrame(i)));
    let before = -1;
    while (before !== served) {
      before = served;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(served).toBeLessThan(total);
    engine.socket.resume();
    expect(await engine.take(total)).toHaveLength(total);
  });
});
