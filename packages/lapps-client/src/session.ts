import { LappsClientError } from './errors.js';
import {
  backoff,
  checkWait,
  closeFault,
  type ReconnectOptions,
  resolveReconnect,
  type SessionOptions,
} from './options.js';
import { type CloseInfo, ignore, listenTo, type SocketFactory, type SocketLike } from './socket.js';

/** `waiting`: lost, and about to try again. */
export type SessionState = 'connecting' | 'open' | 'waiting' | 'closed';

/** What a client makes of the messages of its session. */
export interface SessionListener {
  onMessage(data: Uint8Array | string): void;
  onLost(info: CloseInfo): void;
}

const LOST: CloseInfo = { code: 1006, reason: '' };

/** One connection that comes back: its socket, its timers, its state. Knows nothing of what is said over it. */
export class Session {
  readonly url: string;
  readonly #options: SessionOptions;
  readonly #factory: SocketFactory;
  readonly #reconnect: ReconnectOptions | undefined;
  readonly #connectTimeoutMs: number;
  readonly #listener: SessionListener;
  #state: SessionState = 'connecting';
  #socket: SocketLike | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stableTimer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  /** Tells the present attempt to connect from those before it, whose sockets may still come. */
  #turn = 0;
  #closing: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #first: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  /** @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION` */
  constructor(url: string, options: SessionOptions, factory: SocketFactory, listener: SessionListener) {
    this.url = url;
    this.#options = options;
    this.#factory = options.socketFactory ?? factory;
    this.#reconnect = resolveReconnect(options.reconnect);
    this.#connectTimeoutMs = checkWait('connectTimeoutMs', options.connectTimeoutMs ?? 10_000);
    this.#listener = listener;
  }

  get state(): SessionState {
    return this.#state;
  }

  /**
   * Connects for the first time.
   * @throws LappsClientError `LAPPS_CLIENT_ERR_CONNECT`, `LAPPS_CLIENT_ERR_TIMEOUT`, `LAPPS_CLIENT_ERR_ABORTED`
   */
  async open(): Promise<void> {
    const { signal } = this.#options;
    const abort = (): void => this.#giveUp('LAPPS_CLIENT_ERR_ABORTED', 'aborted', signal?.reason);
    signal?.addEventListener('abort', abort);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#first = { resolve, reject };
        if (signal?.aborted) abort();
        else void this.#connect();
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#first = undefined;
    }
  }

  /** Ends the first connection's attempt with an error. */
  #giveUp(code: LappsClientError['code'], what: string, cause?: unknown, closeCode?: number): void {
    const first = this.#first;
    this.#end();
    first?.reject(new LappsClientError(code, `Cannot connect to ${this.url}: ${what}`, { cause, closeCode }));
  }

  async #connect(): Promise<void> {
    this.#state = 'connecting';
    this.#turn += 1;
    const turn = this.#turn;
    const isOver = (): boolean => this.#state !== 'connecting' || this.#turn !== turn;
    const { protocols = [] } = this.#options;
    const offered = typeof protocols === 'string' ? [protocols] : [...protocols];
    if (this.#connectTimeoutMs > 0) this.#timer = setTimeout(() => this.#connectTimedOut(), this.#connectTimeoutMs);
    try {
      const socket = await this.#factory(this.url, offered);
      if (isOver()) {
        ignore(socket);
        socket.close();
        return;
      }
      this.#socket = socket;
      listenTo(socket, {
        onOpen: () => this.#opened(),
        onMessage: (data) => this.#listener.onMessage(data),
        onClose: (info) => this.#lost(info),
      });
    } catch (cause) {
      if (isOver()) return;
      if (this.#first !== undefined) this.#giveUp('LAPPS_CLIENT_ERR_CONNECT', String(cause), cause);
      else this.#lost(LOST);
    }
  }

  #connectTimedOut(): void {
    if (this.#first !== undefined)
      this.#giveUp('LAPPS_CLIENT_ERR_TIMEOUT', `no connection in ${this.#connectTimeoutMs} ms`);
    else this.#lost(LOST);
  }

  #opened(): void {
    clearTimeout(this.#timer);
    this.#state = 'open';
    this.#stableTimer = setTimeout(() => {
      this.#attempts = 0;
    }, this.#reconnect?.stableAfterMs ?? 0);
    this.#first?.resolve();
    this.#options.onOpen?.();
  }

  #lost(info: CloseInfo): void {
    if (this.#state === 'closed') return;
    this.#dropSocket();
    if (this.#first !== undefined && this.#closing === undefined) {
      this.#giveUp('LAPPS_CLIENT_ERR_CONNECT', `refused or lost (${info.code})`, undefined, info.code);
      return;
    }
    const delayMs = this.#nextDelay(info);
    if (delayMs === undefined) this.#end();
    else {
      this.#state = 'waiting';
      this.#attempts += 1;
      this.#timer = setTimeout(() => void this.#connect(), delayMs);
    }
    this.#listener.onLost(info);
    this.#options.onClose?.(info, delayMs);
  }

  #nextDelay(info: CloseInfo): number | undefined {
    const reconnect = this.#reconnect;
    const { shouldReconnect = ({ code }) => code !== 1000, random = Math.random } = this.#options;
    if (this.#closing !== undefined || reconnect === undefined) return undefined;
    if (this.#attempts >= reconnect.maxAttempts || !shouldReconnect(info)) return undefined;
    return backoff(reconnect, this.#attempts, random);
  }

  #dropSocket(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    ignore(socket);
    socket.close();
  }

  #end(): void {
    this.#dropSocket();
    this.#state = 'closed';
    this.#closing?.resolve();
  }

  /** @throws LappsClientError `LAPPS_CLIENT_ERR_NOT_CONNECTED` */
  send(data: Uint8Array | string): void {
    if (this.#state !== 'open' || this.#closing !== undefined) {
      const state = this.#closing === undefined ? this.#state : 'closed';
      throw new LappsClientError('LAPPS_CLIENT_ERR_NOT_CONNECTED', `Cannot send to ${this.url}: ${state}`);
    }
    this.#socket!.send(data);
  }

  /**
   * Closes for good; resolves when the connection has ended. Calling it again returns the same promise.
   * @throws (rejects) LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION` for what browsers do not close with; the connection stays
   */
  close(code = 1000, reason = ''): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.promise;
    const fault = closeFault(code, reason);
    if (fault !== undefined) return Promise.reject(fault);
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#closing = { promise, resolve };
    if (this.#state === 'open') this.#socket!.close(code, reason);
    else if (this.#first !== undefined) this.#giveUp('LAPPS_CLIENT_ERR_CLOSED', 'closed');
    else this.#end();
    return promise;
  }
}
