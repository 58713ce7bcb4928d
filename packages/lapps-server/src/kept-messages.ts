interface Kept {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** Messages that arrived with a chunk whose reader paused before them. */
export class KeptMessages {
  readonly #maxBytes: number;
  /** Payload bytes of all of them. */
  #bytes = 0;
  #messages: Kept[] = [];
  #next = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#next === this.#messages.length;
  }

  /** False when there is no room for it. */
  add(data: Buffer, isBinary: boolean): boolean {
    if (this.#bytes + data.length > this.#maxBytes) return false;
    this.#messages.push({ data, isBinary });
    this.#bytes += data.length;
    return true;
  }

  /** Hands them over in order, until `deliver` says false. May be called again from within `deliver`. */
  drain(deliver: (data: Buffer, isBinary: boolean) => boolean): void {
    while (this.#next < this.#messages.length) {
      const { data, isBinary } = this.#messages[this.#next]!;
      this.#next += 1;
      this.#bytes -= data.length;
      if (!deliver(data, isBinary)) return;
    }
    this.#messages = [];
    this.#next = 0;
  }
}
