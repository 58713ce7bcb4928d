import {
  type CborInput,
  decodeServerMessage,
  encodeClientNotification,
  encodeRequest,
  LappsCodecError,
  type PlainValue,
  type ServerMessage,
  toPlain,
} from '@offload/lapps-codec';
import { LappsClientError } from './errors.js';
import { type ClientOptions, checkCall, checkWait } from './options.js';
import { PendingRequests, type RequestOptions } from './pending.js';
import { Session, type SessionState } from './session.js';
import type { CloseInfo, SocketFactory } from './socket.js';

/** Hears notifications of one channel; maps are objects that inherit nothing. */
export type ChannelListener = (message: PlainValue[], cid: number) => void;

/** A client of one LAppS service. Made by `connect`. */
export class LappsClient {
  readonly #options: ClientOptions;
  readonly #session: Session;
  readonly #pending = new PendingRequests();
  readonly #channels = new Map<number, Set<ChannelListener>>();
  readonly #everyChannel = new Set<ChannelListener>();
  readonly #requestTimeoutMs: number;
  readonly #maxPending: number;

  /** @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION` @internal */
  constructor(url: string, options: ClientOptions, factory: SocketFactory) {
    this.#options = options;
    this.#requestTimeoutMs = checkWait('requestTimeoutMs', options.requestTimeoutMs ?? 30_000);
    this.#maxPending = options.maxPendingRequests ?? 1000;
    this.#session = new Session(url, options, factory, {
      onMessage: (data) => this.#receive(data),
      onLost: (info) => this.#lost(info),
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

  /**
   * Sends a request and resolves to the `result` array. Answers are told apart by their order alone, as the protocol has no ids: a
   * server that leaves a request unanswered shifts all later answers by one.
   *
   * @throws LappsClientError `LAPPS_CLIENT_ERR_RESPONSE` (the server's error object: `rpcCode`, `message`, `data`), `.._TIMEOUT`,
   *   `.._ABORTED`, `.._CLOSED` (the connection ended first; the server may have acted or not), `.._NOT_CONNECTED`,
   *   `.._TOO_MANY`, `.._BAD_OPTION` (no method can be called so); LappsCodecError for params that cannot be encoded
   */
  async request(method: string, params?: readonly CborInput[], options: RequestOptions = {}): Promise<PlainValue[]> {
    const { signal } = options;
    const timeoutMs = checkWait('timeoutMs', options.timeoutMs ?? this.#requestTimeoutMs);
    if (signal?.aborted) {
      throw new LappsClientError('LAPPS_CLIENT_ERR_ABORTED', `Request ${method}: aborted`, { cause: signal.reason });
    }
    if (this.#pending.size >= this.#maxPending) {
      throw new LappsClientError('LAPPS_CLIENT_ERR_TOO_MANY', `Request ${method}: ${this.#maxPending} are unanswered`);
    }
    checkCall(0, method, params);
    this.#session.send(encodeRequest(method, params));
    return this.#pending.add(method, timeoutMs, signal);
  }

  /**
   * Sends a notification on a channel; nothing comes back for it.
   * @throws LappsClientError `LAPPS_CLIENT_ERR_NOT_CONNECTED`, `.._BAD_OPTION`; LappsCodecError for params that cannot be encoded
   */
  notify(cid: number, method: string, params?: readonly CborInput[]): void {
    checkCall(cid, method, params);
    this.#session.send(encodeClientNotification(cid, method, params));
  }

  /** Listens to a channel, over reconnects too. Returns the function that stops it. */
  on(cid: number, listener: ChannelListener): () => void {
    const listeners = this.#channels.get(cid) ?? new Set();
    this.#channels.set(cid, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#channels.get(cid) === listeners) this.#channels.delete(cid);
    };
  }

  /** Listens to all channels, besides those who listen to one. Returns the function that stops it. */
  onAny(listener: ChannelListener): () => void {
    this.#everyChannel.add(listener);
    return () => void this.#everyChannel.delete(listener);
  }

  /** Sends bytes or text as they are. @throws LappsClientError `LAPPS_CLIENT_ERR_NOT_CONNECTED` */
  sendRaw(data: Uint8Array | string): void {
    this.#session.send(data);
  }

  /**
   * Closes for good. Requests still unanswered fail with `LAPPS_CLIENT_ERR_CLOSED`.
   * @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION`: a code other than 1000 and 3000 to 4999, a reason of more than 123
   *   bytes; the connection stays
   */
  close(code = 1000, reason = ''): Promise<void> {
    return this.#session.close(code, reason);
  }

  #receive(data: Uint8Array | string): void {
    const message = this.#decode(data);
    if (message === undefined) return;
    if (message.kind === 'notification') {
      const cid = Number(message.cid);
      const items = message.items.map(toPlain);
      for (const listener of [...(this.#channels.get(cid) ?? []), ...this.#everyChannel]) listener(items, cid);
    } else {
      const answer = toAnswer(message);
      if (!this.#pending.answer(answer)) this.#protocolError('an answer without a request', answer);
    }
  }

  #decode(data: Uint8Array | string): ServerMessage | undefined {
    const { onRaw, cborLimits } = this.#options;
    let cause: unknown;
    if (typeof data !== 'string') {
      try {
        return decodeServerMessage(data, cborLimits);
      } catch (error) {
        if (!(error instanceof LappsCodecError)) throw error;
        cause = error;
      }
    }
    if (onRaw !== undefined) onRaw(data);
    else this.#protocolError('a message that is not LAppS', cause);
    return undefined;
  }

  #protocolError(what: string, cause?: unknown): void {
    this.#options.onProtocolError?.(
      new LappsClientError('LAPPS_CLIENT_ERR_PROTOCOL', `${this.url} sent ${what}`, { cause }),
    );
  }

  #lost({ code, reason }: CloseInfo): void {
    const message = `Connection to ${this.url} ended (${code}${reason === '' ? '' : ` ${reason}`}) before the answer`;
    this.#pending.failAll(new LappsClientError('LAPPS_CLIENT_ERR_CLOSED', message, { closeCode: code }));
  }
}

const toAnswer = (message: Exclude<ServerMessage, { kind: 'notification' }>): PlainValue[] | LappsClientError => {
  if (message.kind === 'result') return message.result.map(toPlain);
  const data = message.data === undefined ? undefined : toPlain(message.data);
  return new LappsClientError('LAPPS_CLIENT_ERR_RESPONSE', message.text, { rpcCode: message.code, data });
};
