import type { Action, Capability, Message } from '@offload/spop-codec';
import type { AgentConnection, Id } from './agent-connection.js';
import type { AgentEvent } from './events.js';
import type { AgentLimits } from './limits.js';

/** What a handler wants done, in this order. See `setVar` and `unsetVar`. */
export type Actions = readonly Action[];

/** The NOTIFY a message came in. */
export interface CallContext {
  readonly connection: AgentConnection;
  readonly streamId: Id;
  readonly frameId: Id;
}

/**
 * Answers one message. Byte arrays in `message` stay valid as long as they are kept, and keep the chunk they came in.
 * A throw or rejection becomes an event; the NOTIFY is acknowledged all the same.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without results returns nothing.
export type MessageHandler = (message: Message, context: CallContext) => Actions | void | Promise<Actions | void>;

/**
 * Takes the payload of a NOTIFY undecoded: `bytes[at..end)`, valid during the call only, fragments joined.
 * Each call wants exactly one `connection.ack`, then or later.
 */
export type NotifyHandler = (
  connection: AgentConnection,
  streamId: Id,
  frameId: Id,
  bytes: Uint8Array,
  at: number,
  end: number,
) => void;

export interface AgentOptions {
  /**
   * One handler by message name, or one for all. Several messages of one NOTIFY are handled in their order and get one
   * ACK. Exactly one of `handlers` and `onNotify` is needed.
   */
  readonly handlers?: Readonly<Record<string, MessageHandler>> | MessageHandler;
  /** The low-level entry, for those who decode elsewhere. */
  readonly onNotify?: NotifyHandler;
  /** Called once after the frames of one socket read were handed over. */
  readonly onPassEnd?: () => void;
  /** `['pipelining', 'fragmentation']` by default (spop.md 2.4). */
  readonly capabilities?: readonly Capability[];
  readonly limits?: Partial<AgentLimits>;
  /** Everything worth a log line. */
  readonly onEvent?: (event: AgentEvent) => void;
}

/** Where to listen. Port 0 takes a free port. Without `host` only this machine is served: 127.0.0.1. */
export type ListenOptions =
  | {
      readonly host?: string;
      readonly port: number;
      readonly backlog?: number;
      /**
       * Other agents that say so too may listen on the same address, each in its thread or process: the system spreads the
       * connections. Needs Node 22.12 and a system that can (Linux, BSD).
       */
      readonly reusePort?: boolean;
    }
  | {
      /** Path of a unix socket; a socket no one answers on is replaced. */
      readonly path: string;
      /** Permission bits of the socket, as for chmod; by default what the umask leaves. */
      readonly mode?: number;
      readonly backlog?: number;
    };

/** Where an agent listens. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface StopOptions {
  /** Everything ends within this time; 5000 by default. What still waits then gets an empty ACK. */
  readonly graceMs?: number;
  /** For so long the agent still listens, but fails health checks, so that HAProxy turns elsewhere; 0 by default. */
  readonly drainMs?: number;
}

export interface AgentStats {
  readonly connections: number;
  /** Held connections that were refused. */
  readonly refusing: number;
  readonly inFlight: number;
  readonly accepted: number;
  readonly refused: number;
  readonly healthChecks: number;
  readonly notifies: number;
  readonly acks: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly protocolErrors: number;
}

export interface Agent {
  /** May be called more than once, for several addresses. Throws SpopAgentError. */
  listen(at: ListenOptions): Promise<ListenAddress>;
  /**
   * Stops reading all connections until `resumeReading`; frames already read are held. Handshakes and health checks are
   * still answered.
   */
  pauseReading(): void;
  resumeReading(): void;
  /** Writes what `ack` collected since the last pass, one write per connection. */
  flush(): void;
  /**
   * Stops without losing a request if HAProxy lets it: stops listening (after `drainMs`), serves on, disconnects each
   * connection with status 0 once nothing was in flight for a moment, and all at `graceMs`. Never rejects. A second
   * call shortens the time.
   */
  stop(options?: StopOptions): Promise<void>;
  stats(): AgentStats;
}
