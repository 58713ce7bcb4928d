import { Writer, writeActions } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import type { AgentConnection } from '../src/index.js';
import { holding, until } from './support/holding-agent.js';
import { notifyFrame } from './support/raw-engine.js';
import { startAgent } from './support/test-agent.js';

describe('onNotify', () => {
  test('onNotify() gets payloads undecoded, fragments joined, and ack() answers in any order', async () => {
    const { t, held } = await holding();
    const engine = await t.ready();
    engine.send(
      notifyFrame(0),
      Buffer.from('0000000a0300000000050101ff00', 'hex'),
      Buffer.from('000000080000000001050104', 'hex'),
      notifyFrame(2n ** 60n, [], 70_000),
    );
    await until(() => held.length === 3);
    expect(held.map(({ streamId, frameId, payload }) => [streamId, frameId, payload])).toEqual([
      [0, 1, '016d00'],
      [5, 1, '01ff0004'],
      [2n ** 60n, 70_000, ''],
    ]);
    const actions = new Writer();
    actions.reserve(3);
    actions.at = 3;
    writeActions(actions, [{ type: 'unset-var', scope: 2, name: 'x' }]);
    for (const { connection, streamId, frameId } of held.reverse()) {
      connection.ack(streamId, frameId, actions.bytes, 3, actions.at);
    }
    const acks = await engine.take(3);
    expect(acks).toMatchObject([
      { streamId: 2n ** 60n, frameId: 70_000, actions: [{ type: 'unset-var', name: 'x' }] },
      { streamId: 5, frameId: 1 },
      { streamId: 0, frameId: 1 },
    ]);
  });

  test('ack() counts once: a second and one for an unknown id are ignored and reported', async () => {
    const { t, held } = await holding();
    const engine = await t.ready();
    engine.send(notifyFrame(1));
    await until(() => held.length === 1);
    const { connection } = held[0]!;
    connection.ack(1, 1);
    connection.ack(1, 1);
    connection.ack(1, 2);
    connection.ack(2, 1);
    engine.send(notifyFrame(3));
    await until(() => held.length === 2);
    connection.ack(3, 1);
    expect((await engine.take(2)).map((f) => f.type === 'ack' && f.streamId)).toEqual([1, 3]);
    expect(t.all('ack-unexpected').map(({ streamId, frameId }) => [streamId, frameId])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  test('ack() answers an engine twice that used the same ids twice at once', async () => {
    const { t, held } = await holding();
    const engine = await t.ready();
    engine.send(notifyFrame(1), notifyFrame(1));
    await until(() => held.length === 2);
    held[0]!.connection.ack(1, 1);
    held[0]!.connection.ack(1, 1);
    await engine.take(2);
    expect(t.all('ack-unexpected')).toEqual([]);
    expect(t.agent.stats().inFlight).toBe(0);
  });

  test('ack() cuts actions that exceed a frame to whole ones', async () => {
    const { t, held } = await holding();
    const engine = await t.ready({ maxFrameSize: 256 });
    engine.send(notifyFrame(1));
    await until(() => held.length === 1);
    const w = new Writer();
    for (let i = 0; i < 50; i++) writeActions(w, [{ type: 'unset-var', scope: 2, name: `v${i}` }]);
    held[0]!.connection.ack(1, 1, w.view());
    const ack = await engine.next();
    expect(ack).toMatchObject({ type: 'ack', unparsed: new Uint8Array(0) });
    const [event, ...others] = t.all('ack-truncated');
    expect(others).toEqual([]);
    const sent = ack.type === 'ack' ? ack.actions.length : 0;
    expect(event?.variables).toEqual(Array.from({ length: 10 }, (_, i) => `txn.v${sent + i}`));
  });

  test('ack() cuts shared memory and what is no action, and names what it can', async () => {
    const { t, held } = await holding();
    const engine = await t.ready({ maxFrameSize: 256 });
    engine.send(notifyFrame(1), notifyFrame(2));
    await until(() => held.length === 2);
    const w = new Writer();
    writeActions(w, [
      { type: 'set-var', scope: 0, name: 'big', value: { type: 'binary', value: new Uint8Array(500) } },
    ]);
    const shared = new Uint8Array(new SharedArrayBuffer(w.at + 3));
    shared.set(w.view());
    shared.fill(255, w.at);
    held[0]!.connection.ack(1, 1, shared);
    held[1]!.connection.ack(2, 1, new Uint8Array(500).fill(255));
    await engine.take(2);
    expect(t.all('ack-truncated').map(({ bytes, variables }) => [bytes, variables])).toEqual([
      [w.at + 3, ['proc.big']],
      [500, []],
    ]);
  });

  test('sendNow() writes the ACKs so far although the pass goes on, in one write', async () => {
    const seen: number[] = [];
    let connection: AgentConnection | undefined;
    const t = await startAgent({
      onNotify: (own, streamId, frameId) => {
        connection = own;
        own.ack(streamId, frameId);
        const before = t.agent.stats().bytesWritten;
        if (streamId === 3) own.sendNow();
        seen.push(t.agent.stats().bytesWritten - before);
      },
    });
    const engine = await t.ready();
    engine.chunks.length = 0;
    engine.send(...[1, 2, 3, 4].map((id) => notifyFrame(id)));
    await engine.take(4);
    // Three ACKs of eleven bytes left with the third NOTIFY; the fourth with the end of the pass.
    expect(seen).toEqual([0, 0, 33, 0]);
    engine.close();
    await t.event('connection-closed');
    expect(() => connection?.sendNow()).not.toThrow();
  });

  test('ack() batches: one write for all until flush(), or the next tick', async () => {
    const { t, held } = await holding();
    const engine = await t.ready();
    engine.send(...Array.from({ length: 10 }, (_, i) => notifyFrame(i)));
    await until(() => held.length === 10);
    engine.chunks.length = 0;
    const written = t.agent.stats().bytesWritten;
    for (const { connection, streamId, frameId } of held.slice(0, 5)) connection.ack(streamId, frameId);
    expect(t.agent.stats().bytesWritten).toBe(written);
    t.agent.flush();
    expect(t.agent.stats().bytesWritten).toBe(written + 5 * 11);
    await engine.take(5);
    expect(engine.chunks).toEqual([55]);
    for (const { connection, streamId, frameId } of held.slice(5)) connection.ack(streamId, frameId);
    await engine.take(5);
    expect(engine.chunks).toEqual([55, 55]);
  });

  test('onPassEnd() comes once after the frames of one chunk', async () => {
    const order: string[] = [];
    const t = await startAgent({
      onNotify: (connection, streamId, frameId) => {
        order.push(`notify ${streamId}`);
        connection.ack(streamId, frameId);
      },
      onPassEnd: () => order.push('end'),
    });
    const engine = await t.ready();
    order.length = 0;
    engine.send(notifyFrame(1), notifyFrame(2));
    await engine.take(2);
    expect(order).toEqual(['notify 1', 'notify 2', 'end']);
  });

  test('onNotify() that throws costs its NOTIFY the actions, not the ACK', async () => {
    const error = new Error('boom');
    const t = await startAgent({
      onNotify: () => {
        throw error;
      },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(1), notifyFrame(2));
    expect(await engine.take(2)).toMatchObject([{ streamId: 1 }, { streamId: 2 }]);
    expect(t.all('handler-error')).toMatchObject([{ error }, { error }]);
  });
});
