import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, type Frame, haproxyHelloEntries, Writer, writeActions } from '../src/index.js';
import { ascii, concat, fromHex, toHex } from './support/hex.js';
import { SessionRecorder, written } from './support/session-recorder.js';
import { frameVectors } from './support/vectors.js';

const helloFrame = (options: Partial<Parameters<typeof haproxyHelloEntries>[0]> = {}): Uint8Array =>
  encodeFrame({
    type: 'haproxy-hello',
    entries: haproxyHelloEntries({
      supportedVersions: ['2.0'],
      maxFrameSize: 16_380,
      capabilities: ['pipelining'],
      engineId: 'e',
      healthcheck: false,
      ...options,
    }),
  });
const HELLO = helloFrame();
const frame = (f: Frame): Uint8Array => encodeFrame(f, { maxFrameBytes: 1 << 20 });
const notify = (streamId: number | bigint, frameId = 1): Uint8Array =>
  frame({ type: 'notify', streamId, frameId, messages: [{ name: 'm', args: [] }] });
const part = (
  type: 'notify-fragment' | 'unset',
  text: string,
  { fin = false, abort = false, streamId = 0, frameId = 1 } = {},
): Uint8Array => frame({ type, streamId, frameId, fin, abort, payload: ascii(text) });

function ready(options = {}): SessionRecorder {
  const recorder = new SessionRecorder(options);
  recorder.session.push(HELLO);
  expect(recorder.take()).toEqual([['hello', 'e']]);
  return recorder;
}

describe('AgentSession handshake', () => {
  test.each([
    ['the HELLO of 2.6', 'HAPROXY-HELLO of 2.6 and 3.0', 16_380],
    ['the HELLO of 3.2', 'HAPROXY-HELLO of 3.2 and 3.5', 16_380],
  ])('AgentSession.push() accepts %s', (_, name, size) => {
    const recorder = new SessionRecorder();
    recorder.session.push(fromHex(frameVectors.find((v) => v.name === name)!.hex));
    expect(recorder.session.state).toBe('ready');
    expect(recorder.session.maxFrameBytes).toBe(size);
    expect(recorder.session.pipelining).toBe(true);
  });

  test('AgentSession.writeHello() echoes the size and announces its words, byte for byte as the vector', () => {
    const vector = frameVectors.find((v) => v.hex.startsWith('0000004e65'))!;
    expect(written((w) => ready().session.writeHello(w))).toBe(vector.hex);
  });

  test.each([
    ['no version in common', helloFrame({ supportedVersions: ['1.0'] }), 'SPOP_ERR_KEY', 8],
    ['a max-frame-size over the limit', helloFrame({ maxFrameSize: 16_385 }), 'SPOP_ERR_KEY', 9],
    ['NOTIFY first', notify(1), 'SPOP_ERR_SEQUENCE', 4],
    ['UNSET first', part('unset', 'x'), 'SPOP_ERR_SEQUENCE', 4],
    ['AGENT-HELLO first', fromHex('00000007650000000100 00'), 'SPOP_ERR_SEQUENCE', 4],
    ['a HELLO without keys', fromHex('0000000701000000010000'), 'SPOP_ERR_KEY', 5],
    ['a HELLO without FIN', fromHex('0000000701000000000000'), 'SPOP_ERR_FRAME_FLAGS', 10],
    ['a HELLO with a stream-id', fromHex('0000000701000000010100'), 'SPOP_ERR_FRAME_ID', 4],
    ['HTTP', ascii('GET / HTTP/1.1\r\n\r\n'), 'SPOP_ERR_FRAME_TOO_BIG', 3],
    ['length 6', fromHex('00000006'), 'SPOP_ERR_FRAME_TOO_SHORT', 4],
    ['a varint of 11 bytes', fromHex('0000001001000000 01f0ffffffffffffffffff00'), 'SPOP_ERR_VARINT', 4],
  ])('AgentSession.push() refuses %s', (_, bytes, code, status) => {
    const recorder = new SessionRecorder({ maxFrameBytes: 16_384 });
    recorder.session.push(bytes);
    expect(recorder.take()).toEqual([['fault', code, status]]);
    expect(recorder.session.state).toBe('closed');
    recorder.session.push(HELLO);
    expect(recorder.take()).toEqual([]);
  });

  test('AgentSession.push() refuses a second HELLO', () => {
    const recorder = ready();
    recorder.session.push(HELLO);
    expect(recorder.take()).toEqual([['fault', 'SPOP_ERR_SEQUENCE', 4]]);
  });

  test.each([
    [16_380, []],
    [16_381, [['fault', 'SPOP_ERR_FRAME_TOO_BIG', 3]]],
  ])('AgentSession.push() holds frames after the HELLO to the agreed size: length %i', (length, faults) => {
    const recorder = ready();
    const bytes = new Uint8Array(length + 4);
    bytes.set([0, 0, length >> 8, length & 255, 3, 0, 0, 0, 1, 1, 1]);
    recorder.session.push(bytes);
    expect(recorder.take().filter(([name]) => name === 'fault')).toEqual(faults);
  });
});

