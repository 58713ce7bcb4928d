/** Takes the records services send: the ring to the IO thread, or the sockets in this one. */
export interface RecordSink {
  /** As `WorkerPort.reply`. */
  reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void;
}

/** A sink that is told later where its records go: sockets in this thread need what sends them to be made first. */
export class RecordOutlet implements RecordSink {
  to: RecordSink;

  constructor(to: RecordSink) {
    this.to = to;
  }

  reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    this.to.reply(id, kind, bytes, at, end);
  }
}
