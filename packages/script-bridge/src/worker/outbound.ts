import { ADDRESS_BYTES, encodeFault, type FaultRecord, RecordKind, writeUint32 } from '../records.js';
import type { OpenConnections } from '../shared/open-connections.js';
import { CborWriter } from './json/cbor-writer.js';
import { type JsonValue, MAX_DOCUMENT_BYTES } from './json/value.js';
import type { RecordSink } from './record-sink.js';

/** Kept between records; longer ones get memory of their own. */
const SCRATCH_BYTES = 1 << 18;

/** Message kind on its way out. */
export type SendKind = typeof RecordKind.WsSendText | typeof RecordKind.WsSendBinary;

/** Builds the records a worker sends on behalf of services, to wherever the sockets are. */
export class Outbound {
  private readonly sink: RecordSink;
  private readonly connections: OpenConnections;
  /** False when the program serves no WebSockets: records would have no reader. */
  private readonly connected: boolean;
  private readonly scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  private readonly writer = new CborWriter(MAX_DOCUMENT_BYTES);
  private readonly numbers = new DataView(this.scratch.buffer, this.scratch.byteOffset, SCRATCH_BYTES);

  constructor(sink: RecordSink, connections: OpenConnections, connected: boolean) {
    this.sink = sink;
    this.connections = connections;
    this.connected = connected;
  }

  /** Sends a byte string to an open connection. */
  sendText(kind: SendKind, id: number, payload: string): void {
    const record = this.room(ADDRESS_BYTES + payload.length);
    this.address(record, id);
    this.reply(kind, record, ADDRESS_BYTES + record.write(payload, ADDRESS_BYTES, 'latin1'));
  }

  /** Sends bytes to an open connection. */
  sendBytes(kind: SendKind, id: number, payload: Uint8Array): void {
    const record = this.room(ADDRESS_BYTES + payload.length);
    this.address(record, id);
    record.set(payload, ADDRESS_BYTES);
    this.reply(kind, record, ADDRESS_BYTES + payload.length);
  }

  /** @param reason text, cut to what a Close frame holds by the server */
  close(id: number, code: number, reason: string): void {
    const record = this.room(ADDRESS_BYTES + 4 + reason.length * 3);
    this.address(record, id);
    writeUint32(record, ADDRESS_BYTES, code);
    this.reply(RecordKind.WsClose, record, ADDRESS_BYTES + 4 + record.write(reason, ADDRESS_BYTES + 4));
  }

  /** `WsPause` or `WsResume`. */
  flow(kind: typeof RecordKind.WsPause | typeof RecordKind.WsResume, id: number): void {
    this.address(this.scratch, id);
    this.reply(kind, this.scratch, ADDRESS_BYTES);
  }

  /** `BcastSubscribe` or `BcastUnsubscribe`. */
  subscription(
    kind: typeof RecordKind.BcastSubscribe | typeof RecordKind.BcastUnsubscribe,
    id: number,
    broadcast: number,
  ): void {
    this.address(this.scratch, id);
    this.numbers.setFloat64(ADDRESS_BYTES, broadcast, true);
    this.reply(kind, this.scratch, ADDRESS_BYTES + 8);
  }

  /**
   * Sends a document to an open connection, as CBOR.
   * @throws HostError when it cannot be encoded
   */
  sendDocument(id: number, document: JsonValue): void {
    const end = this.writer.write(document, ADDRESS_BYTES);
    this.address(this.writer.bytes, id);
    this.reply(RecordKind.WsSendBinary, this.writer.bytes, end);
  }

  /**
   * Sends a document to whoever subscribed to a broadcast.
   * @throws HostError when it cannot be encoded
   */
  broadcast(id: number, document: JsonValue): void {
    const end = this.writer.write(document, 8);
    this.writer.bytes.writeDoubleLE(id, 0);
    this.reply(RecordKind.BcastSend, this.writer.bytes, end);
  }

  fault(fault: FaultRecord): void {
    const payload = encodeFault(fault);
    this.sink.reply(0, RecordKind.ServiceFault, payload, 0, payload.length);
  }

  private room(bytes: number): Buffer {
    return bytes <= SCRATCH_BYTES ? this.scratch : Buffer.allocUnsafe(bytes);
  }

  private address(record: Uint8Array, id: number): void {
    writeUint32(record, 0, this.connections.slotOf(id));
    writeUint32(record, 4, this.connections.generationOf(id));
  }

  private reply(kind: number, record: Uint8Array, end: number): void {
    if (this.connected) this.sink.reply(0, kind, record, 0, end);
  }
}
