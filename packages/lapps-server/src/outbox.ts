import { headerLength, type Opcode, writeHeader } from './frame.js';

/** Messages up to this size are copied side by side; larger ones are handed over as they are. */
const COPY_MAX = 16_384;
/** Up to this size a loop beats making a view to copy from. */
const SHORT = 96;
const SLAB_BYTES = 65_536;
/** A connection with this much waiting is written to at once instead of at the end of the pass. */
const WRITE_AT = 262_144;

/** What an outbox needs of a socket. */
export interface OutboxSocket {
  readonly writableLength: number;
  readonly writable: boolean;
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
}

/**
 * All outboxes of a server: who has something to write, and the memory small frames are built in. That memory is used
 * again as soon as the system has taken everything built in a pass, which is nearly always at once.
 */
export class OutboxGroup {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #at = 0;
  #passStart = 0;
  #dirty: Outbox[] = [];
  #scheduled = false;
  readonly #flush = (): void => this.flush();

  get slab(): Buffer {
    return this.#slab;
  }

  /** Room for `size` bytes (at most `COPY_MAX` and a header) in {@link slab}; returns its start. */
  take(size: number): number {
    if (this.#at + size > SLAB_BYTES) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#at = 0;
      this.#passStart = 0;
    }
    this.#at += size;
    return this.#at - size;
  }

  schedule(outbox: Outbox): void {
    this.#dirty.push(outbox);
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#flush);
  }

  /** What was built so far may still be waiting in a socket: its memory is not used again. */
  keepPass(): void {
    this.#passStart = this.#at;
  }

  /** Ends the pass: one write per connection that has something waiting. */
  flush(): void {
    this.#scheduled = false;
    const dirty = this.#dirty;
    if (dirty.length === 0) return;
    this.#dirty = [];
    let taken = true;
    for (const outbox of dirty) taken = outbox.write() && taken;
    if (taken) this.#at = this.#passStart;
    else this.keepPass();
  }
}

/** What waits to be written to one connection. Holds nothing between passes. */
export class Outbox {
  readonly #group: OutboxGroup;
  readonly #socket: OutboxSocket;
  /** Pieces before the current one; undefined in the usual case of a single piece. */
  #pieces: Buffer[] | undefined;
  #buffer: Buffer | undefined;
  #start = 0;
  #end = 0;
  #waiting = 0;
  #scheduled = false;

  constructor(group: OutboxGroup, socket: OutboxSocket) {
    this.#group = group;
    this.#socket = socket;
  }

  /** Bytes not yet taken by the system. */
  get bufferedBytes(): number {
    return this.#waiting + this.#socket.writableLength;
  }

  /** Appends a frame. A payload beyond `COPY_MAX` that is `owned` is not copied and must not change until it is written. */
  addMessage(opcode: Opcode, data: Uint8Array | string, owned: boolean): void {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    const head = headerLength(length);
    const group = this.#group;
    if (length > COPY_MAX) {
      const at = group.take(head);
      this.#add(group.slab, at, writeHeader(group.slab, at, opcode, length));
      const whole = typeof data === 'string' ? Buffer.from(data) : data;
      const payload = owned ? Buffer.from(whole.buffer, whole.byteOffset, length) : Buffer.from(whole);
      this.#add(payload, 0, length);
    } else {
      const at = group.take(head + length);
      const { slab } = group;
      const payloadAt = writeHeader(slab, at, opcode, length);
      if (typeof data === 'string') slab.write(data, payloadAt);
      else slab.set(data, payloadAt);
      this.#add(slab, at, payloadAt + length);
    }
    this.#schedule();
  }

  /** Appends a frame with a copy of the bytes from `at` to `end`. */
  addPart(opcode: Opcode, bytes: Uint8Array, at: number, end: number): void {
    const length = end - at;
    if (length > COPY_MAX) {
      this.addMessage(opcode, bytes.subarray(at, end), false);
      return;
    }
    const group = this.#group;
    const start = group.take(headerLength(length) + length);
    const { slab } = group;
    const payloadAt = writeHeader(slab, start, opcode, length);
    if (length > SHORT) slab.set(bytes.subarray(at, end), payloadAt);
    else for (let from = at, to = payloadAt; from < end; from += 1, to += 1) slab[to] = bytes[from]!;
    this.#add(slab, start, payloadAt + length);
    this.#schedule();
  }

  /** Appends frames as they are. */
  addFramed(bytes: Buffer): void {
    this.#add(bytes, 0, bytes.length);
    this.#schedule();
  }

  #add(buffer: Buffer, start: number, end: number): void {
    this.#waiting += end - start;
    const current = this.#buffer;
    if (current !== undefined) {
      const follows = current.buffer === buffer.buffer && current.byteOffset + this.#end === buffer.byteOffset + start;
      if (follows) {
        this.#end += end - start;
        return;
      }
      (this.#pieces ??= []).push(this.#currentPiece(current));
    }
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
  }

  #currentPiece(buffer: Buffer): Buffer {
    if (this.#start === 0 && this.#end === buffer.length) return buffer;
    return Buffer.from(buffer.buffer, buffer.byteOffset + this.#start, this.#end - this.#start);
  }

  #schedule(): void {
    if (this.#waiting >= WRITE_AT) {
      this.write();
      this.#group.keepPass();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#group.schedule(this);
    }
  }

  /** Writes everything waiting, in one system call where it can be. Returns whether the system took it all. */
  write(): boolean {
    this.#scheduled = false;
    const buffer = this.#buffer;
    const socket = this.#socket;
    if (buffer === undefined) return socket.writableLength === 0;
    const last = this.#currentPiece(buffer);
    const pieces = this.#pieces;
    this.drop();
    if (!socket.writable) return true;
    if (pieces === undefined) {
      socket.write(last);
    } else {
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.write(last);
      socket.uncork();
    }
    return socket.writableLength === 0;
  }

  /** Forgets what waits. */
  drop(): void {
    this.#buffer = undefined;
    this.#pieces = undefined;
    this.#waiting = 0;
  }
}
