import type { Connection } from './connection.js';
import type { ServerLimits } from './limits.js';

/** Longest and shortest distance of two looks at the connections, ms. */
const SLOWEST_TICK = 1000;
const FASTEST_TICK = 10;

type Due = 'nothing' | 'ping' | 'lost' | 'idle' | 'stalled';

/** What is due for one connection at `now`. */
const dueFor = (connection: Connection, now: number, limits: ServerLimits): Due => {
  if (!connection.open) return 'nothing';
  const { stallTimeoutMs } = limits;
  // Also for a paused reader, and for a client that keeps sending: neither is a reason not to read.
  if (stallTimeoutMs > 0 && connection.stall.stalledFor(now, connection.bufferedBytes) >= stallTimeoutMs)
    return 'stalled';
  // A paused reader hears neither pongs nor messages; that is not the client's fault.
  if (connection.paused) return 'nothing';
  const { idleTimeoutMs, pingIntervalMs, pongTimeoutMs } = limits;
  if (idleTimeoutMs > 0 && now - connection.lastMessage >= idleTimeoutMs) return 'idle';
  if (pingIntervalMs === 0) return 'nothing';
  if (connection.lastSeen < connection.lastPing) return now - connection.lastPing >= pongTimeoutMs ? 'lost' : 'nothing';
  return now - connection.lastSeen >= pingIntervalMs ? 'ping' : 'nothing';
};

/**
 * The clock of a server and the pings, lost peers and idle connections that come with it: one timer for all connections,
 * so none of them carries its own.
 */
export class Keepalive {
  #now = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(connections: Iterable<Connection>, limits: ServerLimits, onLost: (connection: Connection) => void) {
    const waits = [limits.pingIntervalMs, limits.pongTimeoutMs, limits.idleTimeoutMs, limits.stallTimeoutMs].filter(
      (wait) => wait > 0,
    );
    const tick = Math.max(FASTEST_TICK, Math.min(SLOWEST_TICK, ...waits.map((wait) => wait / 4)));
    this.#timer = setInterval(() => {
      this.#now = performance.now();
      for (const connection of connections) this.#look(connection, limits, onLost);
    }, tick).unref();
  }

  #look(connection: Connection, limits: ServerLimits, onLost: (connection: Connection) => void): void {
    const due = dueFor(connection, this.#now, limits);
    if (due === 'ping') connection.ping();
    else if (due === 'stalled') connection.endSlow();
    else if (due === 'idle') connection.end('idle', 1001, 'idle');
    else if (due === 'lost') {
      onLost(connection);
      connection.cut('ping-timeout');
    }
  }

  /** Milliseconds as of the last tick. */
  readonly now = (): number => this.#now;

  stop(): void {
    clearInterval(this.#timer);
  }
}