describe('AgentSession frames', () => {
  test('AgentSession.push() hands over NOTIFY payloads with their ids, stream-id 0 and 64-bit ids included', () => {
    const recorder = ready();
    recorder.session.push(concat(notify(0), notify(2n ** 64n - 1n, 70_000)));
    expect(recorder.take()).toEqual([
      ['notify', 0, 1, '016d00'],
      ['notify', 2n ** 64n - 1n, 70_000, '016d00'],
    ]);
  });

  test('AgentSession.push() takes an empty payload', () => {
    const recorder = ready();
    recorder.session.push(fromHex('0000000703000000010501'));
    expect(recorder.take()).toEqual([['notify', 5, 1, '']]);
  });

  test('AgentSession.push() ignores reserved flags and passes unknown types over', () => {
    const recorder = ready();
    recorder.session.push(concat(fromHex('0000000703fffffffd0501'), fromHex('0000000763000000010501')));
    expect(recorder.take()).toEqual([
      ['notify', 5, 1, ''],
      ['skipped', 0x63],
    ]);
  });

  test('AgentSession.push() ends with the DISCONNECT of the engine', () => {
    const recorder = ready();
    const bytes = fromHex(frameVectors.find((v) => v.hex.startsWith('0000003102') && v.hex.includes('0302'))!.hex);
    recorder.session.push(concat(bytes, notify(1)));
    expect(recorder.take()).toEqual([['disconnect', 2, 'a timeout occurred']]);
    expect(recorder.session.state).toBe('closed');
  });

  test('AgentSession.push() calls the same for any cut of the stream', () => {
    const stream = concat(
      HELLO,
      notify(0),
      part('notify-fragment', 'ab'),
      part('unset', 'c'),
      part('unset', '', { fin: true }),
      notify(1n << 62n),
      fromHex('0000002502000000010000 0b7374617475732d636f64650300076d65737361676508066e6f726d616c'),
    );
    const whole = new SessionRecorder();
    whole.session.push(stream);
    expect(whole.calls).toHaveLength(5);
    const cuts = fc.array(fc.nat(stream.length), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, (positions) => {
        const recorder = new SessionRecorder();
        const sorted = [0, ...positions.sort((a, b) => a - b), stream.length];
        for (let i = 1; i < sorted.length; i++) recorder.session.push(stream.slice(sorted[i - 1], sorted[i]));
        expect(recorder.calls).toEqual(whole.calls);
      }),
    );
    const single = new SessionRecorder();
    for (const byte of stream) single.session.push(Uint8Array.of(byte));
    expect(single.calls).toEqual(whole.calls);
  });

  test('AgentSession.push() stops between frames while paused, and resume() goes on', () => {
    const recorder = ready();
    recorder.onCall = () => {
      recorder.session.paused = true;
    };
    recorder.session.push(concat(notify(1), notify(2), notify(3)));
    expect(recorder.take()).toEqual([['notify', 1, 1, '016d00']]);
    recorder.session.resume();
    expect(recorder.take()).toEqual([['notify', 2, 1, '016d00']]);
    recorder.onCall = () => {};
    recorder.session.resume();
    expect(recorder.take()).toEqual([['notify', 3, 1, '016d00']]);
    recorder.session.push(notify(4));
    expect(recorder.take()).toHaveLength(1);
  });

  test('AgentSession.keep() holds what is left of a chunk whose memory is used again', () => {
    const recorder = ready();
    recorder.onCall = () => {
      recorder.session.paused = true;
    };
    const chunk = concat(notify(1), notify(2));
    recorder.session.push(chunk);
    recorder.session.keep();
    chunk.fill(0);
    recorder.session.resume();
    expect(recorder.take()).toEqual([
      ['notify', 1, 1, '016d00'],
      ['notify', 2, 1, '016d00'],
    ]);
  });

  test('AgentSession.midFrame tells a cut frame and a half-sent message from a clean end', () => {
    const recorder = ready();
    expect(recorder.session.midFrame).toBe(false);
    recorder.session.push(notify(1).subarray(0, 5));
    expect(recorder.session.midFrame).toBe(true);
    recorder.session.push(notify(1).subarray(5));
    expect(recorder.session.midFrame).toBe(false);
    recorder.session.push(part('notify-fragment', 'a'));
    expect(recorder.session.midFrame).toBe(true);
  });

  test('AgentSession.push() neither crashes nor calls after a fault, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 10 }), (chunks) => {
        const recorder = ready({ maxReassembledBytes: 100 });
        for (const chunk of chunks) recorder.session.push(chunk);
        const names = recorder.calls.map(([name]) => name);
        const end = names.findIndex((name) => name === 'fault' || name === 'disconnect');
        expect(end === -1 || end === names.length - 1).toBe(true);
      }),
    );
  });
});

