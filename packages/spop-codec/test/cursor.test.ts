import { describe, expect, it } from 'vitest';
import { Cursor, need, Writer, writeBytes } from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';

describe('Cursor', () => {
  it.each([
    [-1, 2],
    [2, 1],
    [0, 5],
    [Number.NaN, 2],
  ])('Cursor refuses the range %s to %s of four bytes', (at, end) => {
    expect(() => new Cursor(new Uint8Array(4), at, end)).toThrow(RangeError);
  });

  it('need() accepts what is left and names the offset of what is not', () => {
    const c = new Cursor(new Uint8Array(8), 2, 6);
    need(c, 4);
    expectSpopError(() => need(c, 5), { code: 'SPOP_ERR_TRUNCATED', status: 4, offset: 2 });
  });
});

describe('Writer', () => {
  it('Writer grows up to its limit and not past it', () => {
    const w = new Writer(1000, 1);
    for (let i = 0; i < 1000; i++) writeBytes(w, Uint8Array.of(i));
    expect(w.view()).toEqual(Uint8Array.from({ length: 1000 }, (_, i) => i));
    expectSpopError(() => w.reserve(1), { code: 'SPOP_ERR_FRAME_TOO_BIG', status: 3, offset: 1000 });
    expect(w.bytes.length).toBe(1000);
    w.reserve(0);
  });

  it('Writer honours a limit that was lowered below the memory it has', () => {
    const w = new Writer(1000, 500);
    w.limit = 10;
    expectSpopError(() => writeBytes(w, new Uint8Array(11)), { code: 'SPOP_ERR_FRAME_TOO_BIG' });
    expect(w.at).toBe(0);
    writeBytes(w, new Uint8Array(10));
  });

  it('Writer keeps its memory over reset()', () => {
    const w = new Writer();
    writeBytes(w, new Uint8Array(5000));
    const { bytes } = w;
    w.reset();
    writeBytes(w, new Uint8Array(5000).fill(1));
    expect(w.bytes).toBe(bytes);
  });

  it('writeBytes() copies a part of its source, short or long', () => {
    const source = Uint8Array.from({ length: 300 }, (_, i) => i);
    for (const [at, end] of [
      [0, 0],
      [3, 40],
      [7, 290],
    ]) {
      const w = new Writer();
      writeBytes(w, source, at, end);
      expect(w.view()).toEqual(source.slice(at, end));
    }
  });
});
