/** The id given out last, a float64: it outlives the thread that gives them out. */
const LAST_BYTES = 8;

/**
 * Which connection ids are open, readable by every thread without asking the IO thread. An id lives in slot `id % size`;
 * the slot's word holds `id / size + 1` while the connection is open, and 0 otherwise. The IO thread gives out ids so that
 * no two connections in use share a slot.
 */
export class OpenConnections {
  readonly memory: SharedArrayBuffer;
  /** Number of slots. */
  readonly size: number;
  private readonly last: Float64Array;
  private readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.last = new Float64Array(memory, 0, 1);
    this.words = new Int32Array(memory, LAST_BYTES);
    this.size = this.words.length;
  }

  /** @param maxConnections connections that may be in use at one time */
  static create(maxConnections: number): OpenConnections {
    // Four times as many slots: a free one is found in a step or two, however long-lived the connections are.
    const slots = 2 ** Math.ceil(Math.log2(Math.max(64, maxConnections * 4)));
    return new OpenConnections(new SharedArrayBuffer(LAST_BYTES + slots * 4));
  }

  /** The next id, a small positive integer. Only for the thread that gives them out, or its successor. */
  nextId(): number {
    this.last[0] += 1;
    return this.last[0] as number;
  }

  slotOf(id: number): number {
    return id % this.size;
  }

  /** Which of the ids that share its slot this one is. */
  generationOf(id: number): number {
    return Math.floor(id / this.size);
  }

  idOf(slot: number, generation: number): number {
    return generation * this.size + slot;
  }

  isOpen(id: number): boolean {
    return id > 0 && Number.isSafeInteger(id) && Atomics.load(this.words, id % this.size) === this.generationOf(id) + 1;
  }

  open(id: number): void {
    Atomics.store(this.words, id % this.size, this.generationOf(id) + 1);
  }

  /** Marks an id closed. True for the one caller that did it, false when it was not open. */
  close(id: number): boolean {
    if (!this.isOpen(id)) return false;
    const word = this.generationOf(id) + 1;
    return Atomics.compareExchange(this.words, id % this.size, word, 0) === word;
  }

  /** Marks every id closed: the thread that held the connections is gone. Returns how many there were. */
  closeAll(): number {
    let count = 0;
    for (let slot = 0; slot < this.size; slot++) if (Atomics.exchange(this.words, slot, 0) !== 0) count++;
    return count;
  }
}
