import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LappsServerError } from './errors.js';
import type { ServerLimits } from './limits.js';
import { resolveTls, type TlsOptions } from './tls.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What an HTTP request gets that is no upgrade, where the application serves none. */
const upgradeRequired: RequestHandler = (_request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Length': 0 }).end();
};

export interface ListenerOptions {
  readonly limits: ServerLimits;
  readonly tls: TlsOptions | undefined;
  readonly onRequest: RequestHandler | undefined;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The HTTP side: listens, bounds handshakes in time, size and number, hands upgrades on. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @throws LappsServerError `LAPPS_SERVER_ERR_BAD_TLS` */
  constructor({ limits, tls, onRequest, onUpgrade }: ListenerOptions) {
    const { handshakeTimeoutMs } = limits;
    const options: ServerOptions = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: handshakeTimeoutMs,
      requestTimeout: handshakeTimeoutMs,
      connectionsCheckingInterval: Math.ceil(Math.min(1000, handshakeTimeoutMs / 4)),
    };
    this.#server =
      tls === undefined
        ? createServer(options)
        : createTlsServer({ ...options, ...resolveTls(tls, handshakeTimeoutMs) });
    this.#server.maxConnections = limits.maxConnections + limits.maxPendingHandshakes;
    this.#server.on('upgrade', onUpgrade);
    this.#server.on('request', onRequest ?? upgradeRequired);
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    // A broken TLS handshake is the client's affair; the socket is gone already.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  #track(socket: Socket): void {
    const sockets = this.#sockets;
    sockets.add(socket);
    socket.on('close', forget);
    function forget(this: Socket): void {
      sockets.delete(this);
    }
  }

  /** @throws LappsServerError `LAPPS_SERVER_ERR_STATE`; the system's error when it cannot listen */
  async listen(options: ListenOptions): Promise<AddressInfo | string> {
    if (this.#server.listening)
      throw new LappsServerError('LAPPS_SERVER_ERR_STATE', 'Cannot listen: listening already');
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(options, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return this.address!;
  }

  get address(): AddressInfo | string | null {
    return this.#server.address();
  }

  /** Accepts nothing more. Resolves when every socket is closed. */
  close(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Cuts every TCP connection, upgraded or not. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
