/** Largest id of a broadcast. */
const MAX_ID = Number.MAX_SAFE_INTEGER;
const COUNT = 0;

/**
 * The ids of all broadcasts, shared by every thread: an open-addressing set without removal, so that one
 * compare-and-exchange per new id is all the locking there is. Ids are known at once in the thread that made them and
 * never unknown again: each thread keeps those it has seen.
 */
export class BroadcastIds {
  readonly memory: SharedArrayBuffer;
  private readonly count: Int32Array;
  private readonly slots: BigInt64Array;
  private readonly max: number;
  private readonly seen = new Set<number>();

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.count = new Int32Array(memory, 0, 2);
    this.slots = new BigInt64Array(memory, 8);
    this.max = this.slots.length >> 1;
  }

  /** @param maxBroadcasts ids the set can hold, at least; rounded up to a power of two */
  static create(maxBroadcasts: number): BroadcastIds {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(32, maxBroadcasts * 2)));
    return new BroadcastIds(new SharedArrayBuffer(8 + slots * 8));
  }

  /** Whole numbers from 0 to 2^53 - 1. */
  static isId(value: unknown): value is number {
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ID;
  }

  has(id: number): boolean {
    if (this.seen.has(id)) return true;
    if (Atomics.load(this.slots, this.find(id)) === 0n) return false;
    this.seen.add(id);
    return true;
  }

  /** Adds an id; true when it is in the set now, whoever put it there, false when the set is full. */
  add(id: number): boolean {
    if (this.has(id)) return true;
    if (Atomics.add(this.count, COUNT, 1) >= this.max) {
      Atomics.sub(this.count, COUNT, 1);
      return false;
    }
    const word = BigInt(id) + 1n;
    for (;;) {
      const slot = this.find(id);
      const before = Atomics.compareExchange(this.slots, slot, 0n, word);
      if (before === 0n) break;
      if (before === word) {
        // Another thread was first with the same id.
        Atomics.sub(this.count, COUNT, 1);
        break;
      }
    }
    this.seen.add(id);
    return true;
  }

  /** The slot that holds the id, or the empty one where it belongs. There is always one: half of them stay empty. */
  private find(id: number): number {
    const mask = this.slots.length - 1;
    const word = BigInt(id) + 1n;
    let slot = (Math.imul((id % 0x7fffffff) | 0, 0x9e3779b1) >>> 0) & mask;
    for (;;) {
      const found = Atomics.load(this.slots, slot);
      if (found === 0n || found === word) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
