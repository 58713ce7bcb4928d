import { WebSocket } from 'ws';
import type { Connection } from './connection.js';

/**
 * The socket of one connection as ws knows it. ws writes Close frames straight to the TCP socket, its own answers to the
 * client's included: everything that waits has to go out before.
 */
export class PeerSocket extends WebSocket {
  connection: Connection | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    const { connection } = this;
    const say = (): void => {
      connection?.beforeClose(code ?? 1005);
      super.close(code, reason);
    };
    // Unless we end the connection ourselves: ws answers the client's Close, or a fault of the client.
    if (connection === undefined || !connection.leaving.clientDone(say)) say();
  }
}
