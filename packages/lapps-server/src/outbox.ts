import { copyBytes } from './copy-bytes.js';
import { directHandle, type SocketHandle, writeDirect } from './direct-write.js';
import { headerLength, type Opcode, writeHeader } from './frame.js';
import { viewOf } from './view-of.js';

/** Payloads up to this size share a slab with all others. */
const SMALL_BYTES = 16_384;
const SMALL_SLAB_BYTES = 65_536;
/** Payloads up to this size are copied into memory that is used again; larger ones get memory of their own. */
const LARGE_BYTES = 262_144;
const LARGE_SLAB_BYTES = 1_048_576;
/** A connection with this much waiting is written to at once instead of at the end of the pass. */
const WRITE_AT = 262_144;
/** What was sent first in a pass waits this long for the rest of it, ms: a slow handler is not all others' delay. */
const PASS_MS = 1;

const copyOf = (bytes: Uint8Array, at: number, end: number): Buffer => {
  const copy = Buffer.allocUnsafeSlow(end - at);
  copyBytes(bytes, at, end, copy, 0);
  return copy;
};

/** What an outbox needs of a socket. */
export interface OutboxSocket {
  readonly writableLength: number;
  readonly writable: boolean;
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
}

/**
 * Memory frames are built in. It is used again as soon as the system has taken everything built in a pass, which is nearly
 * always at once: memory of their own for large messages would keep the garbage collector busy.
 */
class Slab {
  buffer: Buffer | undefined;
  readonly #size: number;
  #at = 0;
  #passStart = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Room for `size` bytes; returns its start in {@link buffer}. */
  take(size: number): number {
    if (this.buffer === undefined || this.#at + size > this.#size) {
      this.buffer = Buffer.allocUnsafeSlow(this.#size);
      this.#at = 0;
      this.#passStart = 0;
    }
    this.#at += size;
    return this.#at - size;
  }

  keepPass(): void {
    this.#passStart = this.#at;
  }

  forgetPass(): void {
    this.#at = this.#passStart;
  }
}

/** All outboxes of a server: who has something to write, and the memory frames are built in. */
export class OutboxGroup {
  readonly #small = new Slab(SMALL_SLAB_BYTES);
  readonly #large = new Slab(LARGE_SLAB_BYTES);
  #dirty: Outbox[] = [];
  /** When the first of them was. */
  #since = 0;
  readonly #flush = (): void => this.flush();

  /** Where a frame with a payload of `length` bytes, at most {@link LARGE_BYTES}, is built. */
  slabFor(length: number): Slab {
    return length <= SMALL_BYTES ? this.#small : this.#large;
  }