describe('AgentSession fragments', () => {
  test.each<[string, Uint8Array[], unknown[][]]>([
    [
      'joins a message',
      [part('notify-fragment', 'ab'), part('unset', 'c'), part('unset', 'd', { fin: true })],
      [['notify', 0, 1, toHex(ascii('abcd'))]],
    ],
    [
      'drops a message the engine aborts',
      [part('notify-fragment', 'ab'), fromHex('0000000700000000030001'), notify(1)],
      [
        ['engine-aborted', 0, 1],
        ['notify', 1, 1, '016d00'],
      ],
    ],
    [
      'ignores an abort after the last fragment',
      [fromHex('0000000700000000030001'), notify(1)],
      [['notify', 1, 1, '016d00']],
    ],
    ['takes a NOTIFY with ABORT for one', [fromHex('0000000703000000030001')], [['engine-aborted', 0, 1]]],
    ['refuses UNSET without NOTIFY', [part('unset', 'a')], [['fault', 'SPOP_ERR_SEQUENCE', 4]]],
    [
      'refuses a fragment with another stream-id',
      [part('notify-fragment', 'ab'), part('unset', 'c', { streamId: 1 })],
      [['fault', 'SPOP_ERR_SEQUENCE', 11]],
    ],
    [
      'refuses a fragment with another frame-id',
      [part('notify-fragment', 'ab'), part('unset', 'c', { frameId: 2 })],
      [['fault', 'SPOP_ERR_SEQUENCE', 11]],
    ],
    [
      'refuses an abort with other ids',
      [part('notify-fragment', 'ab'), part('unset', '', { streamId: 1, fin: true, abort: true })],
      [['fault', 'SPOP_ERR_SEQUENCE', 11]],
    ],
    [
      'refuses a NOTIFY between fragments',
      [part('notify-fragment', 'ab'), notify(1)],
      [['fault', 'SPOP_ERR_SEQUENCE', 11]],
    ],
    [
      'gives a message up that exceeds the limit, and swallows the rest of it',
      [
        part('notify-fragment', 'abcdef'),
        part('unset', 'ghijk'),
        part('unset', 'l'),
        part('unset', 'm', { fin: true }),
        notify(1),
      ],
      [
        ['too-big', 0, 1, false],
        ['notify', 1, 1, '016d00'],
      ],
    ],
    [
      'takes the next message when the engine heeds our abort without a last fragment',
      [part('notify-fragment', 'abcdefghijk'), notify(1)],
      [
        ['too-big', 0, 1, false],
        ['notify', 1, 1, '016d00'],
      ],
    ],
    [
      'says so when the last fragment is the one too many',
      [part('notify-fragment', 'abcdef'), part('unset', 'ghijk', { fin: true }), notify(1)],
      [
        ['too-big', 0, 1, true],
        ['notify', 1, 1, '016d00'],
      ],
    ],
    [
      'lets the engine abort what was given up',
      [part('notify-fragment', 'abcdefghijk'), fromHex('0000000700000000030001'), notify(1)],
      [
        ['too-big', 0, 1, false],
        ['notify', 1, 1, '016d00'],
      ],
    ],
  ])('AgentSession.push() %s', (_, frames, calls) => {
    const recorder = ready({ maxReassembledBytes: 10 });
    for (const bytes of frames) recorder.session.push(bytes);
    expect(recorder.take()).toEqual(calls);
  });

  test('AgentSession.push() refuses fragments with status 10 unless it announced them', () => {
    const recorder = ready({ capabilities: ['pipelining'] });
    recorder.session.push(part('notify-fragment', 'ab'));
    expect(recorder.take()).toEqual([['fault', 'SPOP_ERR_FRAME_FLAGS', 10]]);
  });

  test('AgentSession.push() joins the fragments captured from HAProxy 2.6', () => {
    const a = 'A'.repeat(300);
    const frames = [
      `000000e703000000000001026d3106016e0407016108fc03${'41'.repeat(211)}`,
      `000000e700000000000001${'41'.repeat(89)}036e756c000162080a42424242424242424242026970067f000001017411026d3202017a08027a7a016308fc03${'41'.repeat(90)}`,
      `000000d900000000010001${'41'.repeat(210)}`,
    ];
    const recorder = ready();
    for (const hex of frames) recorder.session.push(fromHex(hex));
    const payload = `026d3106016e0407016108fc03${toHex(ascii(a))}036e756c000162080a${'42'.repeat(10)}026970067f000001017411026d3202017a08027a7a016308fc03${toHex(ascii(a))}`;
    expect(recorder.take()).toEqual([['notify', 0, 1, payload]]);
  });
});

