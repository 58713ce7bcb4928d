import type { AgentConnection, AgentEvent, AgentLimits, ListenAddress, StopOptions } from '@offload/spop-agent';
import type { Capability } from '@offload/spop-codec';

/**
 * What passes between the two halves of SPOP without a hop (`io/direct-spop.ts`, `worker/direct-spop.ts`), as messages of
 * the pool: plain data, none of it on a hot path.
 */

/** A TCP address to listen on; with `reusePort` next to other workers. */
export interface DirectAddress {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
}

/** Options of the agent that can cross threads. */
export interface DirectAgentOptions {
  readonly capabilities?: readonly Capability[];
  readonly limits?: Partial<AgentLimits>;
}

/** Owner to worker. `request` comes back with the answer. */
export type DirectRequest =
  | {
      readonly type: 'spop.listen';
      readonly request: number;
      readonly at: DirectAddress;
      readonly options: DirectAgentOptions;
    }
  | { readonly type: 'spop.stop'; readonly request: number; readonly options: StopOptions };

/** Worker to owner. */
export type DirectResponse =
  | { readonly type: 'spop.done'; readonly request: number; readonly address?: ListenAddress }
  | { readonly type: 'spop.failed'; readonly request: number; readonly message: string }
  | { readonly type: 'spop.event'; readonly event: ReportedAgentEvent };

/** What is told of a connection in another thread. Its `id` counts within its worker. */
export type ReportedConnection = Pick<AgentConnection, 'id' | 'peer' | 'engineId'>;

type Reported<Event> = Event extends unknown
  ? Omit<Event, 'connection' | 'error'> &
      (Event extends { connection: AgentConnection } ? { readonly connection: ReportedConnection } : unknown) & {
        readonly error?: string;
      }
  : never;

/** An event of an agent as another thread is told: without the connection itself, errors as their message. */
export type ReportedAgentEvent = Reported<AgentEvent>;

export function reportEvent(event: AgentEvent): ReportedAgentEvent {
  const { connection, error, ...own } = event as AgentEvent & { connection?: AgentConnection; error?: unknown };
  const { id, peer, engineId } = connection ?? {};
  return {
    ...own,
    ...(connection === undefined ? {} : { connection: { id, peer, engineId } }),
    ...(error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) }),
  } as ReportedAgentEvent;
}
