import type { ConnectionHost } from './connection-host.js';

type Closing = ConnectionHost['onClosing'];

/** What a client that sends nothing more is still owed goes out before its Close, or its end of TCP, is answered. */
export class Owing {
  readonly #answer: () => void;
  readonly #timer: NodeJS.Timeout;
  #asked = false;
  #given = false;

  /**
   * @param answer says the end back
   * @param ms after which nothing more is waited for and the client is cut: it holds its socket no longer than if it had been
   *   answered at once
   */
  constructor(answer: () => void, ms: number, cut: () => void) {
    this.#answer = answer;
    this.#timer = setTimeout(() => {
      this.give();
      cut();
    }, ms);
  }

  /** All messages are delivered: answers when `onClosing` says so. */
  settle(onClosing: Closing, ...args: Parameters<Closing>): void {
    if (this.#asked) return;
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
