import type { WebSocket } from 'ws';
import { KeptMessages } from './kept-messages.js';

type Deliver = (data: Buffer, isBinary: boolean) => void;

/** Whether a connection is read, and the messages that had come when its reader paused. */
export class Reading {
  /** The application wants no messages. */
  paused = false;
  readonly #ws: WebSocket;
  readonly #maxKeptBytes: number;
  /** The server stops: what comes from now on is not looked at. */
  #held = false;
  #kept: KeptMessages | undefined;

  constructor(ws: WebSocket, maxKeptBytes: number) {
    this.#ws = ws;
    this.#maxKeptBytes = maxKeptBytes;
  }

  /** Nothing is read, for whatever reason. */
  get stopped(): boolean {
    return this.paused || this.#held;
  }

  /** Messages wait for a paused reader. */
  get keeps(): boolean {
    return this.paused && this.#kept !== undefined;
  }

  pause(): void {
    this.paused = true;
    this.#ws.pause();
  }

  /** Delivers what was kept until somebody pauses again; returns whether nobody did. */
  resume(deliver: Deliver): boolean {
    this.paused = false;
    this.#kept?.drain((data, isBinary) => {
      deliver(data, isBinary);
      return !this.paused && this.#kept !== undefined;
    });
    if (this.#kept?.isEmpty === true) this.#kept = undefined;
    return !this.paused;
  }

  /** Reads on, if nothing is against it. */
  goOn(): void {
    if (!this.stopped) this.#ws.resume();
  }

  hold(): void {
    this.#held = true;
    this.#ws.pause();
  }

  /** Our Close goes out: what was kept is not looked at any more, and that of the client must be seen. */
  release(): void {
    this.paused = false;
    this.#held = false;
    this.#kept = undefined;
    this.#ws.resume();
  }

  /**
   * Keeps a message, the rest of a chunk, for a paused reader: without compression never more than ws had read, with it the
   * inflated size counts. False when there is no room for it.
   */
  keep(data: Buffer, isBinary: boolean): boolean {
    this.#kept ??= new KeptMessages(this.#maxKeptBytes);
    return this.#kept.add(data, isBinary);
  }

  forget(): void {
    this.#kept = undefined;
  }
}
