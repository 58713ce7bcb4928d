import type { CborLimits } from '@offload/lapps-codec';
import { LappsClientError } from './errors.js';
import type { CloseInfo, SocketFactory } from './socket.js';

/** When and how often to connect again. Delays double from `minDelayMs` to `maxDelayMs`; each is cut by up to half at random. */
export interface ReconnectOptions {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Failed attempts in a row before giving up; Infinity never does. */
  readonly maxAttempts: number;
  /** Time a connection has to last before the delays begin from the lowest again. */
  readonly stableAfterMs: number;
}

export const DEFAULT_RECONNECT: ReconnectOptions = Object.freeze({
  minDelayMs: 500,
  maxDelayMs: 30_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  stableAfterMs: 5_000,
});

/** Options of every kind of connection. */
export interface SessionOptions {
  /** Subprotocols to offer. Default none: LAppS services know one only where a `proto_alias` is set. */
  readonly protocols?: string | readonly string[] | undefined;
  /** For the first connection and each later one. Default 10 000. */
  readonly connectTimeoutMs?: number | undefined;
  /** `false` never connects again. Default {@link DEFAULT_RECONNECT}; the first connection is tried once. */
  readonly reconnect?: false | Partial<ReconnectOptions> | undefined;
  /** Whether to connect again after such an end. Default: after every one but 1000. `close()` is always final. */
  readonly shouldReconnect?: ((info: CloseInfo) => boolean) | undefined;
  /** Gives up the first connection. */
  readonly signal?: AbortSignal | undefined;
  /** Connected, the first time and each time again: the place to log in and subscribe. */
  readonly onOpen?: (() => void) | undefined;
  /** The connection ended; `delayMs` until the next attempt, undefined when there will be none. */
  readonly onClose?: ((info: CloseInfo, delayMs: number | undefined) => void) | undefined;
  /** Makes the sockets, for a custom CA, headers or tests. */
  readonly socketFactory?: SocketFactory | undefined;
  /** Source of jitter, 0 to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Options of a LAppS client. */
export interface ClientOptions extends SessionOptions {
  /** Default time for an answer; 0 waits for ever. Default 30 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Unanswered requests at one time. Default 1000. */
  readonly maxPendingRequests?: number | undefined;
  /** Bounds of what the server may send. */
  readonly cborLimits?: Partial<CborLimits> | undefined;
  /** A message that is not LAppS: text, or bytes of some other kind, which services may push. Without it they are faults. */
  readonly onRaw?: ((data: Uint8Array | string) => void) | undefined;
  /**
   * The server sent what it should not: neither result, error nor notification, or an answer to nothing. `cause` is then
   * that answer: the items of a result, or a LappsClientError `LAPPS_CLIENT_ERR_RESPONSE`, as for a notification that the
   * server refuses.
   */
  readonly onProtocolError?: ((error: LappsClientError) => void) | undefined;
}

const isWait = (value: number): boolean => value >= 0 && value < 2 ** 31;

/**
 * Refuses what every server answers with Close 1002, which would cost the requests in flight, and parameters it would overlook.
 * @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION`
 */
export const checkCall = (cid: number, method: string, params: unknown): void => {
  const refuse = (what: string) => new LappsClientError('LAPPS_CLIENT_ERR_BAD_OPTION', `Cannot send ${what}`);
  if (!Number.isFinite(cid)) throw refuse(`on channel ${cid}: want a number`);
  if (typeof method !== 'string' || method === '' || method.startsWith('_') || method.includes('.')) {
    throw refuse(`method "${method}": want a name without dots and leading underscore`);
  }
  if (params !== undefined && !Array.isArray(params)) throw refuse(`the parameters of ${method}: want an array`);
};

/** @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION` */
export const checkWait = (name: string, value: number): number => {
  if (isWait(value)) return value;
  throw new LappsClientError('LAPPS_CLIENT_ERR_BAD_OPTION', `Cannot use ${name} ${value}: want 0 to 2^31 - 1 ms`);
};

/** @throws LappsClientError `LAPPS_CLIENT_ERR_BAD_OPTION` */
export const resolveReconnect = (options: SessionOptions['reconnect']): ReconnectOptions | undefined => {
  if (options === false) return undefined;
  const resolved = { ...DEFAULT_RECONNECT, ...options };
  checkWait('minDelayMs', resolved.minDelayMs);
  checkWait('maxDelayMs', resolved.maxDelayMs);
  checkWait('stableAfterMs', resolved.stableAfterMs);
  if (!(resolved.maxAttempts >= 0)) {
    throw new LappsClientError('LAPPS_CLIENT_ERR_BAD_OPTION', `Cannot use maxAttempts ${resolved.maxAttempts}`);
  }
  return resolved;
};

/** Delay before attempt `attempt` (0 is the first after a loss), with up to half of it taken off by `random`. */
export const backoff = (options: ReconnectOptions, attempt: number, random: () => number): number => {
  const full = Math.min(options.maxDelayMs, options.minDelayMs * 2 ** Math.min(attempt, 30));
  return Math.round(full * (1 - random() / 2));
};

/** Longest reason in a Close frame, bytes. */
const MAX_REASON_BYTES = 123;

/** What is wrong with closing like this. Platforms throw different things, some of them when half of it is done. */
export const closeFault = (code: number, reason: string): LappsClientError | undefined => {
  const refuse = (what: string) => new LappsClientError('LAPPS_CLIENT_ERR_BAD_OPTION', `Cannot close with ${what}`);
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) {
    return refuse(`code ${code}: want 1000, or 3000 to 4999`);
  }
  const { length } = new TextEncoder().encode(reason);
  return length > MAX_REASON_BYTES
    ? refuse(`a reason of ${length} bytes: want ${MAX_REASON_BYTES} at most`)
    : undefined;
};
