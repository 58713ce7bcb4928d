import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AssemblyPool } from '../src/assembly.js';
import { Inbound } from '../src/inbound.js';
import { clientFrame } from './support/raw-client.js';

const large = Buffer.alloc(70_000, 'large');
const frame = clientFrame(2, large);

const begin = (options: { lends?: boolean; compress?: boolean; failing?: boolean } = {}) => {
  const got: { data: Buffer; isBinary: boolean }[] = [];
  const toWs: Buffer[] = [];
  const taker = {
    listening: true,
    receivedMessage: (data: Buffer, isBinary: boolean) => void got.push({ data, isBinary }),
  };
  const receiver = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      toWs.push(chunk);
      done(options.failing === true ? new Error('violation') : null);
    },
  }).on('error', () => undefined);
  const pool = new AssemblyPool();
  const { lends = false, compress = false } = options;
  const inbound = new Inbound({ taker, receiver, pool, maxMessageBytes: 100_000, compress, lends });
  /** As a connection does it. */
  const read = (chunk: Buffer, reused = false): void => {
    const taken = inbound.take(chunk, reused);
    if (taken < chunk.length) inbound.passOn(Buffer.from(chunk.subarray(taken)));
    if (reused) chunk.fill(0);
  };
  return { got, toWs, taker, pool, inbound, read };
};

describe('Inbound', () => {
  it.each([
    ['fresh memory', false, false],
    ['memory that is used again', true, false],
    ['memory that is used again, for one who wants it lent', true, true],
  ])('take() delivers a message cut at any offset, and the one behind it: %s', (_what, reused, lends) => {
    for (const cut of [1, 2, 3, 9, 10, 13, 14, 15, 17, 18, 4000, 65_535, 65_536, 69_999, 70_013]) {
      const { got, read, pool, taker } = begin({ lends });
      if (lends) taker.receivedMessage = (data, isBinary) => void got.push({ data: Buffer.from(data), isBinary });
      const stream = Buffer.concat([frame, clientFrame(1, 'next')]);
      read(Buffer.from(stream.subarray(0, cut)), reused);
      read(Buffer.from(stream.subarray(cut)), reused);
      // A header that is cut is left to ws.
      const ahead = cut >= 14 ? [large, Buffer.from('next')] : [];
      expect(got.map(({ data }) => data)).toEqual(ahead);
      expect(pool.lent).toBe(0);
    }
  });

  it('take() keeps nothing of lent memory for a reader that paused', () => {
    const { got, read, taker, pool } = begin({ lends: true });
    read(Buffer.from(frame.subarray(0, 50_000)));
    taker.listening = false;
    read(Buffer.from(frame.subarray(50_000)));
    const other = pool.lend(70_000)!;
    other.fill(0);
    expect(got).toEqual([{ data: large, isBinary: true }]);
  });

  it('take() gives a message away that is not lent', () => {
    const { got, read, pool } = begin();
    read(Buffer.from(frame.subarray(0, 50_000)));
    expect(pool.lent).toBe(131_072);
    read(Buffer.from(frame.subarray(50_000)));
    expect(pool.lent).toBe(0);
    pool.lend(70_000)!.fill(0);
    expect(got).toEqual([{ data: large, isBinary: true }]);
  });

  it('take() leaves text that is not UTF-8 to ws, readable, and everything behind it', () => {
    const { got, toWs, read, pool } = begin({ failing: true });
    const bad = Buffer.concat([large, Buffer.of(0xff)]);
    const stream = Buffer.concat([clientFrame(1, bad), clientFrame(1, 'behind')]);
    read(Buffer.from(stream.subarray(0, 1000)));
    read(Buffer.from(stream.subarray(1000)));
    expect([got, pool.lent]).toEqual([[], 0]);
    expect(toWs[0]!.equals(clientFrame(1, bad, { mask: Buffer.alloc(4) }))).toBe(true);
  });

  it('take() delivers nothing after ws refused something, in later chunks of the same turn neither', () => {
    const { got, read } = begin({ failing: true });
    read(clientFrame(3, 'no such opcode'));
    read(clientFrame(1, 'too late'));
    read(Buffer.from(frame.subarray(0, 50_000)));
    read(Buffer.from(frame.subarray(50_000)));
    expect(got).toEqual([]);
  });

  it('take() leaves a large message to ws where no memory is to be had, and all of a compressed connection', () => {
    for (const compress of [false, true]) {
      const { got, toWs, read, pool } = begin({ compress });
      if (!compress) while (pool.lend(1 << 20) !== undefined);
      read(Buffer.from(frame.subarray(0, 50_000)));
      read(Buffer.from(frame.subarray(50_000)));
      expect([got.length, Buffer.concat(toWs).length]).toEqual([0, frame.length]);
    }
  });

  it('end() gives back what an unfinished message had', () => {
    const { inbound, read, pool } = begin();
    read(Buffer.from(frame.subarray(0, 50_000)));
    expect([inbound.holdsKey, pool.lent]).toEqual([true, 131_072]);
    inbound.end();
    inbound.end();
    expect([inbound.holdsKey, pool.lent]).toEqual([false, 0]);
  });
});
