import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, ListenOptions as NetListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenUnix, UnixSocketError } from '@offload/unix-socket';
import { endWithin } from './end-within.js';
import { LappsServerError } from './errors.js';
import type { ServerLimits } from './limits.js';
import { resolveTls, type TlsOptions } from './tls.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What an HTTP request gets that is no upgrade, where the application serves none. */
const upgradeRequired: RequestHandler = (_request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', 'Content-Length': 0 }).end();
};

/** Where a server listens: as `net.Server.listen` takes it, and the mode of a unix socket. */
export interface ListenOptions extends NetListenOptions {
  /** Permission bits of the unix socket at `path`, 0 to 0o777; connecting needs write permission. Default: as the umask says. */
  readonly mode?: number | undefined;
}

export interface ListenerOptions {
  readonly limits: ServerLimits;
  readonly tls: TlsOptions | undefined;
  /** Answers requests that are no upgrades; default 426. */
  readonly onRequest: RequestHandler | undefined;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly onAcceptError: (error: Error) => void;
}

/** The HTTP side: listens on any number of addresses, bounds handshakes in time, size and number, hands upgrades on. */
export class Listener {
  readonly #makeServer: () => Server;
  readonly #onAcceptError: (error: Error) => void;
  readonly #maxSockets: number;
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  #isClosed = false;
  /** Requests that are no upgrades and wait for the end of their answer, for each socket that has any. */
  readonly #answering = new Map<Socket, number>();

  /** @throws LappsServerError `LAPPS_SERVER_ERR_BAD_TLS` */
  constructor({ limits, tls, onRequest, onUpgrade, onAcceptError }: ListenerOptions) {
    this.#onAcceptError = onAcceptError;
    const { handshakeTimeoutMs } = limits;
    const options: ServerOptions = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: handshakeTimeoutMs,
      requestTimeout: handshakeTimeoutMs,
      connectionsCheckingInterval: Math.ceil(Math.min(1000, handshakeTimeoutMs / 4)),
    };
    const secure = tls === undefined ? undefined : resolveTls(tls, handshakeTimeoutMs);
    const answer = onRequest ?? upgradeRequired;
    this.#maxSockets = limits.maxConnections + limits.maxPendingHandshakes;
    this.#makeServer = () => {
      const server = secure === undefined ? createServer(options) : createTlsServer({ ...options, ...secure });
      server.on('upgrade', (request, socket: Socket, head: Buffer) => {
        // Behind a request without an answer yet: the answer would end up between the frames.
        if (this.#answering.has(socket)) endWithin(socket, handshakeTimeoutMs);
        else onUpgrade(request, socket, head);
      });
      server.on('request', (request, response) => {
        this.#noteAnswering(request.socket, response);
        answer(request, response);
      });
      server.on('connection', (socket: Socket) => this.#track(socket));
      // A broken TLS handshake is the client's affair; the socket is gone already.
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      return server;
    };
  }

  #noteAnswering(socket: Socket, response: ServerResponse): void {
    const answering = this.#answering;
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const rest = answering.get(socket)! - 1;
      if (rest === 0) answering.delete(socket);
      else answering.set(socket, rest);
    });
  }

  /** The bound is one for all addresses. */
  #track(socket: Socket): void {
    const sockets = this.#sockets;
    if (sockets.size >= this.#maxSockets) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', forget);
    function forget(this: Socket): void {
      sockets.delete(this);
    }
  }

  /**
   * @throws LappsServerError `LAPPS_SERVER_ERR_STATE` when closed, before it is called or meanwhile; `LAPPS_SERVER_ERR_LISTEN`;
   *   the system's error when it cannot listen
   */
  async listen(options: ListenOptions): Promise<AddressInfo | string> {
    if (this.#isClosed) throw stopped();
    const server = this.#makeServer();
    this.#servers.add(server);
    try {
      await (isUnix(options) ? listenUnix(server, options) : listenTcp(server, options));
    } catch (error) {
      this.#servers.delete(server);
      if (!(error instanceof UnixSocketError)) throw error;
      throw new LappsServerError('LAPPS_SERVER_ERR_LISTEN', error.message, { cause: error });
    }
    if (this.#isClosed) {
      this.#servers.delete(server);
      server.close();
      throw stopped();
    }
    server.on('error', this.#onAcceptError);
    return server.address()!;
  }

  /** The first address that is listened on. */
  get address(): AddressInfo | string | null {
    return [...this.#servers].find((server) => server.listening)?.address() ?? null;
  }

  /** Accepts nothing more. Resolves when every socket is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#servers].filter((server) => server.listening);
    await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  /** Cuts every TCP connection, upgraded or not. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

const stopped = (): LappsServerError => new LappsServerError('LAPPS_SERVER_ERR_STATE', 'Cannot listen: stopped');

const isUnix = (options: ListenOptions): options is ListenOptions & { readonly path: string } =>
  options.path !== undefined;

const listenTcp = (server: Server, options: ListenOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
