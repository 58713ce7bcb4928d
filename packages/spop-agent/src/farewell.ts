import { Status } from '@offload/spop-codec';
import type { Connection } from './connection.js';

/** How long the last ACK of a busy connection is held back. */
const HOLD_MS = 10;
/** At most this part of the connections is left at the same time: the engine needs others to turn to. */
const SHARE = 1 / 4;

/**
 * Leaves connections that an engine still uses without losing a request (spop.md 3.8). HAProxy up to 3.0 fails what it
 * has sent on a connection that says DISCONNECT, and gives each message to the connection with the fewest NOTIFYs
 * open. So the last ACK is held back for a moment, the engine passes this connection over, and ACK and DISCONNECT
 * leave in one write. When a NOTIFY comes all the same, the ACK goes out alone and the next one is tried.
 */
export class Farewell {
  private readonly connections: ReadonlySet<Connection>;
  private readonly held = new Set<Connection>();

  constructor(connections: ReadonlySet<Connection>) {
    this.connections = connections;
  }

  /** Asked instead of each write: true when it shall wait. */
  holdBack(connection: Connection): boolean {
    if (this.held.has(connection)) return true;
    if (!connection.quiet || this.held.size >= Math.max(1, this.connections.size * SHARE)) return false;
    this.held.add(connection);
    const { notifies } = connection;
    setTimeout(() => {
      this.whenRead(() => {
        this.held.delete(connection);
        if (connection.quiet && connection.notifies === notifies) connection.sendDisconnect(Status.NORMAL, 'stopped');
        else if (connection.state === 'ready') connection.send();
      });
    }, HOLD_MS);
    return true;
  }

  /** Says good-bye to a connection that had no traffic for a while. */
  leave(connection: Connection): void {
    this.whenRead(() => {
      if (connection.quiet && !connection.active) connection.sendDisconnect(Status.NORMAL, 'stopped');
    });
  }

  /** A timer of a busy process runs before bytes that came long ago are read: let those be read first. */
  private whenRead(then: () => void): void {
    setImmediate(then);
  }
}
