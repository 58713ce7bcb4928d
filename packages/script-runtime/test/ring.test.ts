import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRingMemory, RingReader, RingWriter } from '../src/ring.js';

/** Writes until full, reads everything, and again: returns what came out. */
function through(records: readonly Uint8Array[], capacity: number): Uint8Array[] {
  const memory = createRingMemory(capacity);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const out: Uint8Array[] = [];
  const drain = (): void => {
    writer.publish();
    reader.drain((kind, id, bytes, at, end) => {
      expect(kind).toBe((id % 7) + 1);
      expect(id).toBe(out.length + 1);
      out.push(bytes.slice(at, end));
    });
  };
  records.forEach((record, i) => {
    const kind = ((i + 1) % 7) + 1;
    while (!writer.write(kind, i + 1, record, 0, record.length)) drain();
  });
  drain();
  return out;
}

describe('RingWriter and RingReader', () => {
  it('carry records of any size up to the limit unchanged and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 1000 }), { maxLength: 200 }), (records) => {
        expect(through(records, 4096)).toEqual(records.map((r) => Uint8Array.from(r)));
      }),
    );
  });

  it('go on when the positions wrap at 2^32', () => {
    const memory = createRingMemory(4096);
    const control = new Int32Array(memory.control);
    const start = 0x7fffffff - 2047 - 8; // a multiple of 8 just below the sign change
    control[0] = control[1] = start & ~7;
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    for (let i = 1; i < 100; i++) {
      expect(writer.write(1, i, Uint8Array.of(i), 0, 1)).toBe(true);
      writer.publish();
      expect(reader.drain((_k, id, bytes, at) => expect([id, bytes[at]]).toEqual([i, i]))).toBe(1);
    }
  });

  it('RingWriter.reserve() refuses when full and accepts after a drain', () => {
    const memory = createRingMemory(4096);
    const writer = new RingWriter(memory);
    let written = 0;
    while (writer.write(1, 1, new Uint8Array(112), 0, 112)) written++;
    expect(written).toBe(4096 / 128);
    writer.publish();
    new RingReader(memory).drain(() => {});
    expect(writer.write(1, 1, new Uint8Array(112), 0, 112)).toBe(true);
  });

  it('RingReader.mute() keeps the doorbell still until unmute(), which tells of what came meanwhile', async () => {
    const memory = createRingMemory(4096);
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    let rung = false;
    const bell = reader.sleepAsync()?.then(() => {
      rung = true;
    });
    reader.mute();
    writer.write(1, 1, Uint8Array.of(7), 0, 1);
    writer.publish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(rung).toBe(false);
    expect(reader.unmute()).toBe(false);
    expect(reader.drain(() => {})).toBe(1);
    expect(reader.unmute()).toBe(true);
    writer.write(1, 2, Uint8Array.of(8), 0, 1);
    writer.publish();
    await bell;
    expect(rung).toBe(true);
  });

  it('createRingMemory() refuses sizes that are no power of two', () => {
    for (const bytes of [0, 4095, 5000, 2 ** 31]) expect(() => createRingMemory(bytes)).toThrow(RangeError);
  });

  it('RingReader.sleepAsync() does not miss a wake() that came just before it', () => {
    const memory = createRingMemory(4096);
    const reader = new RingReader(memory);
    new RingWriter(memory).wake();
    expect(reader.sleepAsync()).toBeUndefined();
    expect(reader.sleepAsync()).toBeInstanceOf(Promise);
  });

  it('RingReader.sleep() does not miss a wake() that came just before it', () => {
    const memory = createRingMemory(4096);
    new RingWriter(memory).wake();
    const before = performance.now();
    new RingReader(memory).sleep(60_000);
    expect(performance.now() - before).toBeLessThan(60_000);
  });

  it('RingReader.drain() goes on behind a record whose handler threw, and gives its room back', () => {
    const memory = createRingMemory(4096);
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    for (let round = 0; round < 10; round++) {
      for (let i = 1; i <= 3; i++) expect(writer.write(1, i, new Uint8Array(1000), 0, 1000)).toBe(true);
      writer.publish();
      const seen: number[] = [];
      const take = (_kind: number, id: number): void => {
        seen.push(id);
        if (id >= 2) throw new Error('no');
      };
      expect(() => reader.drain(take)).toThrow('no');
      expect(() => reader.drain(take)).toThrow('no');
      expect(reader.drain(take)).toBe(0);
      expect(seen).toEqual([1, 2, 3]);
    }
  });

  it('RingWriter.waitForRoomAsync() resolves when the reader made room, or says at once that it did', async () => {
    const memory = createRingMemory(4096);
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    while (writer.write(1, 1, new Uint8Array(1000), 0, 1000));
    const room = writer.waitForRoomAsync();
    expect(room).toBeInstanceOf(Promise);
    reader.drain(() => {});
    await room;
    writer.endWaitForRoom();
    while (writer.write(1, 1, new Uint8Array(1000), 0, 1000));
    writer.publish();
    reader.drain(() => {});
    expect(writer.waitForRoomAsync()).toBeUndefined();
  });
});
