import { describe, expect, it } from 'vitest';
import {
  Cursor,
  decodeFrame,
  encodeFrame,
  FrameHeader,
  FrameSplitter,
  type FrameType,
  MessageReader,
  readFrameHeader,
  readTypedData,
  readVarint,
  SpopError,
  skipTypedData,
  Writer,
  writeTypedData,
  writeVarint,
} from '../src/index.js';
import { fromHex, toHex } from './support/hex.js';
import { naiveDecodeFrame, naiveEncodeFrame } from './support/naive-codec.mjs';
import { streamMessages } from './support/stream-messages.js';
import { dataVectors, frameVectors, varintVectors } from './support/vectors.js';

function split(splitter: FrameSplitter, ...chunks: Uint8Array[]): string[] {
  const frames: string[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    while (splitter.next()) frames.push(toHex(splitter.bytes.subarray(splitter.at, splitter.end)));
  }
  return frames;
}

describe.each(frameVectors)('$section: $name', ({ hex, value }) => {
  const bytes = fromHex(hex);

  it('decodeFrame() gives the value', () => {
    expect(decodeFrame(bytes)).toEqual(value);
    expect(naiveDecodeFrame(bytes)).toEqual(value);
  });

  it('encodeFrame() gives the bytes', () => {
    expect(toHex(encodeFrame(value))).toBe(hex);
    expect(toHex(naiveEncodeFrame(value))).toBe(hex);
  });

  it('decodeFrame() takes a Node Buffer and a frame that is not at the start of its memory', () => {
    const padded = new Uint8Array(bytes.length + 7).fill(0xa5);
    padded.set(bytes, 3);
    expect(decodeFrame(padded.subarray(3, 3 + bytes.length))).toEqual(value);
    const frame = decodeFrame(Buffer.from(bytes));
    expect(toHex(encodeFrame(frame))).toBe(hex);
  });

  it('readFrameHeader() agrees with decodeFrame()', () => {
    const header = new FrameHeader();
    const c = new Cursor(bytes);
    readFrameHeader(c, header);
    const ids = 'streamId' in value ? value : { streamId: 0, frameId: 0 };
    expect(header).toMatchObject({ type: bytes[4] as FrameType, streamId: ids.streamId, frameId: ids.frameId });
    expect(header).toMatchObject({ payloadAt: c.at, payloadEnd: bytes.length });
    if (value.type === 'notify') {
      expect(streamMessages(new MessageReader(), bytes, header.payloadAt, header.payloadEnd)).toEqual(value.messages);
    }
  });

  it('FrameSplitter yields the frame byte by byte and at every split into two chunks', () => {
    expect(split(new FrameSplitter(), ...Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))).toEqual([hex]);
    for (let i = 0; i <= bytes.length; i++) {
      expect(split(new FrameSplitter(), bytes.subarray(0, i), bytes.subarray(i))).toEqual([hex]);
    }
  });

  it('decodeFrame() rejects the frame cut at every offset, length corrected or not', () => {
    for (let i = 0; i < bytes.length; i++) {
      expect(() => decodeFrame(bytes.subarray(0, i))).toThrow(SpopError);
      if (i < 4) continue;
      const cut = bytes.slice(0, i);
      new DataView(cut.buffer).setUint32(0, i - 4);
      let frame: unknown;
      try {
        frame = decodeFrame(cut);
      } catch (error) {
        expect(error).toBeInstanceOf(SpopError);
        expect(() => naiveDecodeFrame(cut)).toThrow();
        continue;
      }
      // A cut between two list elements is a shorter frame, and so is any cut of bytes that are not decoded.
      expect(frame).toEqual(naiveDecodeFrame(cut));
      expect(frame).not.toEqual(value);
    }
  });
});

describe.each(varintVectors)('$section: $name', ({ hex, value }) => {
  it('readVarint() and writeVarint() agree with the table', () => {
    const c = new Cursor(fromHex(hex));
    const read = readVarint(c);
    expect(BigInt(read)).toBe(value);
    expect(typeof read).toBe(value <= Number.MAX_SAFE_INTEGER ? 'number' : 'bigint');
    expect(c.at).toBe(c.end);
    for (const form of [value, read]) {
      const w = new Writer();
      writeVarint(w, form);
      expect(toHex(w.view())).toBe(hex);
    }
  });

  it('readVarint() rejects every cut', () => {
    const bytes = fromHex(hex);
    for (let i = 0; i < bytes.length; i++) expect(() => readVarint(new Cursor(bytes, 0, i))).toThrow(SpopError);
  });
});

describe.each(dataVectors)('$section: $name', ({ hex, value, canonical }) => {
  const bytes = fromHex(hex);

  it('readTypedData() gives the value and skipTypedData() moves as far', () => {
    const c = new Cursor(bytes);
    expect(readTypedData(c)).toEqual(value);
    expect(c.at).toBe(bytes.length);
    c.reset(bytes);
    skipTypedData(c);
    expect(c.at).toBe(bytes.length);
  });

  it('MessageReader reads the same', () => {
    const message = Uint8Array.of(1, 0x6d, 1, 1, 0x61, ...bytes);
    const [read] = streamMessages(new MessageReader(), message);
    expect(read).toEqual({ name: 'm', args: [{ name: 'a', value }] });
  });

  it('writeTypedData() writes the canonical form', () => {
    const w = new Writer();
    writeTypedData(w, value);
    expect(toHex(w.view()) === hex).toBe(canonical);
    expect(readTypedData(new Cursor(w.view()))).toEqual(value);
  });

  it('readTypedData(), skipTypedData() and MessageReader reject every cut', () => {
    for (let i = 0; i < bytes.length; i++) {
      expect(() => readTypedData(new Cursor(bytes, 0, i))).toThrow(SpopError);
      expect(() => skipTypedData(new Cursor(bytes, 0, i))).toThrow(SpopError);
      const message = Uint8Array.of(1, 0x6d, 1, 1, 0x61, ...bytes.subarray(0, i));
      expect(() => streamMessages(new MessageReader(), message)).toThrow(SpopError);
    }
  });
});
