import { describe, expect, test } from 'vitest';
import { HELLO, helloFrame, notify, part, ready } from './support/agent-session.js';
import { ascii, fromHex } from './support/hex.js';
import { SessionRecorder, written } from './support/session-recorder.js';
import { frameVectors } from './support/vectors.js';

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
