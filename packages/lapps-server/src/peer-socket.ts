import { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import { hasPeerClosed } from './ws-receiver.js';

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
    if (connection === undefined || !hasPeerClosed(this) || !connection.clientDone(say)) say();
  }
}
