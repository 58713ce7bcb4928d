import type { Connection } from './connection.js';
import { Farewell } from './farewell.js';
import type { StopOptions } from './types.js';

const DEFAULT_GRACE_MS = 5000;
/** Sweep over the connections; one that was quiet for two of them is disconnected. */
const SWEEP_MS = 50;
const QUIET_SWEEPS = 2;

/**
 * The end of an agent without lost requests (spop.md 3.8): fail health checks, stop listening, serve on, leave
 * whoever is quiet or was just answered, and at the time limit answer what waits with empty ACKs and disconnect all.
 */
export class Shutdown {
  /** Set while connections are left one by one. */
  farewell: Farewell | undefined;
  private readonly connections: ReadonlySet<Connection>;
  private readonly stopListening: () => void;
  private readonly done: Promise<void>;
  private resolve: () => void = () => {};
  private clock: NodeJS.Timeout | undefined;
  private drainUntil = Number.POSITIVE_INFINITY;
  private until = Number.POSITIVE_INFINITY;
  private listening = true;
  private ended = false;

  constructor(connections: ReadonlySet<Connection>, stopListening: () => void) {
    this.connections = connections;
    this.stopListening = stopListening;
    this.done = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Starts, or shortens the time when it runs. */
  run({ graceMs = DEFAULT_GRACE_MS, drainMs = 0 }: StopOptions): Promise<void> {
    const now = performance.now();
    this.until = Math.min(this.until, now + Math.max(0, graceMs));
    this.drainUntil = Math.min(this.drainUntil, now + Math.max(0, drainMs), this.until);
    if (this.clock === undefined) {
      for (const connection of this.connections) connection.idleSweeps = 0;
      this.clock = setInterval(() => this.sweep(), SWEEP_MS);
    }
    if (this.drainUntil <= now || this.until <= now) this.sweep();
    return this.done;
  }

  connectionClosed(): void {
    if (!this.listening && this.connections.size === 0) this.finish();
  }

  private sweep(): void {
    const now = performance.now();
    if (now < this.drainUntil) return;
    if (this.listening) {
      this.listening = false;
      this.stopListening();
      this.farewell = new Farewell(this.connections);
      for (const connection of this.connections) connection.idleSweeps = 0;
    }
    if (this.connections.size === 0) this.finish();
    // Not within the pass of a handler that calls `stop`: its ACK must leave before DISCONNECT.
    else if (now >= this.until) setImmediate(() => this.end());
    else for (const connection of this.connections) this.disconnectIfQuiet(connection);
  }

  private disconnectIfQuiet(connection: Connection): void {
    if (connection.active || connection.inFlight.size > 0) connection.idleSweeps = 0;
    else connection.idleSweeps++;
    connection.active = false;
    if (connection.idleSweeps < QUIET_SWEEPS) return;
    if (connection.state === 'ready') this.farewell?.leave(connection);
    else if (connection.state === 'hello') connection.destroy('stopped');
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.farewell = undefined;
    clearInterval(this.clock);
    let lastMs = 0;
    for (const connection of this.connections) {
      connection.abandon('stopped');
      lastMs = Math.max(lastMs, connection.output.lastMs);
    }
    setTimeout(() => {
      for (const connection of this.connections) connection.destroy('stopped');
      if (this.connections.size === 0) this.finish();
    }, lastMs).unref();
  }

  private finish(): void {
    clearInterval(this.clock);
    this.resolve();
  }
}
