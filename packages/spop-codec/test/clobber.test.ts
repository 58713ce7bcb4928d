import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, type Frame, FrameSplitter } from '../src/index.js';
import { concat, fromHex } from './support/hex.js';
import { frameVectors } from './support/vectors.js';

const notify = (text: string): Frame => ({
  type: 'notify',
  streamId: 1,
  frameId: 1,
  messages: [
    { name: text, args: [{ name: text, value: { type: 'string', value: Uint8Array.from(Buffer.from(text)) } }] },
  ],
});

/** The value of the first argument. */
function firstValue(frame: Frame): Uint8Array {
  const value = frame.type === 'notify' ? frame.messages[0]?.args[0]?.value : undefined;
  if (value?.type !== 'string') throw new Error('no string in the first argument');
  return value.value;
}

function decodeNext(splitter: FrameSplitter): Frame {
  expect(splitter.next()).toBe(true);
  return decodeFrame(splitter.bytes.subarray(splitter.at, splitter.end));
}

describe('views', () => {
  it('decodeFrame() gives views into its input: they change with it, a copy does not, names and numbers do not', () => {
    const bytes = encodeFrame(notify('before'));
    const frame = decodeFrame(bytes);
    const copy = firstValue(frame).slice();
    expect(firstValue(frame).buffer).toBe(bytes.buffer);
    bytes.fill(0x78);
    expect(firstValue(frame)).toEqual(Uint8Array.from(Buffer.from('xxxxxx')));
    expect(copy).toEqual(Uint8Array.from(Buffer.from('before')));
    expect(frame).toMatchObject({ streamId: 1, messages: [{ name: 'before', args: [{ name: 'before' }] }] });
  });

  it('FrameSplitter leaves views of one push alone until the next push, also those of a frame that was cut', () => {
    const texts = ['alpha', 'beta', 'gamma', 'delta'];
    const stream = concat(...texts.map((text) => encodeFrame(notify(text))));
    for (let cut = 1; cut < stream.length; cut++) {
      const splitter = new FrameSplitter();
      const frames: Frame[] = [];
      splitter.push(stream.slice(0, cut));
      while (splitter.next()) frames.push(decodeFrame(splitter.bytes.slice(splitter.at, splitter.end)));
      splitter.push(stream.slice(cut));
      while (splitter.next()) frames.push(decodeFrame(splitter.bytes.subarray(splitter.at, splitter.end)));
      expect(frames).toEqual(texts.map(notify));
    }
  });

  it('FrameSplitter takes chunks from one buffer that is used over and over', () => {
    const texts = Array.from({ length: 20 }, (_, i) => `text-${i}`.repeat(i + 1));
    const stream = concat(...texts.map((text) => encodeFrame(notify(text))));
    const shared = new Uint8Array(64);
    const splitter = new FrameSplitter();
    const kept: Frame[] = [];
    for (let at = 0; at < stream.length; at += shared.length) {
      const part = stream.subarray(at, at + shared.length);
      shared.fill(0xee);
      shared.set(part);
      splitter.push(shared.subarray(0, part.length));
      while (splitter.next()) kept.push(decodeFrame(splitter.bytes.slice(splitter.at, splitter.end)));
    }
    expect(kept).toEqual(texts.map(notify));
  });

  it('FrameSplitter yields views that belong to the chunk: who keeps one copies it', () => {
    const chunk = encodeFrame(notify('before'));
    const splitter = new FrameSplitter();
    splitter.push(chunk);
    const kept = firstValue(decodeNext(splitter));
    expect(splitter.next()).toBe(false);
    chunk.set(encodeFrame(notify('after!')));
    splitter.push(chunk);
    expect(kept).toEqual(Uint8Array.from(Buffer.from('after!')));
  });

  it('encodeFrame() shares no memory with its input', () => {
    for (const { hex } of frameVectors) {
      const source = fromHex(hex);
      const encoded = encodeFrame(decodeFrame(source));
      source.fill(0);
      expect(encoded).toEqual(fromHex(hex));
    }
  });
});
