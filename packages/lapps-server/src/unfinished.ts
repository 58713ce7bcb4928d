/** Promises of `onMessage` that are not settled yet. */
export class Unfinished {
  #count = 0;
  #emptied: (() => void) | undefined;
  readonly #done = (): void => {
    this.#count -= 1;
    if (this.#count === 0) this.#emptied?.();
  };

  /** @param promise one that is never rejected */
  add(promise: Promise<unknown>): void {
    this.#count += 1;
    void promise.then(this.#done);
  }

  /** Resolves when there are none; undefined when that is so already. */
  empty(): Promise<void> | undefined {
    if (this.#count === 0) return undefined;
    return new Promise((resolve) => (this.#emptied = resolve));
  }
}