describe('AgentSession answers', () => {
  test('AgentSession.writeAck() writes the vectors', () => {
    const { session } = ready();
    expect(written((w) => session.writeAck(w, 1, 1, new Uint8Array(0), 0, 0))).toBe('0000000767000000010101');
    expect(written((w) => session.writeAbort(w, 0, 1))).toBe('0000000767000000030001');
    expect(written((w) => session.writeDisconnect(w, 0))).toBe(
      '00000025660000000100000b7374617475732d636f64650300076d65737361676508066e6f726d616c',
    );
  });

  test('AgentSession.writeAck() never exceeds the agreed size less one and cuts between actions', () => {
    const recorder = new SessionRecorder();
    recorder.session.push(helloFrame({ maxFrameSize: 256 }));
    const actions = new Writer();
    for (let i = 0; i < 40; i++) {
      writeActions(actions, [
        { type: 'set-var', scope: 2, name: `v${i}`, value: { type: 'string', value: ascii('xyz') } },
      ]);
    }
    const ids = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((id) => (id < 2n ** 53n ? Number(id) : id));
    fc.assert(
      fc.property(fc.nat(actions.at), ids, ids, (end, streamId, frameId) => {
        const w = new Writer();
        const dropped = recorder.session.writeAck(w, streamId, frameId, actions.bytes, 0, end);
        expect(w.at - 4).toBeLessThanOrEqual(255);
        const sent = end - dropped;
        const rest = toHex(actions.bytes.subarray(sent, sent + 3));
        if (dropped > 0) expect(rest).toBe('010302');
      }),
    );
    const full = new Writer();
    const dropped = recorder.session.writeAck(full, 1, 1, actions.bytes, 0, actions.at);
    expect(dropped).toBeGreaterThan(0);
    // One more action would not have fitted.
    expect(full.at - 4 + 12).toBeGreaterThan(255);
  });

  test('AgentSession.writeAck() fills a frame to the last byte', () => {
    const recorder = new SessionRecorder();
    recorder.session.push(helloFrame({ maxFrameSize: 256 }));
    const action = (length: number): Uint8Array => {
      const w = new Writer();
      writeActions(w, [
        { type: 'set-var', scope: 2, name: 'v', value: { type: 'binary', value: new Uint8Array(length) } },
      ]);
      return w.view();
    };
    const w = new Writer();
    const fits = action(255 - 7 - 8);
    expect(fits.length).toBe(255 - 7);
    expect(recorder.session.writeAck(w, 1, 1, fits, 0, fits.length)).toBe(0);
    expect(w.at - 4).toBe(255);
    w.reset();
    const over = action(256 - 7 - 8);
    expect(recorder.session.writeAck(w, 1, 1, over, 0, over.length)).toBe(over.length);
    expect(toHex(w.view())).toBe('0000000767000000010101');
  });
});
