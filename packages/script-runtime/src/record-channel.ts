import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type RecordHandler, type RingMemory, RingReader, RingWriter } from './ring.js';

/** Marks a record whose payload travels through the port because the ring is too small for it. */
const BULK = 1 << 30;

/** What a sender needs, posted to a worker thread (`port` must be in the transfer list). */
export interface ChannelEnd {
  readonly memory: RingMemory;
  readonly port: MessagePort;
}

/** Sends records of any size in order: through the ring, or, past a quarter of its size, through the port. */
export class RecordSender {
  readonly ring: RingWriter;
  private readonly port: MessagePort;

  constructor(end: ChannelEnd) {
    this.ring = new RingWriter(end.memory);
    this.port = end.port;
    this.port.unref();
  }

  /** Writes one record, to be shown to the reader by `ring.publish()`. False when the ring is full. */
  send(kind: number, id: number, bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at <= this.ring.maxPayloadBytes) return this.ring.write(kind, id, bytes, at, end);
    if (this.ring.reserve(0) < 0) return false;
    this.port.postMessage(bytes.slice(at, end));
    this.ring.commit(kind | BULK, id, 0);
    return true;
  }
}

/** Receives what a {@link RecordSender} sent, in order. */
export class RecordReceiver {
  readonly ring: RingReader;
  private readonly handler: RecordHandler;

  constructor(end: ChannelEnd, handler: RecordHandler) {
    this.ring = new RingReader(end.memory);
    const port = end.port;
    port.unref();
    this.handler = (kind, id, bytes, at, to) => {
      if ((kind & BULK) === 0) {
        handler(kind, id, bytes, at, to);
        return;
      }
      const bulk = receiveMessageOnPort(port) as { message: Uint8Array } | undefined;
      if (bulk === undefined) throw new Error('Cannot read record: its payload is not in the port');
      handler(kind & ~BULK, id, bulk.message, 0, bulk.message.length);
    };
  }

  /** Handles all published records; returns how many there were. */
  drain(): number {
    return this.ring.drain(this.handler);
  }
}
