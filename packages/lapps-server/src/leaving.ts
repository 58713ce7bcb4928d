import type { Connection } from './connection.js';
import type { ConnectionHost } from './connection-host.js';
import { Owing } from './owing.js';
import type { Reading } from './reading.js';
import { Unfinished } from './unfinished.js';
import { type WsReceiver, whenRead } from './ws-receiver.js';

/** What a connection owes its client when one of them goes. */
export class Leaving {
  readonly #connection: Connection;
  readonly #host: ConnectionHost;
  readonly #reading: Reading;
  /** Of a connection with compression, which reads and sends with delay. */
  readonly #inflating: WsReceiver | undefined;
  #unfinished: Unfinished | undefined;
  /** The client is not listened to any more, and was or is owed something. */
  #owing: Owing | undefined;

  constructor(connection: Connection, host: ConnectionHost, reading: Reading, inflating: WsReceiver | undefined) {
    this.#connection = connection;
    this.#host = host;
    this.#reading = reading;
    this.#inflating = inflating;
  }

  get begun(): boolean {
    return this.#owing !== undefined;
  }

  /** `onMessage` has returned a promise, which is never rejected. */
  add(promise: Promise<unknown>): void {
    this.#unfinished ??= new Unfinished();
    this.#unfinished.add(promise);
  }

  /** Resolves when all those promises are; undefined when that is so already. */
  finished(): Promise<void> | undefined {
    return this.#unfinished?.empty();
  }

  /**
   * The server stops: nothing more is read, and Close 1001 goes out behind the answers to what had come, `ms` from now at the
   * latest.
   */
  depart(ms: number): void {
    const connection = this.#connection;
    if (!connection.open || this.begun) return;
    this.#reading.hold();
    this.#begin(new Owing(() => connection.sayClose('shutdown', 1001, 'server is going away'), ms));
  }

  /**
   * The client sends nothing more. Returns whether `answer`, which says the end back, is called later or was already: what
   * the client is owed goes out first, for `closeTimeoutMs` at most.
   */
  clientDone(answer: () => void): boolean {
    if (!this.#connection.open) return false;
    // The end of TCP behind a Close that waits for its answer.
    if (this.begun) return true;
    const { onClosing } = this.#connection.service.options;
    if (onClosing === undefined && this.#unfinished === undefined && this.#inflating === undefined) return false;
    this.#begin(new Owing(answer, this.#host.limits.closeTimeoutMs, () => this.#connection.terminate()));
    return true;
  }

  #begin(owing: Owing): void {
    this.#owing = owing;
    const heard = (): void => {
      owing.heard = true;
      this.settle();
    };
    if (this.#inflating === undefined) heard();
    else whenRead(this.#inflating, heard);
  }

  /** Messages may have been delivered: when all have, the service is asked for what is owed. */
  settle(): void {
    if (!this.#reading.keeps) this.#owing?.settle(this.#host.onClosing, this.#connection);
  }

  /** Nothing more is waited for. */
  give(): void {
    this.#owing?.give();
  }

  /** TCP is closed. */
  end(): void {
    this.#owing?.end();
  }
}
