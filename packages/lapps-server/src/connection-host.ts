import type { AssemblyPool } from './assembly.js';
import type { Connection } from './connection.js';
import type { CloseInfo } from './events.js';
import type { ServerLimits } from './limits.js';
import type { OutboxGroup } from './outbox.js';

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly limits: ServerLimits;
  readonly outboxes: OutboxGroup;
  readonly assemblies: AssemblyPool;
  /** Milliseconds, coarse: as of the last tick of the server's clock. */
  readonly now: () => number;
  readonly onMessage: (connection: Connection, data: Buffer, isBinary: boolean) => void;
  /** Undefined when nothing is to be waited for. It is never rejected. */
  readonly onClosing: (connection: Connection) => Promise<unknown> | undefined;
  readonly onSent: (bytes: number) => void;
  readonly onProtocolError: (connection: Connection, error: Error) => void;
  readonly onSlowConsumer: (connection: Connection) => void;
  readonly onEnded: (connection: Connection, info: CloseInfo) => void;
}
