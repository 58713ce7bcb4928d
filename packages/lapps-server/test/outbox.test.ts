import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Framer, Opcode } from '../src/frame.js';
import { Outbox, OutboxGroup, type OutboxSocket } from '../src/outbox.js';

/** A socket whose system takes bytes at once, or keeps what it is given and reads it only when told. */
class FakeSocket implements OutboxSocket {
  writable = true;
  slow = false;
  writes = 0;
  #held: Uint8Array[] = [];
  #taken: Buffer[] = [];

  get writableLength(): number {
    return this.#held.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Uint8Array): boolean {
    this.writes += 1;
    this.#held.push(bytes);
    if (!this.slow) this.drain();
    return !this.slow;
  }

  cork(): void {
    this.writes -= 1_000_000;
  }

  uncork(): void {
    this.writes += 1_000_000;
  }

  drain(): void {
    this.#taken.push(...this.#held.map((bytes) => Buffer.from(bytes)));
    this.#held = [];
  }

  get received(): Buffer {
    this.drain();
    return Buffer.concat(this.#taken);
  }
}

/** What a message should look like on the wire, straight from RFC 6455 5.2. */
const wire = (opcode: number, payload: Buffer): Buffer => {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
};

const sizes = [0, 1, 64, 125, 126, 300, 4000, 4097, 16_384, 16_385, 65_535, 65_536, 300_000];
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('send' as const),
      who: fc.nat(2),
      size: fc.constantFrom(...sizes),
      owned: fc.boolean(),
      part: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('broadcast' as const), size: fc.constantFrom(...sizes) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('flush' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('slow' as const), who: fc.nat(2), slow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('drain' as const), who: fc.nat(2) }) },
);

describe('Outbox', () => {
  it('addMessage(), addPart() and addFramed() reach every socket as they were, however slow each is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const group = new OutboxGroup();
        const framer = new Framer();
        const sockets = [0, 1, 2].map(() => new FakeSocket());
        const outboxes = sockets.map((socket) => new Outbox(group, socket));
        const wanted: Buffer[][] = [[], [], []];
        steps.forEach((action, i) => {
          if (action.op === 'send') {
            const payload = Buffer.alloc(action.size, `${i} `);
            wanted[action.who]!.push(wire(2, Buffer.from(payload)));
            const outbox = outboxes[action.who]!;
            if (action.part) {
              const around = Buffer.concat([Buffer.from('in front'), payload, Buffer.from('behind')]);
              outbox.addPart(Opcode.binary, around, 8, 8 + action.size);
              around.fill(0);
            } else {
              outbox.addMessage(Opcode.binary, payload, action.owned);
              if (!action.owned) payload.fill(0);
            }
          } else if (action.op === 'broadcast') {
            const payload = Buffer.alloc(action.size, `${i} `);
            const framed = framer.frame(payload, false);
            payload.fill(0);
            for (const outbox of outboxes) outbox.addFramed(framed.bytes);
            for (const list of wanted) list.push(wire(1, Buffer.alloc(action.size, `${i} `)));
          } else if (action.op === 'flush') group.flush();
          else if (action.op === 'slow') sockets[action.who]!.slow = action.slow;
          else sockets[action.who]!.drain();
        });
        group.flush();
        for (const [i, socket] of sockets.entries()) {
          expect(socket.received.equals(Buffer.concat(wanted[i]!))).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('addFramed() of consecutive broadcasts and addMessage() of consecutive messages become one write', () => {
    const group = new OutboxGroup();
    const framer = new Framer();
    const sockets = Array.from({ length: 3 }, () => new FakeSocket());
    const outboxes = sockets.map((socket) => new Outbox(group, socket));
    for (let i = 0; i < 16; i += 1) {
      const { bytes } = framer.frame(`news ${i}`, false);
      for (const outbox of outboxes) outbox.addFramed(bytes);
    }
    group.flush();
    expect(sockets.map(({ writes }) => writes)).toEqual([1, 1, 1]);
    for (let i = 0; i < 16; i += 1) outboxes[0]!.addMessage(Opcode.text, `own ${i}`, false);
    group.flush();
    expect(sockets[0]!.writes).toBe(2);
  });

  it('write() gives nothing to a socket that has ended', () => {
    const socket = new FakeSocket();
    const outbox = new Outbox(new OutboxGroup(), socket);
    outbox.addMessage(Opcode.text, 'x', false);
    socket.writable = false;
    expect(outbox.write()).toBe(true);
    expect([socket.writes, outbox.bufferedBytes]).toEqual([0, 0]);
  });

  it('bufferedBytes counts what waits here and in the socket', () => {
    const socket = new FakeSocket();
    socket.slow = true;
    const outbox = new Outbox(new OutboxGroup(), socket);
    outbox.addMessage(Opcode.text, 'abc', false);
    expect(outbox.bufferedBytes).toBe(5);
    outbox.write();
    expect(outbox.bufferedBytes).toBe(5);
    socket.drain();
    expect(outbox.bufferedBytes).toBe(0);
  });

  it('schedule() writes once per pass, and does not let a slow handler hold up what was sent before it', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5000);
    onTestFinished(() => clock.mockRestore());
    const group = new OutboxGroup();
    const sockets = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
    const boxes = sockets.map((socket) => new Outbox(group, socket));
    boxes[0]!.addMessage(Opcode.text, 'a', false);
    boxes[0]!.addMessage(Opcode.text, 'b', false);
    boxes[1]!.addMessage(Opcode.text, 'c', false);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(sockets.map(({ writes }) => writes)).toEqual([0, 0, 0]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sockets.map(({ writes }) => writes)).toEqual([1, 1, 0]);

    boxes[0]!.addMessage(Opcode.text, 'd', false);
    clock.mockReturnValue(5002);
    boxes[1]!.addMessage(Opcode.text, 'e', false);
    boxes[2]!.addMessage(Opcode.text, 'f', false);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(sockets.map(({ writes }) => writes)).toEqual([2, 2, 1]);
  });
});
