import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { RecordReceiver, RecordSender } from '../src/record-channel.js';
import { createRingMemory } from '../src/ring.js';

describe('RecordSender', () => {
  it('bounds what waits in the port, but lets the largest payload pass alone', () => {
    const { port1, port2 } = new MessageChannel();
    const memory = createRingMemory(4096);
    const sender = new RecordSender({ memory, port: port1 });
    const got: number[] = [];
    const receiver = new RecordReceiver({ memory, port: port2 }, (_kind, _id, _bytes, at, end) => got.push(end - at));
    const send = (length: number): boolean => sender.send(1, 1, new Uint8Array(length), 0, length);
    const drain = (): void => {
      sender.ring.publish();
      receiver.drain();
    };
    // Eight times the ring.
    expect([send(16_000), send(16_000), send(1100), send(10)]).toEqual([true, true, false, true]);
    drain();
    expect(got).toEqual([16_000, 16_000, 10]);
    expect([send(1_000_000), send(2000), send(2000)]).toEqual([true, false, false]);
    drain();
    expect([send(2000), send(2000)]).toEqual([true, true]);
    drain();
    expect(got.slice(3)).toEqual([1_000_000, 2000, 2000]);
    port1.close();
  });
});
