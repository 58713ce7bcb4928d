import { encodeFrame, type Frame, type Message } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import type { AgentConnection } from '../src/index.js';
import { helloFrame, notifyFrame, statusOf } from './support/raw-engine.js';
import { startAgent } from './support/test-agent.js';

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const ids = (frames: Frame[]) => frames.map((f) => (f.type === 'ack' ? [f.streamId, f.frameId] : f.type));

describe('createAgent frames', () => {
  test('createAgent() acknowledges with FIN, no other flag, and the ids as they came', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    const wanted: [number | bigint, number | bigint][] = [
      [0, 1],
      [0, 2],
      [2287, 1],
      [2 ** 53 - 1, 1],
      [2n ** 53n, 1],
      [2n ** 64n - 1n, 2n ** 64n - 1n],
    ];
    engine.send(...wanted.map(([streamId, frameId]) => notifyFrame(streamId, [], frameId)));
    const frames = await engine.take(wanted.length);
    expect(ids(frames)).toEqual(wanted);
    expect(frames.every((f) => f.type === 'ack' && !f.abort && f.unparsed.length === 0)).toBe(true);
  });

  test('createAgent() writes the ACKs of one chunk at once', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    engine.chunks.length = 0;
    engine.send(...Array.from({ length: 100 }, (_, i) => notifyFrame(i)));
    await engine.take(100);
    expect(engine.chunks).toHaveLength(1);
  });

  test('createAgent() answers the same when the stream comes byte by byte', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    for (const byte of Buffer.concat([notifyFrame(7), notifyFrame(2n ** 40n)])) engine.send(Uint8Array.of(byte));
    expect(ids(await engine.take(2))).toEqual([
      [7, 1],
      [2 ** 40, 1],
    ]);
  });

  test('createAgent() acknowledges an empty payload', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    engine.send(fromHex('0000000703000000010501'));
    expect(ids(await engine.take(1))).toEqual([[5, 1]]);
  });

  test.each<[string, string]>([
    ['cut message', '0000000a030000000105 01 016d02'.replaceAll(' ', '')],
    ['string longer than the frame', '0000000e0300000001050101 6d01 00 08ff00'.replaceAll(' ', '')],
    ['NB-ARGS 44 with nothing behind', '0000000a030000000105 01 016d2c'.replaceAll(' ', '')],
  ])('createAgent() acknowledges a NOTIFY with a %s without actions, reports it, and serves on', async (_, hex) => {
    const t = await startAgent({
      handlers: () => {
        throw new Error('never called');
      },
    });
    const engine = await t.ready();
    engine.send(fromHex(hex), fromHex('0000000703000000010601'));
    expect(ids(await engine.take(2))).toEqual([
      [5, 1],
      [6, 1],
    ]);
    expect(await t.event('notify-invalid')).toMatchObject({ streamId: 5, error: { code: 'SPOP_ERR_TRUNCATED' } });
  });

  test.each<[string, Uint8Array, number]>([
    ['a second HELLO', helloFrame(), 4],
    ['length 6', fromHex('00000006'), 4],
    ['length 0', fromHex('00000000'), 4],
    ['a frame one byte over the agreed size', fromHex('00003ffd'), 3],
    ['UNSET without NOTIFY', fromHex('0000000700000000010101'), 4],
    ['a varint of 11 bytes', fromHex('0000001203000000 01f0ffffffffffffffffff0001'.replace(' ', '')), 4],
  ])('createAgent() answers %s with AGENT-DISCONNECT after the ACKs so far, and closes', async (_, bytes, status) => {
    const t = await startAgent();
    const engine = await t.ready();
    engine.send(notifyFrame(1), bytes, notifyFrame(2));
    const frames = await engine.rest();
    expect(ids(frames)).toEqual([[1, 1], 'agent-disconnect']);
    expect(statusOf(frames[1]!)).toBe(status);
    expect(await t.event('protocol-error')).toMatchObject({ error: { status } });
    engine.close();
    expect(await t.event('connection-closed')).toMatchObject({ reason: 'protocol-error' });
  });

  test('createAgent() passes frames of unknown and agent types over', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    engine.send(fromHex('0000000763000000010101'), fromHex('0000000767000000010101'), notifyFrame(3));
    expect(ids(await engine.take(1))).toEqual([[3, 1]]);
    expect(t.all('frame-skipped').map((e) => e.frameType)).toEqual([0x63, 0x67]);
  });

  test('createAgent() answers HAPROXY-DISCONNECT with the ACKs so far and AGENT-DISCONNECT 0, and closes', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    const bye =
      '00000031020000000100000b7374617475732d636f64650302076d6573736167650812612074696d656f7574206f63637572726564';
    engine.send(notifyFrame(1), fromHex(bye), notifyFrame(2));
    const frames = await engine.rest();
    expect(ids(frames)).toEqual([[1, 1], 'agent-disconnect']);
    expect(statusOf(frames[1]!)).toBe(0);
    engine.close();
    expect(await t.event('connection-closed')).toMatchObject({ reason: 'disconnect-received' });
    expect(t.all('disconnect-received')).toMatchObject([{ status: 2, message: 'a timeout occurred' }]);
  });

  test('createAgent() does not wait for late ACKs after HAPROXY-DISCONNECT and sends none', async () => {
    const held: AgentConnection[] = [];
    const t = await startAgent({ onNotify: (connection) => held.push(connection) });
    const engine = await t.ready();
    engine.send(notifyFrame(1), fromHex('0000000702000000010000'));
    const frames = await engine.rest();
    expect(frames.map((f) => f.type)).toEqual(['agent-disconnect']);
    held[0]!.ack(1, 1);
    expect(held[0]!.closed).toBe(true);
    expect(t.all('ack-unexpected')).toEqual([]);
  });

  test('createAgent() takes a reset with requests in flight for a normal end', async () => {
    const t = await startAgent({ onNotify: () => {} });
    const engine = await t.ready();
    engine.send(notifyFrame(1), notifyFrame(2).subarray(0, 6));
    while (t.agent.stats().inFlight === 0) await new Promise(setImmediate);
    engine.socket.resetAndDestroy();
    const closed = await t.event('connection-closed');
    expect(closed).toMatchObject({ reason: 'peer', inFlight: 1, opened: true, midFrame: true });
    expect(closed.error).toBeUndefined();
    expect(t.agent.stats()).toMatchObject({ connections: 0, inFlight: 0 });
  });

  test('createAgent() still answers an engine that closed its half', async () => {
    const t = await startAgent({ handlers: async () => [] });
    const engine = await t.ready();
    engine.send(notifyFrame(1), notifyFrame(2));
    engine.socket.end();
    expect(ids(await engine.rest())).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  test('createAgent() keeps connections apart that use the same ids', async () => {
    const seen: AgentConnection[] = [];
    const t = await startAgent({ onNotify: (connection) => seen.push(connection) });
    const [a, b] = [await t.ready(), await t.ready()];
    a.send(notifyFrame(1));
    while (seen.length < 1) await new Promise(setImmediate);
    b.send(notifyFrame(1));
    while (seen.length < 2) await new Promise(setImmediate);
    expect(seen[0]!.id).not.toBe(seen[1]!.id);
    seen[1]!.ack(1, 1);
    expect(ids(await b.take(1))).toEqual([[1, 1]]);
    expect(a.frames).toEqual([]);
    seen[0]!.ack(1, 1);
    expect(ids(await a.take(1))).toEqual([[1, 1]]);
  });

  test('createAgent() serves many connections at once', async () => {
    const t = await startAgent();
    const engines = await Promise.all(Array.from({ length: 60 }, () => t.ready()));
    for (const engine of engines) engine.send(notifyFrame(1), notifyFrame(2));
    const answers = await Promise.all(engines.map((engine) => engine.take(2)));
    expect(answers.flat()).toHaveLength(120);
    expect(t.agent.stats()).toMatchObject({ connections: 60, notifies: 120, acks: 120, inFlight: 0 });
  });
});

