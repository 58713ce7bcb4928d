import type { Socket } from 'node:net';
import { beginFrame, endFrame, FrameSplitter } from '@offload/spop-codec';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Output } from '../src/output.js';
import { WriterPool } from '../src/writer-pool.js';

const LIMITS = { ackBurstBytes: 16_384, ackIntervalMs: 100 };

/** Takes all writes at once, as the kernel mostly does, or none while `stuck`. */
class FakeSocket {
  readonly writes: Buffer[] = [];
  readonly memory: Buffer[] = [];
  writableLength = 0;
  destroyed = false;
  stuck = false;
  ended = false;

  write(bytes: Buffer): void {
    if (this.ended) throw new Error('write after end');
    this.writes.push(Buffer.from(bytes));
    this.memory.push(bytes);
    if (this.stuck) this.writableLength += bytes.length;
  }

  end(): void {
    this.ended = true;
  }
}

function setUp(maxFrameBytes = 0) {
  const socket = new FakeSocket();
  const relief = vi.fn();
  const pool = new WriterPool();
  const inFlight = { size: 0 };
  const output = new Output(socket as unknown as Socket, pool, LIMITS, inFlight, relief);
  if (maxFrameBytes > 0) output.pace(maxFrameBytes);
  /** Appends a frame of `bytes` bytes in all, the length prefix included. */
  const append = (bytes: number, id = 1) => {
    const w = output.writer();
    const start = beginFrame(w, 103, 1, id, 1);
    w.reserve(bytes);
    w.bytes.fill(id, w.at, start + bytes);
    w.at = start + bytes;
    endFrame(w, start, 1 << 20);
    output.appended(bytes);
  };
  return { socket, output, append, relief, pool, inFlight };
}

/** Frame sizes in a write; fails on a cut frame. */
function frameSizes(bytes: Buffer): number[] {
  const splitter = new FrameSplitter(1 << 20);
  splitter.push(bytes);
  const sizes: number[] = [];
  while (splitter.next()) sizes.push(splitter.end - splitter.at);
  expect(splitter.pendingBytes).toBe(0);
  return sizes;
}

