import type { SessionOptions } from './options.js';
import { Session, type SessionState } from './session.js';
import type { SocketFactory } from './socket.js';

/** Text comes as string, binary as bytes. */
export type RawListener = (data: Uint8Array | string) => void;

/** A client of a raw service, with the same reconnecting. Made by `connectRaw`. */
export class RawClient {
  readonly #session: Session;
  readonly #listeners = new Set<RawListener>();

  /** @internal */
  constructor(url: string, options: SessionOptions, factory: SocketFactory) {
    this.#session = new Session(url, options, factory, {
      onMessage: (data) => {
        for (const listener of [...this.#listeners]) listener(data);
      },
      onLost: () => undefined,
    });
  }

  /** @internal */
  open(): Promise<void> {
    return this.#session.open();
  }

  get url(): string {
    return this.#session.url;
  }

  get state(): SessionState {
    return this.#session.state;
  }

  /** @throws LappsClientError `LAPPS_CLIENT_ERR_NOT_CONNECTED` */
  send(data: Uint8Array | string): void {
    this.#session.send(data);
  }

  /** Listens to messages, over reconnects too. Returns the function that stops it. */
  onMessage(listener: RawListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Closes for good. @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION`, as `LappsClient.close` */
  close(code = 1000, reason = ''): Promise<void> {
    return this.#session.close(code, reason);
  }
}
