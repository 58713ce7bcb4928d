import type { ConnectionHost } from './connection-host.js';

type Closing = ConnectionHost['onClosing'];

/** What a client that is not listened to any more is still owed goes out before a Close, or before its end of TCP is answered. */
export class Owing {
  readonly #answer: () => void;
  readonly #timer: NodeJS.Timeout;
  /** All that the client said was read. */
  heard = false;
  #asked = false;
  #given = false;

  /**
   * @param answer says the end
   * @param ms after which nothing more is waited for
   * @param late called then, behind the answer
   */
  constructor(answer: () => void, ms: number, late?: () => void) {
    this.#answer = answer;
    this.#timer = setTimeout(() => {
      this.give();
      late?.();
    }, ms);
  }

  /** All messages are delivered: answers when `onClosing` says so. */
  settle(onClosing: Closing, ...args: Parameters<Closing>): void {
    if (this.#asked || this.#given || !this.heard) return;
    this.#asked = true;
    const closing = onClosing(...args);
    if (closing === undefined) this.give();
    else void closing.then(() => this.give());
  }

  /** Answers, once. */
  give(): void {
    if (this.#given) return;
    this.#given = true;
    this.#answer();
  }

  /** TCP is closed. */
  end(): void {
    this.#given = true;
    clearTimeout(this.#timer);
  }
}
