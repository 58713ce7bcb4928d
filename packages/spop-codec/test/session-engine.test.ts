import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agentHelloEntries,
  decodeFrame,
  EngineSession,
  type EngineSessionOptions,
  encodeFrame,
  type Frame,
  FrameSplitter,
  Writer,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { ascii, concat, fromHex, toHex } from './support/hex.js';
import { SessionRecorder } from './support/session-recorder.js';
import { frameVectors } from './support/vectors.js';

const MESSAGES = [{ name: 'm', args: [{ name: 'a', value: { type: 'string', value: ascii('x') } as const }] }];

/** An engine and an agent session joined: what one writes the other reads. */
function pair(options: EngineSessionOptions = {}, agentOptions = {}) {
  const engine = new EngineSession(options);
  const agent = new SessionRecorder(agentOptions);
  agent.session.push(engine.hello());
  agent.take();
  const w = new Writer();
  agent.session.writeHello(w);
  const events = engine.push(w.view().slice());
  return { engine, agent, events };
}

const ack = (streamId: number, frameId = 1): Uint8Array =>
  encodeFrame({ type: 'ack', streamId, frameId, abort: false, actions: [], unparsed: new Uint8Array(0) });

describe('EngineSession', () => {
  test.each([
    [
      'HAPROXY-HELLO of 2.6 and 3.0',
      { capabilities: ['pipelining', 'async'], engineId: 'db37cacc-06d8-4c76-826b-66cab888922f' },
    ],
    ['health check', { capabilities: [], healthcheck: true }],
  ])('EngineSession.hello() writes the vector %s', (name, options) => {
    const vector = frameVectors.find((v) => v.name.includes(name))!;
    expect(toHex(new EngineSession(options).hello())).toBe(vector.hex);
  });

  test('EngineSession.push() reads what an agent session says', () => {
    const { engine, events } = pair();
    expect(events).toEqual([
      { type: 'hello', version: '2.0', maxFrameSize: 16_380, capabilities: ['pipelining', 'fragmentation'] },
    ]);
    expect(engine.pipelining).toBe(true);
    expect(engine.state).toBe('ready');
  });

  test('EngineSession.notify() counts streams from 0 and knows what is in flight', () => {
    const { engine, agent } = pair();
    const first = engine.notify(MESSAGES);
    const second = engine.notify(MESSAGES);
    expect([first.streamId, second.streamId, first.frameId]).toEqual([0, 1, 1]);
    agent.session.push(concat(first.bytes, second.bytes));
    expect(agent.take()).toEqual([
      ['notify', 0, 1, '016d010161080178'],
      ['notify', 1, 1, '016d010161080178'],
    ]);
    expect(engine.inFlight).toBe(2);
    expect(engine.push(concat(ack(1), ack(0), ack(0), ack(9)))).toMatchObject([
      { type: 'ack', streamId: 1, known: true, actions: [] },
      { type: 'ack', streamId: 0, known: true },
      { type: 'ack', streamId: 0, known: false },
      { type: 'ack', streamId: 9, known: false },
    ]);
    expect(engine.inFlight).toBe(0);
  });

  test('EngineSession.notify() takes ids and encoded payloads, and refuses ids in flight', () => {
    const { engine } = pair();
    const ids = { streamId: 2n ** 63n, frameId: 7 };
    expect(toHex(engine.notify(ascii('abc'), ids).bytes)).toBe(
      '0000001303000000 01f0f1fefefefefefefe0607616263'.replace(' ', ''),
    );
    expectSpopError(() => engine.notify(ascii('abc'), ids), { code: 'SPOP_ERR_SEQUENCE' });
    expect(engine.notify(MESSAGES).streamId).toBe(0);
  });

  test('EngineSession.notify() throws before the handshake', () => {
    const engine = new EngineSession();
    expectSpopError(() => engine.notify(MESSAGES), { code: 'SPOP_ERR_SEQUENCE' });
    engine.hello();
    expectSpopError(() => engine.notify(MESSAGES), { code: 'SPOP_ERR_SEQUENCE' });
  });

  test('EngineSession.notify() cuts long payloads into fragments the agent joins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 256, max: 600 }), fc.uint8Array({ maxLength: 3000 }), (maxFrameSize, payload) => {
        const { engine, agent } = pair({ maxFrameSize });
        const { bytes } = engine.notify(payload);
        const splitter = new FrameSplitter(maxFrameSize);
        splitter.push(bytes);
        let frames = 0;
        while (splitter.next()) frames++;
        expect(frames).toBe(Math.max(1, Math.ceil(payload.length / (maxFrameSize - 32))));
        agent.session.push(bytes);
        expect(agent.take()).toEqual([['notify', 0, 1, toHex(payload)]]);
      }),
    );
  });

  test('EngineSession.notify() refuses a long payload when the agent takes no fragments', () => {
    const { engine } = pair({ maxFrameSize: 256 }, { capabilities: ['pipelining'] });
    engine.notify(new Uint8Array(224));
    expectSpopError(() => engine.notify(new Uint8Array(225)), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
    expect(engine.inFlight).toBe(1);
  });

  test('EngineSession.abort() gives up a message half-way', () => {
    const { engine, agent } = pair({ maxFrameSize: 256 });
    const { bytes, streamId, frameId } = engine.notify(new Uint8Array(500));
    agent.session.push(bytes.subarray(0, 300));
    const first = decodeFrame(bytes.slice(0, 4 + 231));
    expect(first).toMatchObject({ type: 'notify-fragment', fin: false });
    const { engine: other, agent: peer } = pair({ maxFrameSize: 256 });
    peer.session.push(other.notify(new Uint8Array(500)).bytes.subarray(0, 4 + 231));
    peer.session.push(other.abort(streamId, frameId));
    expect(peer.take()).toEqual([['engine-aborted', 0, 1]]);
    expect(other.inFlight).toBe(0);
  });

  test('EngineSession.disconnect() writes the vector, and push() ends with the answer', () => {
    const { engine } = pair();
    expect(toHex(engine.disconnect())).toBe(frameVectors.find((v) => v.hex.startsWith('0000002502'))!.hex);
    const answer = fromHex(frameVectors.find((v) => v.hex.startsWith('0000002566'))!.hex);
    expect(engine.push(concat(answer, ack(1)))).toEqual([{ type: 'disconnect', statusCode: 0, message: 'normal' }]);
    expect(engine.state).toBe('closed');
    expect(engine.push(ack(1))).toEqual([]);
  });

  const hello = (version: string, maxFrameSize: number): Frame => ({
    type: 'agent-hello',
    entries: agentHelloEntries({ version, maxFrameSize, capabilities: [] }),
  });
  test.each<[string, Uint8Array, string, number]>([
    ['another version', encodeFrame(hello('2.1', 16_380)), 'SPOP_ERR_KEY', 8],
    ['a larger size than offered', encodeFrame(hello('2.0', 16_381)), 'SPOP_ERR_KEY', 9],
    ['an ACK instead of HELLO', ack(1), 'SPOP_ERR_SEQUENCE', 4],
    ['garbage', ascii('HTTP/1.1 400'), 'SPOP_ERR_FRAME_TOO_BIG', 3],
    ['a length of 0', fromHex('00000000'), 'SPOP_ERR_FRAME_TOO_SHORT', 4],
  ])('EngineSession.push() refuses %s', (_, bytes, code, status) => {
    const engine = new EngineSession();
    engine.hello();
    expectSpopError(() => engine.push(bytes), { code: code as 'SPOP_ERR_KEY', status });
    expect(engine.state).toBe('closed');
  });

  test('EngineSession.push() passes frames over that HAProxy ignores, and refuses an ACK without FIN', () => {
    const { engine } = pair();
    expect(engine.push(fromHex('0000000799000000010101'))).toEqual([{ type: 'skipped', frameType: 0x99 }]);
    expectSpopError(() => engine.push(fromHex('0000000767000000000101')), { code: 'SPOP_ERR_FRAME_FLAGS', status: 10 });
  });

  test('EngineSession.push() gives copies, which outlive the chunk they came in', () => {
    const { engine } = pair();
    const bytes = fromHex(frameVectors.find((v) => v.hex.startsWith('000000ba67'))!.hex);
    const chunk = Buffer.from(bytes);
    const events = engine.push(chunk);
    chunk.fill(0);
    expect(events).toEqual(pair().engine.push(bytes));
  });

  test('EngineSession.push() reads the same byte by byte', () => {
    const bytes = fromHex(frameVectors.find((v) => v.hex.startsWith('000000ba67'))!.hex);
    const whole = pair().engine.push(bytes);
    const { engine } = pair();
    const events = Array.from(bytes).flatMap((byte) => engine.push(Uint8Array.of(byte)));
    expect(events).toEqual(whole);
    expect(events).toHaveLength(1);
  });
});
