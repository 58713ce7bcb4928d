import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { copyOf, type RecordHandler, type RingMemory, RingReader, RingWriter } from './ring.js';

/** Marks a record whose payload travels through the port because the ring is too small for it. */
const BULK = 1 << 30;

/** What a sender needs, posted to a worker thread (`port` must be in the transfer list). */
export interface ChannelEnd {
  readonly memory: RingMemory;
  readonly port: MessagePort;
}

/** Payloads in the port may come to this many times the ring's size: the port itself has no bound. */
const BULK_RINGS = 8;

/** A payload in the port, and the position of its record in the ring. */
interface Bulk {
  readonly position: number;
  readonly bytes: number;
}

/** Sends records of any size in order: through the ring, or, past a quarter of its size, through the port. */
export class RecordSender {
  readonly ring: RingWriter;
  private readonly port: MessagePort;
  private readonly maxBulkBytes: number;
  private bulk: Bulk[] = [];
  private bulkBytes = 0;

  constructor(end: ChannelEnd) {
    this.ring = new RingWriter(end.memory);
    this.port = end.port;
    this.maxBulkBytes = end.memory.data.byteLength * BULK_RINGS;
    this.port.unref();
  }

  /**
   * Writes one record, to be shown to the reader by `ring.publish()`. False when there is no room: the ring is full, or
   * the port holds enough. A payload larger than all that still goes, alone.
   */
  send(kind: number, id: number, bytes: Uint8Array, at: number, end: number): boolean {
    const length = end - at;
    if (length <= this.ring.maxPayloadBytes) return this.ring.write(kind, id, bytes, at, end);
    if (this.bulkBytes > 0) this.forgetRead();
    if (this.bulkBytes > 0 && this.bulkBytes + length > this.maxBulkBytes) return false;
    if (this.ring.reserve(0) < 0) return false;
    this.port.postMessage(copyOf(bytes, at, end));
    this.ring.commit(kind | BULK, id, 0);
    this.bulk.push({ position: this.ring.position, bytes: length });
    this.bulkBytes += length;
    return true;
  }

  private forgetRead(): void {
    const read = this.ring.readPosition();
    let done = 0;
    for (const { position, bytes } of this.bulk) {
      if (((read - position) | 0) < 0) break;
      done++;
      this.bulkBytes -= bytes;
    }
    if (done > 0) this.bulk = this.bulk.slice(done);
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
