import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HELLO, notify, part, ready } from './support/agent-session.js';
import { ascii, concat, fromHex, toHex } from './support/hex.js';
import { SessionRecorder } from './support/session-recorder.js';
import { frameVectors } from './support/vectors.js';

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
