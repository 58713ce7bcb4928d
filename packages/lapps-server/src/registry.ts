import type { Connection } from './connection.js';

/** The open connections of a server, by id and counted by address. */
export class Registry {
  readonly #byId = new Map<number, Connection>();
  readonly #perAddress = new Map<string, number>();
  readonly #maxPerAddress: number;
  #waiting: (() => void)[] = [];

  constructor(maxPerAddress: number) {
    this.#maxPerAddress = maxPerAddress;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Connection | undefined {
    return this.#byId.get(id);
  }

  all(): IterableIterator<Connection> {
    return this.#byId.values();
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.all();
  }

  isAddressFull(address: string): boolean {
    return (this.#perAddress.get(address) ?? 0) >= this.#maxPerAddress;
  }

  add(connection: Connection): void {
    this.#byId.set(connection.id, connection);
    this.#perAddress.set(connection.remoteAddress, (this.#perAddress.get(connection.remoteAddress) ?? 0) + 1);
  }

  remove(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return;
    const left = this.#perAddress.get(connection.remoteAddress)! - 1;
    if (left === 0) this.#perAddress.delete(connection.remoteAddress);
    else this.#perAddress.set(connection.remoteAddress, left);
    if (this.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  /** Resolves to true when no connection is left, to false after `ms`. */
  async empty(ms: number): Promise<boolean> {
    if (this.size === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    const emptied = new Promise<boolean>((resolve) => {
      this.#waiting.push(() => resolve(true));
    });
    const result = await Promise.race([emptied, deadline]);
    clearTimeout(timer);
    return result;
  }
}