describe('Output', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    vi.advanceTimersByTime(1000);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('Output.flush() makes one write of all frames, and none of nothing', () => {
    const { socket, output, append } = setUp();
    output.flush();
    for (let i = 0; i < 1000; i++) append(100);
    output.flush();
    output.flush();
    expect(socket.writes.map((w) => w.length)).toEqual([100_000]);
    expect(output.bytesWritten).toBe(100_000);
  });

  test('Output.flush() never writes over bytes the socket still holds', () => {
    const { socket, output, append } = setUp();
    socket.stuck = true;
    append(100, 1);
    output.flush();
    append(100, 2);
    output.flush();
    socket.stuck = false;
    socket.writableLength = 0;
    append(100, 3);
    output.flush();
    append(100, 4);
    output.flush();
    expect(socket.memory[0]).toEqual(socket.writes[0]);
    expect(socket.memory[1]).toEqual(socket.writes[1]);
    expect(socket.writes.map((w) => w[99])).toEqual([1, 2, 3, 4]);
  });

  test('Output.flush() gives writers back to the pool once the kernel has the bytes', () => {
    const { output, append, pool } = setUp();
    append(100);
    const writer = output.writer();
    output.flush();
    expect(pool.take()).toBe(writer);
  });

  test('Output sends of 20 ACKs of 930 bytes what fits into the buffer, and the rest once those count as read', () => {
    const { socket, output, append, relief } = setUp(16_380);
    for (let i = 0; i < 20; i++) append(930);
    output.flush();
    expect(socket.writes.map(frameSizes)).toEqual([Array(17).fill(930)]);
    output.flush();
    expect(socket.writes).toHaveLength(1);
    vi.advanceTimersByTime(99);
    expect(socket.writes).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(socket.writes.map((w) => frameSizes(w).length)).toEqual([17, 3]);
    expect(relief).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(socket.writes).toHaveLength(2);
  });

  test('Output sends what waits as soon as NOTIFYs come that only an engine that has read can send', () => {
    const { socket, output, append, inFlight } = setUp(16_380);
    for (let i = 0; i < 20; i++) append(930);
    output.flush();
    inFlight.size = 16;
    // 16 and the 3 that wait are open: at most one of the 17 is unread, and 16 of them after it.
    output.flush();
    expect(socket.writes.map((w) => frameSizes(w).length)).toEqual([17, 3]);
    vi.advanceTimersByTime(1000);
    expect(socket.writes).toHaveLength(2);
  });

  test('Output does not pace 20 ACKs that cannot fill the buffer, in any number of writes', () => {
    const { socket, output, append } = setUp(16_380);
    for (let i = 0; i < 5000; i++) {
      append(800);
      output.flush();
    }
    expect(socket.writes).toHaveLength(5000);
  });

  test('Output.appended() says with which ACK pacing begins', () => {
    const { output } = setUp(16_380);
    expect([818, 819, 820].map((bytes) => output.appended(bytes))).toEqual([false, true, false]);
    expect(setUp().output.appended(16_000)).toBe(false);
  });

  test('Output counts a large ACK and the small ones before and behind it together', () => {
    const { socket, output, append } = setUp(16_380);
    append(600);
    output.flush();
    append(12_000);
    output.flush();
    for (let i = 0; i < 10; i++) append(600);
    output.flush();
    // Nobody counted the small ones sent before: 19 could be unread, but for the 10 that are known to be open.
    expect(socket.writes.map((w) => w.length)).toEqual([600]);
    vi.advanceTimersByTime(100);
    expect(socket.writes.map((w) => w.length)).toEqual([600, 16_200]);
    vi.advanceTimersByTime(100);
    expect(socket.writes.map((w) => w.length)).toEqual([600, 16_200, 1800]);
  });

  test('Output sends a frame longer than the buffer alone', () => {
    const { socket, output, append } = setUp(16_380);
    append(50);
    append(16_383);
    append(16_383);
    append(50);
    output.flush();
    vi.advanceTimersByTime(1000);
    expect(socket.writes.map(frameSizes)).toEqual([[50], [16_383], [16_383], [50]]);
  });

  test('Output keeps to a small max-frame-size', () => {
    const { socket, output, append } = setUp(256);
    for (let i = 0; i < 10; i++) append(50);
    output.flush();
    vi.advanceTimersByTime(1000);
    expect(socket.writes.map((w) => w.length)).toEqual([250, 250]);
  });

  test('Output keeps what comes while something waits in order behind it', () => {
    const { socket, output, append } = setUp(16_380);
    for (let i = 1; i <= 20; i++) append(930, i);
    output.flush();
    append(930, 21);
    output.flush();
    vi.advanceTimersByTime(1000);
    const ids = Buffer.concat(socket.writes).filter((_, at) => at % 930 === 9);
    expect([...ids]).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });

  test('Output paces also while the socket holds bytes', () => {
    const { socket, output, append } = setUp(16_380);
    socket.stuck = true;
    for (let i = 1; i <= 20; i++) append(930, i);
    output.flush();
    expect(output.unsentBytes).toBe(20 * 930);
    vi.advanceTimersByTime(1000);
    expect(socket.writes.map((w) => frameSizes(w).length)).toEqual([17, 3]);
    expect(socket.memory.map((w) => w[9])).toEqual([1, 18]);
  });

  test('Output.end() ends after what pacing held back', () => {
    const { socket, output, append } = setUp(16_380);
    for (let i = 0; i < 20; i++) append(930);
    output.end();
    expect(socket.ended).toBe(false);
    output.end();
    vi.advanceTimersByTime(100);
    expect(socket.writes).toHaveLength(2);
    expect(socket.ended).toBe(true);
  });

  test('Output.destroy() drops what was held back', () => {
    const { socket, output, append } = setUp(16_380);
    for (let i = 0; i < 20; i++) append(930);
    output.flush();
    output.destroy();
    vi.advanceTimersByTime(100);
    expect(socket.writes).toHaveLength(1);
  });
});
