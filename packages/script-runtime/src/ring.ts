/**
 * Single-producer single-consumer ring of records over shared memory, with a doorbell that is rung only when the
 * other side sleeps (architecture.md 2).
 *
 * A record is 16 bytes of header (payload length, kind, task id, reserved; int32 each, host order) and the payload,
 * padded to 8. A record is never split: where it would cross the end of the memory a skip record fills the rest.
 * `head` and `tail` are byte positions that wrap at 2^32; capacity is a power of two.
 */
const HEADER_BYTES = 16;
const SKIP = -1;

const HEAD = 0;
const TAIL = 1;
const SLEEP = 2;
/** Set while the producer waits for room, so that the consumer knows to ring back. */
const STARVED = 3;
/** Set when the doorbell was rung for something else than a record: one that is about to sleep must not miss it. */
const WOKEN = 4;
const WORDS = 5;

/** The shared memory of one ring; posted to the other thread as it is. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

/**
 * Allocates a ring.
 * @param bytes capacity, a power of two of at least 4096; the largest record is a quarter of it
 */
export function createRingMemory(bytes: number): RingMemory {
  if (bytes < 4096 || (bytes & (bytes - 1)) !== 0 || bytes > 1 << 30) {
    throw new RangeError(`Cannot create ring: ${bytes} bytes is not a power of two from 4096 to 2^30`);
  }
  return { control: new SharedArrayBuffer(WORDS * 4), data: new SharedArrayBuffer(bytes) };
}

/** The producing side. */
export class RingWriter {
  /** Payloads go here, at the offset {@link reserve} returned. */
  readonly bytes: Uint8Array;
  /** Largest payload one record can hold. */
  readonly maxPayloadBytes: number;
  private readonly control: Int32Array;
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly capacity: number;
  private head: number;
  private published: number;
  private tail: number;
  private reserved = 0;

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.words = new Int32Array(memory.data);
    this.bytes = new Uint8Array(memory.data);
    this.capacity = memory.data.byteLength;
    this.mask = this.capacity - 1;
    this.maxPayloadBytes = (this.capacity >> 2) - HEADER_BYTES;
    this.head = this.published = Atomics.load(this.control, HEAD);
    this.tail = Atomics.load(this.control, TAIL);
  }

  /**
   * Makes room for a record of up to `length` payload bytes and returns the offset of its payload in `bytes`, or -1
   * when the ring is full. Nothing is visible to the reader before {@link commit} and {@link publish}.
   */
  reserve(length: number): number {
    const need = HEADER_BYTES + ((length + 7) & ~7);
    let at = this.head & this.mask;
    const toEnd = this.capacity - at;
    const total = need > toEnd ? need + toEnd : need;
    if (this.capacity - ((this.head - this.tail) | 0) < total) {
      this.tail = Atomics.load(this.control, TAIL);
      if (this.capacity - ((this.head - this.tail) | 0) < total) return -1;
    }
    if (need > toEnd) {
      this.words[at >> 2] = toEnd - HEADER_BYTES;
      this.words[(at >> 2) + 1] = SKIP;
      this.head = (this.head + toEnd) | 0;
      at = 0;
    }
    this.reserved = at;
    return at + HEADER_BYTES;
  }

  /** Ends the record begun by the last {@link reserve}; `length` may be less than what was reserved. */
  commit(kind: number, id: number, length: number): void {
    const word = this.reserved >> 2;
    this.words[word] = length;
    this.words[word + 1] = kind;
    this.words[word + 2] = id;
    this.head = (this.head + HEADER_BYTES + ((length + 7) & ~7)) | 0;
    // A long pass must not starve the other core: hand over what is there from time to time.
    if (((this.head - this.published) | 0) > 16384) this.publish();
  }

  /** Writes a whole record; false when the ring is full. */
  write(kind: number, id: number, bytes: Uint8Array, at: number, end: number): boolean {
    const length = end - at;
    const to = this.reserve(length);
    if (to < 0) return false;
    copyBytes(bytes, at, end, this.bytes, to);
    this.commit(kind, id, length);
    return true;
  }

  /** True when records are committed that the reader was not shown yet. */
  get unpublished(): boolean {
    return this.head !== this.published;
  }

  /** Shows all committed records to the reader and rings the doorbell if it sleeps. */
  publish(): void {
    if (this.head !== this.published) {
      this.published = this.head;
      Atomics.store(this.control, HEAD, this.head);
    }
    ring(this.control);
  }

  /** Rings the doorbell although there is no record, for control messages. */
  wake(): void {
    Atomics.store(this.control, WOKEN, 1);
    ring(this.control);
  }

  /** Position behind the last committed record; wraps at 2^32. */
  get position(): number {
    return this.head;
  }

  /** Position up to which the reader is done. */
  readPosition(): number {
    this.tail = Atomics.load(this.control, TAIL);
    return this.tail;
  }

  /** Blocks until the reader made room or `timeoutMs` passed. For producers that may block: never the IO thread. */
  waitForRoom(timeoutMs: number): void {
    this.publish();
    Atomics.store(this.control, STARVED, 1);
    const tail = Atomics.load(this.control, TAIL);
    if (tail === this.tail) Atomics.wait(this.control, TAIL, tail, timeoutMs);
    Atomics.store(this.control, STARVED, 0);
    this.tail = Atomics.load(this.control, TAIL);
  }

  /**
   * The same for a thread that may not block: a promise that resolves when the reader made room, `undefined` when it did
   * since the writer last looked.
   */
  waitForRoomAsync(): Promise<unknown> | undefined {
    this.publish();
    Atomics.store(this.control, STARVED, 1);
    const wait = Atomics.waitAsync(this.control, TAIL, this.tail);
    return wait.async ? wait.value : undefined;
  }

  /** Room is not waited for any more. */
  endWaitForRoom(): void {
    Atomics.store(this.control, STARVED, 0);
  }
}

