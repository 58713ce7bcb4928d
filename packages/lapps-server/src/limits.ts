import { LappsServerError } from './errors.js';

/** Bounds of a server. Every peer-driven quantity has one. */
export interface ServerLimits {
  /** WebSocket connections at one time; the next upgrade is answered 503. */
  readonly maxConnections: number;
  /** WebSocket connections from one address; the next upgrade is answered 503. */
  readonly maxConnectionsPerAddress: number;
  /** TCP connections beyond `maxConnections` that may be in their handshake; further ones are closed unanswered. */
  readonly maxPendingHandshakes: number;
  /** Request line and headers of an upgrade request, bytes; more is answered 431. */
  readonly maxHeaderBytes: number;
  /** From accepted TCP connection to complete request, TLS handshake included; then 408 or a plain end. */
  readonly handshakeTimeoutMs: number;
  /** Message from a client, bytes, after reassembly and inflation, for services that set none; more is answered 1009. */
  readonly maxMessageBytes: number;
  /** Fragments of one message; more is answered 1008. */
  readonly maxFragments: number;
  /** TCP chunks one unfinished message may lie in; more is answered 1008. */
  readonly maxBufferedChunks: number;
  /** Bytes waiting to be sent to one connection beyond which it is a slow consumer and is ended with 1008. */
  readonly maxBufferedBytes: number;
  /** Silence after which a ping is sent; 0 sends none. */
  readonly pingIntervalMs: number;
  /** Silence after a ping after which the connection counts as lost. */
  readonly pongTimeoutMs: number;
  /** Time in which a client takes nothing of what waits for it, after which it is ended with 1008; 0 waits for ever. */
  readonly stallTimeoutMs: number;
  /** Time without a message after which a connection is closed with 1001; 0 lets listeners listen for ever. */
  readonly idleTimeoutMs: number;
  /** From our Close frame to the end of TCP; then the socket is destroyed. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = Object.freeze({
  maxConnections: 10_000,
  maxConnectionsPerAddress: 10_000,
  maxPendingHandshakes: 1_000,
  maxHeaderBytes: 16_384,
  handshakeTimeoutMs: 10_000,
  maxMessageBytes: 262_144,
  maxFragments: 4_096,
  maxBufferedChunks: 4_096,
  maxBufferedBytes: 4 * 1024 * 1024,
  pingIntervalMs: 25_000,
  pongTimeoutMs: 20_000,
  stallTimeoutMs: 60_000,
  idleTimeoutMs: 0,
  closeTimeoutMs: 5_000,
});

const MAX = 2 ** 31 - 1;
const MAY_BE_ZERO: ReadonlySet<keyof ServerLimits> = new Set([
  'maxPendingHandshakes',
  'pingIntervalMs',
  'stallTimeoutMs',
  'idleTimeoutMs',
]);

/** @throws LappsServerError `LAPPS_SERVER_ERR_BAD_LIMIT` unless `value` is an integer from 1 (0 where that means off) to 2^31 - 1 */
export const checkLimit = (name: string, value: number, lowest = 1): number => {
  if (!Number.isInteger(value) || value < lowest || value > MAX) {
    throw new LappsServerError(
      'LAPPS_SERVER_ERR_BAD_LIMIT',
      `Cannot use ${name} ${value}: want an integer from ${lowest} to ${MAX}`,
    );
  }
  return value;
};

/** Fills in defaults. @throws LappsServerError `LAPPS_SERVER_ERR_BAD_LIMIT` */
export const resolveServerLimits = (limits: Partial<ServerLimits> = {}): ServerLimits => {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  const resolved: ServerLimits = { ...DEFAULT_SERVER_LIMITS, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(resolved)) {
    checkLimit(name, value, MAY_BE_ZERO.has(name as keyof ServerLimits) ? 0 : 1);
  }
  return Object.freeze(resolved);
};
