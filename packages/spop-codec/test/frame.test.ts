import { describe, expect, it } from 'vitest';
import {
  beginFrame,
  Cursor,
  decodeFrame,
  encodeFrame,
  endFrame,
  type Frame,
  FrameHeader,
  readFrameHeader,
  Writer,
  writeAck,
  writeFrame,
  writeSetVarInt,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { fromHex, toHex } from './support/hex.js';

const NOTHING = new Uint8Array(0);
const ackFrame = (streamId: number | bigint, frameId: number | bigint): Frame => ({
  type: 'ack',
  streamId,
  frameId,
  abort: false,
  actions: [{ type: 'set-var', scope: 2, name: 'score', value: { type: 'int32', value: 42 } }],
  unparsed: NOTHING,
});

describe('decodeFrame()', () => {
  it('decodeFrame() accepts a frame at the limit and rejects a frame one byte over the limit', () => {
    const bytes = encodeFrame({
      type: 'unset',
      streamId: 1,
      frameId: 1,
      fin: true,
      abort: false,
      payload: new Uint8Array(93),
    });
    expect(decodeFrame(bytes, { maxFrameBytes: 101 })).toMatchObject({ type: 'unset' });
    expect(decodeFrame(bytes, { maxFrameBytes: 100 })).toMatchObject({ type: 'unset' });
    expectSpopError(() => decodeFrame(bytes, { maxFrameBytes: 99 }), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
  });

  it('decodeFrame() ignores reserved flag bits on every type', () => {
    for (const type of ['00', '01', '02', '03', '65', '66', '67']) {
      const plain = decodeFrame(fromHex(`00000007${type}000000010000`));
      expect(decodeFrame(fromHex(`00000007${type}fffffffd0000`))).toEqual(plain);
    }
  });

  it('decodeFrame() gives a NOTIFY without FIN or with ABORT as a fragment', () => {
    for (const [flags, fin, abort] of [
      ['00', false, false],
      ['02', false, true],
      ['03', true, true],
    ]) {
      const frame = { type: 'notify-fragment', streamId: 1, frameId: 1, fin, abort, payload: fromHex('ff') };
      const bytes = fromHex(`0000000803000000${flags}0101ff`);
      expect(decodeFrame(bytes)).toEqual(frame);
      expect(encodeFrame(frame as Frame)).toEqual(bytes);
    }
  });

  it('decodeFrame() keeps the actions HAProxy would execute and hands on the rest', () => {
    // haproxy-spoe-go writes a stray NULL behind unset-var, which costs it every later action.
    const frame = decodeFrame(fromHex('00000014670000000101010202020178000103020179 0201'));
    expect(frame).toEqual({
      type: 'ack',
      streamId: 1,
      frameId: 1,
      abort: false,
      actions: [{ type: 'unset-var', scope: 2, name: 'x' }],
      unparsed: fromHex('0001030201790201'),
    });
    expect(toHex(encodeFrame(frame))).toBe('000000146700000001010102020201780001030201790201');
  });

  it('decodeFrame() gives ids beyond 2^53-1 exactly', () => {
    for (const id of [0, 239, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(decodeFrame(encodeFrame(ackFrame(id, id)))).toEqual(ackFrame(id, id));
    }
  });
});

describe('encodeFrame()', () => {
  it('encodeFrame() fills the limit exactly and refuses one byte more', () => {
    const frame = (size: number): Frame => ({
      type: 'notify',
      streamId: 0,
      frameId: 1,
      messages: [{ name: 'm', args: [{ name: 'b', value: { type: 'binary', value: new Uint8Array(size) } }] }],
    });
    const bytes = encodeFrame(frame(200), { maxFrameBytes: 214 });
    expect(bytes.length).toBe(218);
    expect(decodeFrame(bytes)).toEqual(frame(200));
    const w = new Writer(1000);
    w.at = 5;
    expectSpopError(() => encodeFrame(frame(201), { maxFrameBytes: 214 }), {
      code: 'SPOP_ERR_FRAME_TOO_BIG',
      status: 3,
    });
    expectSpopError(() => writeFrame(w, frame(201), 214), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
    expect(w.at).toBe(5);
  });

  it('encodeFrame() and decodeFrame() use all four bytes of the length', () => {
    for (const size of [0x1_0203, 0x102_0304]) {
      const payload = new Uint8Array(size - 7);
      const frame: Frame = { type: 'unset', streamId: 0, frameId: 1, fin: true, abort: false, payload };
      const bytes = encodeFrame(frame, { maxFrameBytes: 1 << 25 });
      expect(new DataView(bytes.buffer).getUint32(0)).toBe(size);
      const decoded = decodeFrame(bytes, { maxFrameBytes: 1 << 25 });
      expect(decoded.type === 'unset' && decoded.payload.length).toBe(size - 7);
    }
  });

  it('encodeFrame() refuses 16381 bytes when no limit is given', () => {
    const frame = (size: number): Frame => ({
      type: 'unset',
      streamId: 0,
      frameId: 1,
      fin: true,
      abort: false,
      payload: new Uint8Array(size),
    });
    expect(encodeFrame(frame(16_373)).length).toBe(16_384);
    expectSpopError(() => encodeFrame(frame(16_374)), { code: 'SPOP_ERR_FRAME_TOO_BIG' });
  });

  it('encodeFrame() refuses ids that are no unsigned 64-bit integers, bad actions and unknown types', () => {
    for (const id of [-1, 1.5, 2 ** 53, -1n, 2n ** 64n]) {
      expectSpopError(() => encodeFrame(ackFrame(id, 1)), { code: 'SPOP_ERR_VALUE', status: 99 });
      expectSpopError(() => encodeFrame(ackFrame(1, id)), { code: 'SPOP_ERR_VALUE', status: 99 });
    }
    const bad = { ...ackFrame(1, 1), actions: [{ type: 'unset-var', scope: 2, name: 'a-b' }] } as Frame;
    expectSpopError(() => encodeFrame(bad), { code: 'SPOP_ERR_NAME' });
    expectSpopError(() => encodeFrame({ type: 'ping' } as unknown as Frame), { code: 'SPOP_ERR_FRAME_TYPE' });
  });
});

describe('writeAck()', () => {
  const actions = new Writer();
  writeSetVarInt(actions, 2, 'score', 2, 42);

  it('writeAck() and beginFrame() with endFrame() write what encodeFrame() writes', () => {
    for (const id of [0, 1, 300, 2 ** 40, 2n ** 64n - 1n]) {
      const w = new Writer(1000);
      writeAck(w, id, 7, actions.bytes, 0, actions.at);
      expect(w.view()).toEqual(encodeFrame(ackFrame(id, 7)));
      w.reset();
      const start = beginFrame(w, 103, 1, id, 7);
      writeSetVarInt(w, 2, 'score', 2, 42);
      endFrame(w, start, 1000);
      expect(w.view()).toEqual(encodeFrame(ackFrame(id, 7)));
    }
  });

  it('writeAck() appends frames and takes back the one that is too big', () => {
    const w = new Writer(1000);
    writeAck(w, 1, 1, actions.bytes, 0, actions.at);
    const { at } = w;
    expectSpopError(() => writeAck(w, 1, 1, actions.bytes, 0, actions.at, at - 5), {
      code: 'SPOP_ERR_FRAME_TOO_BIG',
      status: 3,
    });
    expectSpopError(() => writeAck(w, 1, -1, actions.bytes, 0, actions.at), { code: 'SPOP_ERR_VALUE' });
    w.limit = at + 15;
    expectSpopError(() => writeAck(w, 1, 1, actions.bytes, 0, actions.at), { code: 'SPOP_ERR_FRAME_TOO_BIG' });
    expect(w.at).toBe(at);
    expect(w.view()).toEqual(encodeFrame(ackFrame(1, 1)));
  });
});

describe('readFrameHeader()', () => {
  it('readFrameHeader() finds the payload inside a bigger array and judges no type', () => {
    const bytes = fromHex('ffff 0000000a 2a 80000002 f000 05 abcd ffff');
    const header = new FrameHeader();
    readFrameHeader(new Cursor(bytes, 2, bytes.length - 2), header);
    expect(header).toMatchObject({ type: 0x2a, flags: 0x8000_0002, streamId: 240, frameId: 5 });
    expect(header).toMatchObject({ fin: false, abort: true, payloadAt: 14, payloadEnd: 16 });
  });
});
