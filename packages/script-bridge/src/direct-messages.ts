import type { Connection, ServerEvent } from '@offload/lapps-server';
import type { AgentConnection, AgentEvent, AgentLimits } from '@offload/spop-agent';
import type { Capability } from '@offload/spop-codec';

/**
 * What passes between the two halves of a door whose sockets are in the workers (`io/direct-door.ts`,
 * `worker/direct-doors.ts`), as messages of the pool: plain data, none of it on a hot path.
 */

/** Which protocol a message is about. */
export type DoorName = 'spop' | 'ws';

/** A TCP address to listen on; with `reusePort` next to other workers. */
export interface DirectAddress {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly backlog?: number | undefined;
}

/** What a worker listens on. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/** Options of the agent that can cross threads. */
export interface DirectAgentOptions {
  readonly capabilities?: readonly Capability[];
  readonly limits?: Partial<AgentLimits>;
}

/** How a door is closed; times in ms. */
export interface DirectStop {
  readonly graceMs?: number;
  readonly drainMs?: number;
}

/** Owner to worker. `request` comes back with the answer. */
export type DirectRequest = { readonly door: DoorName; readonly request: number } & (
  | { readonly type: 'direct.listen'; readonly at: DirectAddress; readonly options: unknown }
  | { readonly type: 'direct.stop'; readonly options: DirectStop }
);

/** Worker to owner. */
export type DirectResponse = { readonly door: DoorName } & (
  | { readonly type: 'direct.done'; readonly request: number; readonly address?: BoundAddress | undefined }
  | { readonly type: 'direct.failed'; readonly request: number; readonly message: string }
  | { readonly type: 'direct.event'; readonly event: ReportedAgentEvent | ReportedServerEvent }
);

/** What is told of a connection in another thread. Its `id` counts within its worker. */
export type ReportedConnection = Pick<AgentConnection, 'id' | 'peer' | 'engineId'>;

type Reported<Event, Whole, Told> = Event extends unknown
  ? Omit<Event, 'connection' | 'error'> &
      (Event extends { connection: Whole } ? { readonly connection: Told } : unknown) & { readonly error?: string }
  : never;

/** An event of an agent as another thread is told: without the connection itself, errors as their message. */
export type ReportedAgentEvent = Reported<AgentEvent, AgentConnection, ReportedConnection>;

/** What is told of a WebSocket connection in another thread. */
export interface ReportedClient {
  readonly id: number;
  readonly remoteAddress: string;
  readonly service: { readonly target: string };
}

/** The same for an event of a WebSocket server. */
export type ReportedServerEvent = Reported<ServerEvent, Connection, ReportedClient>;

export function reportAgentEvent(event: AgentEvent): ReportedAgentEvent {
  return reported(event, ({ id, peer, engineId }: AgentConnection) => ({ id, peer, engineId })) as ReportedAgentEvent;
}

export function reportServerEvent(event: ServerEvent): ReportedServerEvent {
  return reported(event, ({ id, remoteAddress, service: { target } }: Connection) => ({
    id,
    remoteAddress,
    service: { target },
  })) as ReportedServerEvent;
}

function reported<Whole>(event: object, tell: (connection: Whole) => object): object {
  const { connection, error, ...own } = event as { connection?: Whole; error?: unknown };
  return {
    ...own,
    ...(connection === undefined ? {} : { connection: tell(connection) }),
    ...(error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) }),
  };
}