function ring(control: Int32Array): void {
  if (Atomics.load(control, SLEEP) === 1 && Atomics.compareExchange(control, SLEEP, 1, 0) === 1) {
    Atomics.notify(control, SLEEP, 1);
  }
}

/** Receives one record. `bytes` from `at` to `end` is only valid during the call. */
export type RecordHandler = (kind: number, id: number, bytes: Uint8Array, at: number, end: number) => void;

/** The consuming side. */
export class RingReader {
  readonly bytes: Uint8Array;
  private readonly control: Int32Array;
  private readonly words: Int32Array;
  private readonly mask: number;
  private tail: number;

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.words = new Int32Array(memory.data);
    this.bytes = new Uint8Array(memory.data);
    this.mask = memory.data.byteLength - 1;
    this.tail = Atomics.load(this.control, TAIL);
  }

  /**
   * Hands every published record to `handler` and returns how many there were. A record whose handler throws is done
   * with; the error passes, and the next call goes on behind it. Not to be called from a handler.
   */
  drain(handler: RecordHandler): number {
    const head = Atomics.load(this.control, HEAD);
    let count = 0;
    let released = this.tail;
    try {
      while (this.tail !== head) {
        const at = this.tail & this.mask;
        const word = at >> 2;
        const length = this.words[word];
        const kind = this.words[word + 1];
        this.tail = (this.tail + HEADER_BYTES + ((length + 7) & ~7)) | 0;
        if (kind !== SKIP) {
          count++;
          handler(kind, this.words[word + 2], this.bytes, at + HEADER_BYTES, at + HEADER_BYTES + length);
        }
        if (((this.tail - released) | 0) > 32768) {
          released = this.tail;
          this.release();
        }
      }
    } finally {
      if (released !== this.tail) this.release();
    }
    return count;
  }

  private release(): void {
    Atomics.store(this.control, TAIL, this.tail);
    if (Atomics.load(this.control, STARVED) === 1) Atomics.notify(this.control, TAIL, 1);
  }

  /** True when published records wait. */
  get hasRecords(): boolean {
    return Atomics.load(this.control, HEAD) !== this.tail;
  }

  /** Sleeps until the doorbell rings, records are there, or `timeoutMs` passed. Blocks the thread. */
  sleep(timeoutMs?: number): void {
    Atomics.store(this.control, SLEEP, 1);
    if (!this.hasRecords && Atomics.load(this.control, WOKEN) === 0) {
      Atomics.wait(this.control, SLEEP, 1, timeoutMs);
    }
    Atomics.store(this.control, SLEEP, 0);
    Atomics.store(this.control, WOKEN, 0);
  }

  /** Tells the producer not to ring for now, although {@link sleepAsync} waits: the consumer looks by itself. */
  mute(): void {
    Atomics.store(this.control, SLEEP, 0);
  }

  /** Ends {@link mute}: whoever waits is rung again. False when records came meanwhile: drain, and call it again. */
  unmute(): boolean {
    Atomics.store(this.control, SLEEP, 1);
    if (!this.hasRecords) return true;
    Atomics.store(this.control, SLEEP, 0);
    return false;
  }

  /** Rings for this side itself: what {@link sleepAsync} waits for comes to pass. */
  rouse(): void {
    Atomics.store(this.control, SLEEP, 0);
    Atomics.notify(this.control, SLEEP, 1);
  }

  /**
   * Asks for the doorbell without blocking the thread: `undefined` when records are there already, or it rang since, else
   * a promise that resolves when it rings.
   */
  sleepAsync(): Promise<unknown> | undefined {
    Atomics.store(this.control, SLEEP, 1);
    if (this.hasRecords || Atomics.load(this.control, WOKEN) === 1) {
      Atomics.store(this.control, SLEEP, 0);
      Atomics.store(this.control, WOKEN, 0);
      return undefined;
    }
    const wait = Atomics.waitAsync(this.control, SLEEP, 1);
    if (wait.async) return wait.value;
    return undefined;
  }
}

/** Longest payload for which a loop is the fastest copy, and for which `set` is. */
const LOOP_BYTES = 48;
const SET_BYTES = 160;

/**
 * One `memcpy`, whatever kinds of arrays. `set` copies from and to shared memory byte by byte unless both sides happen to be
 * aligned alike: 46 us for 64 KiB instead of 5.
 */
const fill = Buffer.prototype.fill as (this: Uint8Array, from: Uint8Array, at: number, end: number) => unknown;

/** Copies; a loop beats `set(subarray)` for the short payloads that are the rule. */
export function copyBytes(from: Uint8Array, at: number, end: number, to: Uint8Array, toAt: number): void {
  const length = end - at;
  if (length > SET_BYTES) fill.call(to, from.subarray(at, end), toAt, toAt + length);
  else if (length > LOOP_BYTES) to.set(from.subarray(at, end), toAt);
  else for (let i = at, o = toAt; i < end; i++, o++) to[o] = from[i];
}

/** The bytes from `at` to `end` in memory of their own, also where `bytes` is a Buffer, whose `slice` copies nothing. */
export function copyOf(bytes: Uint8Array, at: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - at);
  copyBytes(bytes, at, end, copy, 0);
  return copy;
}
