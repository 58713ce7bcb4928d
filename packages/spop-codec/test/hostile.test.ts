import { describe, expect, it } from 'vitest';
import {
  Cursor,
  decodeFrame,
  FrameHeader,
  FrameSplitter,
  FrameType,
  MessageReader,
  readFrameHeader,
  readKvList,
  readMessages,
  SpopError,
  type SpopErrorCode,
  type StatusCode,
  skipTypedData,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { ascii, fromHex, toHex } from './support/hex.js';
import { streamMessages } from './support/stream-messages.js';
import { frameVectors } from './support/vectors.js';

/**
 * Inputs that caught other codecs: the rows and the list of style.md 1.8, the negative cases of spop.md 5 as far as
 * one frame shows them (what needs a session, such as a duplicate HELLO, is tested with the session).
 */
/** Whole input, its length field as the row has it. */
const lengths: [name: string, hex: string, code: SpopErrorCode, offset: number][] = [
  ['empty input', '', 'SPOP_ERR_TRUNCATED', 0],
  ['half a length', '0000', 'SPOP_ERR_TRUNCATED', 0],
  ['a length and nothing else', '00000007', 'SPOP_ERR_TRUNCATED', 4],
  ['length 0', '00000000', 'SPOP_ERR_FRAME_TOO_SHORT', 0],
  ['length 6', '00000006670000000100', 'SPOP_ERR_FRAME_TOO_SHORT', 0],
  ['length 2^32-1', 'ffffffff67000000010101', 'SPOP_ERR_TRUNCATED', 4],
  ['a byte after the frame', '000000076700000001010100', 'SPOP_ERR_TRAILING_BYTES', 11],
  ['a second frame after the frame', '00000007670000000101010000000767000000010101', 'SPOP_ERR_TRAILING_BYTES', 11],
  ['the text of an HTTP request', toHex(ascii('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')), 'SPOP_ERR_TRUNCATED', 4],
];

/** What follows a right length field: type, flags, ids, payload. */
const bodies: [name: string, hex: string, code: SpopErrorCode, status: StatusCode, offset: number][] = [
  ['unknown type 4', '04 00000001 01 01', 'SPOP_ERR_FRAME_TYPE', 4, 11],
  ['unknown type 100', '64 00000001 00 00', 'SPOP_ERR_FRAME_TYPE', 4, 11],
  ['unknown type 255', 'ff 00000001 01 01', 'SPOP_ERR_FRAME_TYPE', 4, 11],
  ['a stream-id that is cut', '67 00000001 f080', 'SPOP_ERR_TRUNCATED', 4, 9],
  ['a frame without frame-id', '67 00000001 f000', 'SPOP_ERR_TRUNCATED', 4, 11],
  ['a stream-id of 11 bytes', '67 00000001 f080808080808080808000 00', 'SPOP_ERR_VARINT', 4, 9],
  ['a frame-id of 11 bytes', '67 00000001 00 f080808080808080808000', 'SPOP_ERR_VARINT', 4, 10],
  ['stream-id 2^64', '67 00000001 f0f1fefefefefefefe0e 01', 'SPOP_ERR_VARINT', 4, 9],
  ['HAPROXY-HELLO without FIN', '01 00000000 00 00', 'SPOP_ERR_FRAME_FLAGS', 10, 11],
  ['AGENT-HELLO with ABORT for FIN', '65 00000002 00 00', 'SPOP_ERR_FRAME_FLAGS', 10, 11],
  ['ACK without FIN', '67 00000000 01 01', 'SPOP_ERR_FRAME_FLAGS', 10, 11],
  ['HAPROXY-HELLO with a stream-id', '01 00000001 01 00', 'SPOP_ERR_FRAME_ID', 4, 11],
  ['AGENT-DISCONNECT with a frame-id', '66 00000001 00 01', 'SPOP_ERR_FRAME_ID', 4, 11],
  ['a key without value', '01 00000001 00 00 0161', 'SPOP_ERR_TRUNCATED', 4, 13],
  ['a key longer than the rest', '01 00000001 00 00 0361 00', 'SPOP_ERR_TRUNCATED', 4, 12],
  ['a string longer than the rest', '03 00000001 01 01 016d 01 0161 0801', 'SPOP_ERR_TRUNCATED', 4, 18],
  ['a string of 2^64-1 bytes', '03 00000001 01 01 016d 01 0161 08fff0fefefefefefefe0e', 'SPOP_ERR_TRUNCATED', 4, 27],
  ['a binary of 2^32 bytes', '03 00000001 01 01 016d 01 0161 09f0f1fefe7e', 'SPOP_ERR_TRUNCATED', 4, 22],
  ['a string length of 11 bytes', '03 00000001 01 01 016d 01 0161 08f080808080808080808000', 'SPOP_ERR_VARINT', 4, 17],
  ['an integer above 2^64-1', '03 00000001 01 01 016d 01 0161 04f0f1fefefefefefefe0e', 'SPOP_ERR_VARINT', 4, 17],
  ['an ipv4 of 3 bytes', '03 00000001 01 01 016d 01 0161 067f0000', 'SPOP_ERR_TRUNCATED', 4, 17],
  ['an ipv6 of 15 bytes', `03 00000001 01 01 016d 01 0161 07${'00'.repeat(15)}`, 'SPOP_ERR_TRUNCATED', 4, 17],
  ['NB-ARGS 255 and no argument', '03 00000001 01 01 016d ff', 'SPOP_ERR_TRUNCATED', 4, 14],
  ['NB-ARGS one more than there are', '03 00000001 01 01 016d 02 0161 00', 'SPOP_ERR_TRUNCATED', 4, 17],
  ['a message name without NB-ARGS', '03 00000001 01 01 016d', 'SPOP_ERR_TRUNCATED', 4, 13],
];

describe('decodeFrame()', () => {
  it.each(lengths)('decodeFrame() rejects %s', (_, hex, code, offset) => {
    expectSpopError(() => decodeFrame(fromHex(hex)), { code, status: 4, offset });
  });

  it.each(bodies)('decodeFrame() rejects %s, and MessageReader does what it does', (_, hex, code, status, offset) => {
    const body = fromHex(hex);
    const bytes = Uint8Array.of(0, 0, 0, body.length, ...body);
    expectSpopError(() => decodeFrame(bytes), { code, status, offset });
    if (body[0] === FrameType.NOTIFY) {
      expectSpopError(() => streamMessages(new MessageReader(), bytes, 11), { code, status, offset });
    }
  });

  it('decodeFrame() sees both messages of a frame that holds two', () => {
    const frame = decodeFrame(fromHex('000000140300000001ff7f01026d310100080178026d3200'));
    expect(frame).toMatchObject({ messages: [{ name: 'm1' }, { name: 'm2', args: [] }] });
  });

  it('decodeFrame() gives keys such as __proto__ as plain names', () => {
    const hex = '0000001301000000010000095f5f70726f746f5f5f0401';
    const frame = decodeFrame(fromHex(hex));
    expect(frame).toEqual({
      type: 'haproxy-hello',
      entries: [{ name: '__proto__', value: { type: 'int64', value: 1 } }],
    });
    expect(({} as Record<string, unknown>).type).toBeUndefined();
  });

  it('decodeFrame() takes lists of a hundred thousand elements without recursion', () => {
    const payload = new Uint8Array(200_000);
    expect(readMessages(new Cursor(payload)).length).toBe(100_000);
    expect(readKvList(new Cursor(payload)).length).toBe(100_000);
    expect(streamMessages(new MessageReader(), payload).length).toBe(100_000);
  });

  it('decodeFrame() rejects an action list nowhere, but stops where HAProxy stops', () => {
    for (const { value, hex } of frameVectors) {
      if (value.type !== 'ack' || value.actions.length === 0) continue;
      const bytes = fromHex(hex);
      for (let end = 14; end < bytes.length; end++) {
        const cut = bytes.slice(0, end);
        cut[3] = end - 4;
        const frame = decodeFrame(cut);
        if (frame.type !== 'ack') throw new Error('unreachable');
        expect(frame.actions).toEqual(value.actions.slice(0, frame.actions.length));
        expect(frame.actions.length).toBeLessThan(value.actions.length);
      }
    }
  });
});

describe('every reader', () => {
  const readers: [string, (c: Cursor) => void][] = [
    ['readFrameHeader()', (c) => readFrameHeader(c, new FrameHeader())],
    ['readKvList()', (c) => void readKvList(c)],
    ['readMessages()', (c) => void readMessages(c)],
    ['skipTypedData()', skipTypedData],
    ['MessageReader', (c) => void streamMessages(new MessageReader(), c.bytes, c.at, c.end)],
  ];

  it.each(readers)('%s never reads behind the end it was given', (_, read) => {
    // The bytes behind the end are such that a read that strays there would succeed and move the cursor past it.
    for (const { hex } of frameVectors) {
      const whole = fromHex(hex);
      for (let end = 0; end <= whole.length; end++) {
        for (const at of [0, Math.min(end, 11)]) {
          const c = new Cursor(whole, at, end);
          try {
            read(c);
          } catch (error) {
            expect(error).toBeInstanceOf(SpopError);
          }
          expect(c.at).toBeLessThanOrEqual(end);
        }
      }
    }
  });
});

describe('FrameSplitter', () => {
  it('FrameSplitter yields several frames of one chunk and frames of unknown type', () => {
    const splitter = new FrameSplitter();
    splitter.push(fromHex('0000000767000000010101 00000007ff000000010101 0000000803000000010101ff'));
    const types: number[] = [];
    while (splitter.next()) types.push(splitter.bytes[splitter.at + 4]!);
    expect(types).toEqual([FrameType.ACK, 255, FrameType.NOTIFY]);
  });
});
