import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, FrameSplitter } from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { ascii, concat, fromHex } from './support/hex.js';

const frame = (streamId: number, size = 0): Uint8Array =>
  encodeFrame({ type: 'unset', streamId, frameId: 1, fin: true, abort: false, payload: new Uint8Array(size) } as Frame);

function taken(splitter: FrameSplitter): Uint8Array[] {
  const frames: Uint8Array[] = [];
  while (splitter.next()) frames.push(splitter.bytes.slice(splitter.at, splitter.end));
  return frames;
}

describe('FrameSplitter', () => {
  const frames = [frame(1), frame(2, 300), frame(3), frame(4, 5000), frame(5, 20)];
  const stream = concat(...frames);

  it('FrameSplitter yields all frames of a stream for every size of chunk', () => {
    for (const size of [1, 2, 3, 5, 7, 10, 11, 12, 64, 311, 1000, stream.length]) {
      const splitter = new FrameSplitter();
      const got: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) {
        splitter.push(stream.subarray(at, at + size));
        got.push(...taken(splitter));
      }
      expect(got).toEqual(frames);
      expect(splitter.pendingBytes).toBe(0);
    }
  });

  it('FrameSplitter yields frames that lie whole in a chunk without copying them', () => {
    const splitter = new FrameSplitter();
    splitter.push(stream);
    while (splitter.next()) expect(splitter.bytes).toBe(stream);
  });

  it('FrameSplitter keeps every frame of one push readable until the next one', () => {
    const splitter = new FrameSplitter();
    const cut = stream.slice(0, 5);
    splitter.push(cut);
    expect(taken(splitter)).toEqual([]);
    cut.fill(0xee);
    const views: Uint8Array[] = [];
    splitter.push(stream.subarray(5, stream.length - 3));
    while (splitter.next()) views.push(splitter.bytes.subarray(splitter.at, splitter.end));
    expect(views).toEqual(frames.slice(0, 4));
    expect(splitter.pendingBytes).toBe(frames[4]!.length - 3);
  });

  it('FrameSplitter can be left in the middle of a chunk and gone on with later', () => {
    const splitter = new FrameSplitter();
    splitter.push(stream);
    expect(splitter.next()).toBe(true);
    expectSpopError(() => splitter.push(stream), { code: 'SPOP_ERR_NOT_DRAINED', status: 99 });
    expect(splitter.pendingBytes).toBe(stream.length - frames[0]!.length);
    expect(taken(splitter)).toEqual(frames.slice(1));
    expect(splitter.next()).toBe(false);
    splitter.push(new Uint8Array(0));
    expect(splitter.next()).toBe(false);
  });

  it('FrameSplitter.keep() lets the chunk be used again before all of it was read', () => {
    const splitter = new FrameSplitter();
    const chunk = stream.slice(0, stream.length - 3);
    splitter.push(chunk);
    splitter.next();
    splitter.keep();
    chunk.fill(0xff);
    const got = taken(splitter);
    splitter.keep();
    splitter.push(stream.slice(-3));
    expect([...got, ...taken(splitter)]).toEqual(frames.slice(1));
  });

  it('FrameSplitter takes a frame at the limit and rejects one byte more, as soon as the length is known', () => {
    const atLimit = frame(1, 93);
    for (const [limit, good] of [
      [99, false],
      [100, true],
      [101, true],
    ] as const) {
      const splitter = new FrameSplitter(limit);
      splitter.push(atLimit.subarray(0, 4));
      if (!good) {
        const wanted = { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3, offset: 0 } as const;
        expectSpopError(() => splitter.next(), wanted);
        expectSpopError(() => splitter.next(), wanted);
        expectSpopError(() => splitter.push(frame(1)), wanted);
        continue;
      }
      expect(splitter.next()).toBe(false);
      splitter.push(atLimit.subarray(4));
      expect(taken(splitter)).toEqual([atLimit]);
    }
  });

  it('FrameSplitter obeys a limit that changes between two frames of one chunk', () => {
    const splitter = new FrameSplitter(7);
    splitter.push(concat(frame(1), frame(2, 300), frame(3, 300)));
    expect(splitter.next()).toBe(true);
    splitter.limit = 307;
    expect(splitter.next()).toBe(true);
    splitter.limit = 306;
    expectSpopError(() => splitter.next(), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3 });
  });

  it.each([0, 1, 6])('FrameSplitter rejects length %d, in one chunk and byte by byte', (length) => {
    const bytes = Uint8Array.of(0, 0, 0, length, 103, 0, 0, 0, 1, 1, 1);
    const wanted = { code: 'SPOP_ERR_FRAME_TOO_SHORT', status: 4 } as const;
    const splitter = new FrameSplitter();
    splitter.push(bytes);
    expectSpopError(() => splitter.next(), { ...wanted, offset: 0 });
    const slow = new FrameSplitter();
    expectSpopError(() => {
      for (const b of bytes) {
        slow.push(Uint8Array.of(b));
        slow.next();
      }
    }, wanted);
  });

  it('FrameSplitter rejects length 2^32-1 and the text of an HTTP request', () => {
    for (const bytes of [fromHex('ffffffff'), ascii('GET / HTTP/1.1\r\n\r\n')]) {
      const splitter = new FrameSplitter();
      splitter.push(bytes);
      expectSpopError(() => splitter.next(), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3, offset: 0 });
    }
  });

  it('FrameSplitter holds memory for what came, not for what was announced', () => {
    const splitter = new FrameSplitter(0xffff_ffff);
    splitter.push(fromHex('fffffff067000000010101'));
    expect(splitter.next()).toBe(false);
    splitter.push(new Uint8Array(300));
    expect(splitter.next()).toBe(false);
    const { carry } = splitter as unknown as { carry: Uint8Array };
    expect(carry.length).toBeLessThan(1000);
  });
});