describe('createAgent fragments', () => {
  const part = (type: 'notify-fragment' | 'unset', hex: string, fin = false) =>
    encodeFrame({ type, streamId: 0, frameId: 1, fin, abort: false, payload: fromHex(hex) });

  test('createAgent() joins the fragments of a message', async () => {
    const seen: unknown[] = [];
    const t = await startAgent({ handlers: (message) => void seen.push(message) });
    const engine = await t.ready();
    engine.send(
      fromHex('0000001203000000000001016d020161080a41424344'),
      fromHex('0000000b0000000000000145464748'),
      fromHex('0000000d00000000010001494a017a0407'),
    );
    expect(ids(await engine.take(1))).toEqual([[0, 1]]);
    const [a, z] = (seen[0] as Message).args;
    expect(a).toMatchObject({ name: 'a', value: { type: 'string' } });
    expect(Buffer.from((a!.value as { value: Uint8Array }).value).toString()).toBe('ABCDEFGHIJ');
    expect(z).toEqual({ name: 'z', value: { type: 'int64', value: 7 } });
  });

  test('createAgent() acknowledges nothing for a message the engine aborts', async () => {
    const t = await startAgent();
    const engine = await t.ready();
    engine.send(part('notify-fragment', '016d'), fromHex('0000000700000000030001'), notifyFrame(1));
    expect(ids(await engine.take(1))).toEqual([[1, 1]]);
    expect(t.all('message-aborted')).toMatchObject([{ streamId: 0, frameId: 1 }]);
  });

  test('createAgent() aborts a message over maxReassembledBytes and serves on', async () => {
    const t = await startAgent({ limits: { maxReassembledBytes: 4 } });
    const engine = await t.ready();
    engine.send(
      part('notify-fragment', '016d00'),
      part('unset', '016d00'),
      part('unset', '016d00', true),
      notifyFrame(1),
    );
    const [abort, ack] = await engine.take(2);
    expect(abort).toMatchObject({ type: 'ack', streamId: 0, frameId: 1, abort: true, actions: [] });
    expect(ack).toMatchObject({ type: 'ack', streamId: 1, abort: false });
    expect(t.all('message-too-big')).toHaveLength(1);
  });

  test('createAgent() acknowledges normally when only the last fragment is too much', async () => {
    const t = await startAgent({ limits: { maxReassembledBytes: 4 } });
    const engine = await t.ready();
    engine.send(part('notify-fragment', '016d00'), part('unset', '016d00', true));
    expect((await engine.take(1))[0]).toMatchObject({ type: 'ack', streamId: 0, abort: false, actions: [] });
  });

  test.each([
    ['refuses fragments with status 10 unless announced', ['pipelining'] as const, 10],
    ['refuses interlaced fragments with status 11', ['fragmentation'] as const, 11],
  ])('createAgent() %s', async (_, capabilities, status) => {
    const t = await startAgent({ capabilities });
    const engine = await t.ready();
    engine.send(part('notify-fragment', '016d'), notifyFrame(1));
    expect((await engine.rest()).map(statusOf)).toEqual([status]);
  });
});
