import { decodeFrame, encodeFrame, type Frame, parseAgentHello } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import { helloFrame, notifyFrame, statusOf } from './support/raw-engine.js';
import { startAgent } from './support/test-agent.js';

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
function parseHello(frame: Frame) {
  if (frame.type !== 'agent-hello') throw new Error(`Expected agent-hello, got ${frame.type}`);
  return parseAgentHello(frame.entries);
}
const QUICK = { refuseDelayMs: 20 };

describe('createAgent handshake', () => {
  test('createAgent() answers a HELLO with the size offered and pipelining,fragmentation, in one chunk', async () => {
    const t = await startAgent();
    const engine = await t.open();
    engine.send(helloFrame({ maxFrameSize: 12_345 }));
    expect(parseHello(await engine.next())).toEqual({
      version: '2.0',
      maxFrameSize: 12_345,
      capabilities: ['pipelining', 'fragmentation'],
    });
    expect(engine.chunks).toHaveLength(1);
    expect(await t.event('connection-opened')).toMatchObject({
      engineId: 'engine',
      capabilities: ['pipelining'],
      maxFrameBytes: 12_345,
    });
  });

  test('createAgent() announces the capabilities it is given', async () => {
    const t = await startAgent({ capabilities: [] });
    const engine = await t.open();
    engine.send(helloFrame());
    expect(parseHello(await engine.next()).capabilities).toEqual([]);
  });

  test.each([
    [
      'HAProxy 2.6',
      '000000810100000001000012737570706f727465642d76657273696f6e730803322e300e6d61782d6672616d652d73697a6503fcf0060c6361706162696c69746965730810706970656c696e696e672c6173796e6309656e67696e652d6964082464623337636163632d303664382d346337362d383236622d363663616238383839323266',
    ],
    [
      'HAProxy 3.2',
      '0000007b0100000001000012737570706f727465642d76657273696f6e730803322e300e6d61782d6672616d652d73697a6503fcf0060c6361706162696c6974696573080a706970656c696e696e6709656e67696e652d6964082464643930386462362d376535662d343635662d386361332d323365633665623162373365',
    ],
  ])('createAgent() accepts the HELLO of %s byte by byte', async (_, hex) => {
    const t = await startAgent();
    const engine = await t.open();
    for (const byte of fromHex(hex)) engine.send(Uint8Array.of(byte));
    expect((await engine.next()).type).toBe('agent-hello');
  });

  test('createAgent() accepts a HELLO without engine-id', async () => {
    const t = await startAgent();
    const engine = await t.open();
    const hello = decodeFrame(helloFrame());
    if (hello.type !== 'haproxy-hello') throw new Error(hello.type);
    engine.send(encodeFrame({ ...hello, entries: hello.entries.filter((entry) => entry.name !== 'engine-id') }));
    expect((await engine.next()).type).toBe('agent-hello');
    expect((await t.event('connection-opened')).engineId).toBeUndefined();
  });

  test('createAgent() takes a NOTIFY that comes in one chunk with the HELLO', async () => {
    const t = await startAgent();
    const engine = await t.open();
    engine.send(helloFrame(), notifyFrame(0));
    expect((await engine.take(2)).map((f) => f.type)).toEqual(['agent-hello', 'ack']);
  });

  test('createAgent() answers a health check and closes without DISCONNECT', async () => {
    const t = await startAgent();
    const engine = await t.open();
    engine.send(
      fromHex(
        '0000004e0100000001000012737570706f727465642d76657273696f6e730803322e300e6d61782d6672616d652d73697a6503fcf0060c6361706162696c697469657308000b6865616c7468636865636b11',
      ),
    );
    expect((await engine.rest()).map((f) => f.type)).toEqual(['agent-hello']);
    expect(await engine.ended).toBe(true);
    expect((await t.event('health-check')).ok).toBe(true);
    expect(t.all('connection-opened')).toEqual([]);
    expect(t.agent.stats().healthChecks).toBe(1);
  });

  test.each<[string, Uint8Array, number]>([
    ['no version 2.0', helloFrame({ supportedVersions: ['1.0', '1.5'] }), 8],
    ['an offer above maxFrameBytes', helloFrame({ maxFrameSize: 32_769 }), 9],
    ['a HELLO without keys', fromHex('0000000701000000010000'), 5],
    ['a HELLO without FIN', fromHex('0000000701000000000000'), 10],
    ['a HELLO with a frame-id', fromHex('0000000701000000010001'), 4],
    ['NOTIFY before HELLO', notifyFrame(1), 4],
    ['UNSET before HELLO', fromHex('0000000700000000010101'), 4],
    ['HTTP text', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 3],
    ['a first frame over helloBytes', fromHex('00000401'), 3],
    ['length 6', fromHex('00000006'), 4],
    ['length 2^32-1', fromHex('ffffffff'), 3],
  ])('createAgent() refuses %s, with the status only after refuseDelayMs', async (_, bytes, status) => {
    const t = await startAgent({ limits: { ...QUICK, maxFrameBytes: 32_768, helloBytes: 1024 } });
    const engine = await t.open();
    const before = performance.now();
    engine.send(bytes);
    const event = await t.event('refused');
    expect(event).toMatchObject({ reason: 'handshake', status });
    expect(engine.frames).toEqual([]);
    const frames = await engine.rest();
    expect(performance.now() - before).toBeGreaterThanOrEqual(15);
    expect(frames.map(statusOf)).toEqual([status]);
    engine.close();
    expect(await t.event('connection-closed')).toMatchObject({ reason: 'refused', opened: false });
  });

  test('createAgent() says why it refuses also to an engine that closed its half', async () => {
    const t = await startAgent({ limits: QUICK });
    const engine = await t.open();
    engine.send(notifyFrame(1));
    engine.socket.end();
    expect((await engine.rest()).map(statusOf)).toEqual([4]);
  });

  test('createAgent() holds a connection that rejects its HELLO before it answers', async () => {
    const t = await startAgent({ limits: QUICK });
    const engine = await t.ready();
    const rejection =
      '00000032020000000100000b7374617475732d636f64650308076d6573736167650813756e737570706f727465642076657273696f6e';
    const before = performance.now();
    engine.send(fromHex(rejection));
    expect(await t.event('disconnect-received')).toMatchObject({ status: 8, message: 'unsupported version' });
    expect(statusOf((await engine.rest())[0]!)).toBe(0);
    expect(performance.now() - before).toBeGreaterThanOrEqual(15);
  });

  test('createAgent() closes a connection that says nothing within handshakeTimeoutMs', async () => {
    const t = await startAgent({ limits: { handshakeTimeoutMs: 20 } });
    const engine = await t.open();
    engine.send(fromHex('000000'));
    expect(await t.event('connection-closed')).toMatchObject({
      reason: 'handshake-timeout',
      opened: false,
      midFrame: true,
    });
    await engine.ended;
    expect(engine.frames).toEqual([]);
  });

  test('createAgent() takes a connection without a byte for a normal end', async () => {
    const t = await startAgent();
    (await t.open()).close();
    expect(await t.event('connection-closed')).toMatchObject({ reason: 'peer', midFrame: false });
    expect(t.events).toHaveLength(1);
  });

  test('createAgent() holds and refuses connections over maxConnections, and cuts those over twice the number', async () => {
    const t = await startAgent({ limits: { ...QUICK, maxConnections: 1 } });
    const first = await t.ready();
    const second = await t.open();
    expect(await t.event('refused')).toMatchObject({ reason: 'too-many-connections', status: 13 });
    expect(t.agent.stats()).toMatchObject({ connections: 1, refusing: 1 });
    const third = await t.open();
    expect(await third.rest()).toEqual([]);
    expect((await second.rest()).map(statusOf)).toEqual([13]);
    first.send(notifyFrame(1));
    expect((await first.next()).type).toBe('ack');
  });
});