  schedule(outbox: Outbox): void {
    // After everything the loop found readable, not after each: a peer that sleeps between two writes is woken for each of
    // them, and with ten peers on one machine that alone was a quarter of the work.
    if (this.#dirty.push(outbox) === 1) {
      this.#since = performance.now();
      setImmediate(this.#flush);
    } else if (performance.now() - this.#since > PASS_MS) {
      this.#since = Infinity;
      process.nextTick(this.#flush);
    }
  }

  /** What was built so far may still be waiting in a socket: its memory is not used again. */
  keepPass(): void {
    this.#small.keepPass();
    this.#large.keepPass();
  }

  /** Ends the pass: one write per connection that has something waiting. */
  flush(): void {
    const dirty = this.#dirty;
    if (dirty.length === 0) return;
    this.#dirty = [];
    let taken = true;
    for (const outbox of dirty) taken = outbox.write() && taken;
    if (taken) {
      this.#small.forgetPass();
      this.#large.forgetPass();
    } else this.keepPass();
  }
}

/** Whether `start` of one buffer lies behind `end` of another. Those of slabs are the same: asking for their memory costs more. */
const follows = (current: Buffer, end: number, buffer: Buffer, start: number): boolean =>
  current === buffer
    ? end === start
    : current.buffer === buffer.buffer && current.byteOffset + end === buffer.byteOffset + start;

const partOf = (buffer: Buffer, start: number, end: number): Buffer =>
  start === 0 && end === buffer.length ? buffer : viewOf(buffer.buffer, buffer.byteOffset + start, end - start);

/** What waits to be written to one connection. Holds nothing between passes. */
export class Outbox {
  readonly #group: OutboxGroup;
  readonly #socket: OutboxSocket;
  readonly #handle: SocketHandle | undefined;
  readonly #fd: number;
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
    this.#handle = directHandle(socket);
    this.#fd = this.#handle?.fd ?? -1;
  }

  /** Bytes not yet taken by the system. */
  get bufferedBytes(): number {
    return this.#waiting + this.#socket.writableLength;
  }

  /** Appends a frame. A large payload that is `owned` is not copied and must not change until it is written. */
  addMessage(opcode: Opcode, data: Uint8Array | string, owned: boolean): void {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    if (length > SMALL_BYTES && ((owned && typeof data !== 'string') || !this.#mayShare(length))) {
      const whole = typeof data === 'string' ? Buffer.from(data) : data;
      const bytes = owned || whole !== data ? whole : copyOf(whole, 0, length);
      this.#addAlone(opcode, Buffer.from(bytes.buffer, bytes.byteOffset, length));
    } else if (typeof data !== 'string') {
      this.#addCopy(opcode, data, 0, length);
    } else {
      const slab = this.#group.slabFor(length);
      const start = slab.take(headerLength(length) + length);
      const buffer = slab.buffer!;
      const payloadAt = writeHeader(buffer, start, opcode, length);
      buffer.write(data, payloadAt);
      this.#add(buffer, start, payloadAt + length);
    }
    this.#schedule();
  }

  /** Appends a frame with a copy of the bytes from `at` to `end`. */
  addPart(opcode: Opcode, bytes: Uint8Array, at: number, end: number): void {
    if (end - at <= SMALL_BYTES || this.#mayShare(end - at)) this.#addCopy(opcode, bytes, at, end);
    else this.#addAlone(opcode, copyOf(bytes, at, end));
    this.#schedule();
  }

  /** A large payload that waits would hold a whole slab: those of a peer that is behind already do not go there. */
  #mayShare(length: number): boolean {
    return length <= LARGE_BYTES && this.#socket.writableLength === 0;
  }

  #addCopy(opcode: Opcode, bytes: Uint8Array, at: number, end: number): void {
    const length = end - at;
    const slab = this.#group.slabFor(length);
    const start = slab.take(headerLength(length) + length);
    const buffer = slab.buffer!;
    const payloadAt = writeHeader(buffer, start, opcode, length);
    copyBytes(bytes, at, end, buffer, payloadAt);
    this.#add(buffer, start, payloadAt + length);
  }

  #addAlone(opcode: Opcode, payload: Buffer): void {
    const slab = this.#group.slabFor(0);
    const start = slab.take(headerLength(payload.length));
    const buffer = slab.buffer!;
    this.#add(buffer, start, writeHeader(buffer, start, opcode, payload.length));
    this.#add(payload, 0, payload.length);
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
      if (follows(current, this.#end, buffer, start)) {
        this.#end += end - start;
        return;
      }
      (this.#pieces ??= []).push(partOf(current, this.#start, this.#end));
    }
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
  }

  #schedule(): void {
    if (this.#waiting >= WRITE_AT) {
      if (!this.write()) this.#group.keepPass();
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
    const pieces = this.#pieces;
    const end = this.#end;
    let at = this.#start;
    this.drop();
    if (pieces === undefined && this.#handle !== undefined) {
      at += writeDirect(socket, this.#handle, this.#fd, buffer, at, end);
      if (at === end) return true;
    }
    if (!socket.writable) return true;
    const last = partOf(buffer, at, end);
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
