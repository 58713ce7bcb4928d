import type { WebSocket } from 'ws';

/** Sends by way of ws, which compresses in other threads and one message after the other. */
export class Deflater {
  readonly #ws: WebSocket;
  /** Messages on their way to the socket. */
  #count = 0;
  #emptied: (() => void) | undefined;
  readonly #done = (): void => {
    this.#count -= 1;
    if (this.#count === 0) this.#emptied?.();
  };

  constructor(ws: WebSocket) {
    this.#ws = ws;
  }

  /** Bytes that wait, before compression or after it. */
  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  /** `data` must not change any more. */
  send(data: Uint8Array | string, binary: boolean): void {
    this.#count += 1;
    this.#ws.send(data, { binary }, this.#done);
  }

  pong(data: Buffer): void {
    this.#ws.pong(data);
  }

  /** Calls `then` when everything has gone out, maybe never once TCP is closed. */
  whenEmpty(then: () => void): void {
    if (this.#count === 0) then();
    else this.#emptied = then;
  }
}
