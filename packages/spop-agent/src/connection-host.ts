import type { Capability } from '@offload/spop-codec';
import type { Id } from './agent-connection.js';
import type { AgentEvent } from './events.js';
import type { AgentLimits } from './limits.js';
import type { WriterPool } from './writer-pool.js';

/** What a connection `C` needs of its agent. */
export interface ConnectionHost<C> {
  readonly limits: AgentLimits;
  readonly capabilities: readonly Capability[];
  readonly writers: WriterPool;
  readonly counters: ConnectionCounters;
  /** True while health checks shall fail. */
  readonly draining: boolean;
  /** False while no connection shall be read. */
  readonly reading: boolean;
  /** Handlers may keep bytes of the chunk they came in. */
  readonly keepsBytes: boolean;
  emit(event: AgentEvent): void;
  /** Hands over a NOTIFY; it is answered with `acknowledge`, or tracked with `track` and answered with `ack`. */
  notify(connection: C, streamId: Id, frameId: Id, bytes: Uint8Array, at: number, end: number): void;
  passEnd(): void;
  /** Frames were appended outside a pass: flush soon. */
  dirty(connection: C): void;
  /** True when a write shall wait: the agent is leaving the connection. */
  holdBack(connection: C): boolean;
  closed(connection: C): void;
}

export interface ConnectionCounters {
  inFlight: number;
  refused: number;
  healthChecks: number;
  notifies: number;
  acks: number;
  bytesRead: number;
  bytesWritten: number;
  protocolErrors: number;
}
