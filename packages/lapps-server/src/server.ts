import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Acl, type AddressTest, compileAcl, plainAddress } from './acl.js';
import { allAnswered } from './all-answered.js';
import { AssemblyPool } from './assembly.js';
import { Connection } from './connection.js';
import type { ConnectionHost } from './connection-host.js';
import { type CloseInfo, type ServerEventHook, type ServerStats, zeroStats } from './events.js';
import { type Framed, Framer } from './frame.js';
import { Keepalive } from './keepalive.js';
import { resolveServerLimits, type ServerLimits } from './limits.js';
import { Listener, type ListenOptions, type RequestHandler } from './listener.js';
import { OutboxGroup } from './outbox.js';
import type { PeerSocket } from './peer-socket.js';
import { Registry } from './registry.js';
import { makeService, type Service, type ServiceOptions } from './service.js';
import type { TlsOptions } from './tls.js';
import { judgeUpgrade, refuseUpgrade } from './upgrade.js';
import { wire } from './wire.js';

export interface ServerOptions {
  /** Services by request target, compared byte for byte: query, trailing slash and escapes count. */
  readonly services?: { readonly [target: string]: ServiceOptions } | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Serve TLS. Default: plain TCP. */
  readonly tls?: TlsOptions | undefined;
  /** Who may connect at all; refused with 403. */
  readonly acl?: Acl | undefined;
  /** Origins browsers may connect from, for services that name none: `https://example.org`, `null`. Default: any. */
  readonly originAllowList?: readonly string[] | undefined;
  /** Answers HTTP requests that are no upgrades, from addresses that may connect. Default: 426. */
  readonly onRequest?: RequestHandler | undefined;
  /** Hears what happens. Must not throw. */
  readonly onEvent?: ServerEventHook | undefined;
  /** Source of connection ids, for servers that share one space of ids. Default: 1, 2, 3 .. */
  readonly nextId?: (() => number) | undefined;
}

export interface StopOptions {
  /** Time for answers and closing handshakes, ms; then every connection is cut. Default 5000. */
  readonly graceMs?: number;
}

/** How much of the time for a stop answers may take; the rest is for the clients' ends. */
const ANSWERS_SHARE = 0.8;

type Handler = 'onOpen' | 'onMessage' | 'onClosing' | 'onClose';

/** Resolves when the loop has read what this machine had already received. */
const readyIsRead = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const counter = (): (() => number) => {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
};

/** A WebSocket server for raw and LAppS services. Made by {@link createLappsServer}. */
export class LappsServer {
  readonly #limits: ServerLimits;
  readonly #services = new Map<string, Service>();
  readonly #origins: readonly string[] | undefined;
  readonly #admitsAddress: AddressTest;
  readonly #emit: ServerEventHook;
  readonly #nextId: () => number;
  readonly #stats = zeroStats();
  readonly #registry: Registry;
  readonly #outboxes = new OutboxGroup();
  readonly #framer = new Framer();
  readonly #keepalive: Keepalive;
  readonly #listener: Listener;
  readonly #host: ConnectionHost;
  #stopped: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#limits = resolveServerLimits(options.limits);
    this.#origins = options.originAllowList;
    this.#admitsAddress = compileAcl(options.acl);
    this.#emit = options.onEvent ?? (() => undefined);
    this.#nextId = options.nextId ?? counter();
    for (const [target, service] of Object.entries(options.services ?? {})) this.setService(target, service);
    this.#listener = new Listener({
      limits: this.#limits,
      tls: options.tls,
      onRequest: this.#gated(options.onRequest),
      onUpgrade: (request, socket, head) => this.#upgrade(request, socket, head),
      onAcceptError: (error) => this.#emit({ type: 'accept-error', error }),
    });
    this.#registry = new Registry(this.#limits.maxConnectionsPerAddress);
    this.#keepalive = new Keepalive(this.#registry, this.#limits, () => {
      this.#stats.pingTimeouts += 1;
    });
    this.#host = this.#makeHost();
  }

  /** The ACL holds for plain requests, too. */
  #gated(onRequest: RequestHandler | undefined): RequestHandler | undefined {
    if (onRequest === undefined) return undefined;
    return (request, response) => {
      if (this.#admitsAddress(plainAddress(request.socket.remoteAddress ?? ''))) onRequest(request, response);
      else response.writeHead(403, { Connection: 'close', 'Content-Length': 0 }).end();
    };
  }

  #makeHost(): ConnectionHost {
    const stats = this.#stats;
    return {
      limits: this.#limits,
      outboxes: this.#outboxes,
      assemblies: new AssemblyPool(),
      now: this.#keepalive.now,
      onMessage: (connection, data, isBinary) => {
        stats.messagesIn += 1;
        stats.bytesIn += data.length;
        // Not through #call: a closure per message shows in the collector's share.
        try {
          const result = connection.service.options.onMessage(connection, data, isBinary);
          if (result instanceof Promise)
            connection.leaving.add(result.catch((error) => this.#handlerFailed(connection, 'onMessage', error)));
        } catch (error) {
          this.#handlerFailed(connection, 'onMessage', error);
        }
      },
      onClosing: (connection) =>
        allAnswered(connection, (error) => this.#handlerFailed(connection, 'onClosing', error)),
      onSent: (bytes) => {
        stats.messagesOut += 1;
        stats.bytesOut += bytes;
      },
      onProtocolError: (connection, error) => {
        stats.protocolErrors += 1;
        this.#emit({ type: 'protocol-error', connection, error });
      },
      onSlowConsumer: (connection) => {
        stats.slowConsumers += 1;
        this.#emit({ type: 'slow-consumer', connection, bufferedBytes: connection.bufferedBytes });
      },
      onEnded: (connection, info) => this.#ended(connection, info),
    };
  }

  /** Adds or replaces a service; connections already open keep the one they came to. @throws as {@link createLappsServer} */
  setService(target: string, options: ServiceOptions): void {
    this.#services.set(target, makeService(target, options, this.#limits, this.#origins));
  }

  /** Takes a service away; connections already open stay. Returns whether there was one. */
  removeService(target: string): boolean {
    return this.#services.delete(target);
  }

  /**
   * Listens on a host and port (port 0: any free one) or on a unix socket `path`, besides those it listens on already.
   * Resolves to the address. A socket file that no one answers on is replaced.
   *
   * @throws LappsServerError `LAPPS_SERVER_ERR_STATE` when stopped, `LAPPS_SERVER_ERR_LISTEN`; the system's error when it
   *   cannot listen
   */
  async listen(options: ListenOptions): Promise<AddressInfo | string> {
    return this.#listener.listen(options);
  }

  /** Where the server listens, the first address of several; null while it does not. */
  get address(): AddressInfo | string | null {
    return this.#listener.address;
  }

  /** The open connections, oldest first. */
  get connections(): Iterable<Connection> {
    return this.#registry;
  }

  /** The connection with this id, while it lasts. */
  connection(id: number): Connection | undefined {
    return this.#registry.get(id);
  }

  /** A snapshot of the counters. */
  stats(): ServerStats {
    return { ...this.#stats, connections: this.#registry.size };
  }

  /** Frames a message once for any number of `sendFramed` calls, now or later. `data` is copied. */
  frame(data: Uint8Array | string, binary = typeof data !== 'string'): Framed {
    return this.#framer.frame(data, binary);
  }

  /** Writes what waits now instead of at the end of the current pass. */
  flush(): void {
    this.#outboxes.flush();
  }

  /**
   * Stops: accepts nothing, answers what had come by now, then sends Close 1001 to everyone and waits for their ends; what is
   * left after `graceMs` is cut. Every `onClose` has been called when it resolves. Calling it again returns the same promise.
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(options.graceMs ?? 5000);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    const closed = this.#listener.close();
    await readyIsRead();
    for (const connection of this.#registry) connection.leaving.depart(graceMs * ANSWERS_SHARE);
    await this.#registry.empty(graceMs);
    for (const connection of this.#registry) connection.forceEnd();
    this.#listener.destroyAll();
    this.#keepalive.stop();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const registry = this.#registry;
    const verdict = judgeUpgrade(request, {
      stopping: this.#stopped !== undefined,
      full: registry.size >= this.#limits.maxConnections,
      services: this.#services,
      admitsAddress: this.#admitsAddress,
      isAddressFull: (address) => registry.isAddressFull(address),
    });
    const { address } = verdict;
    const refuse = (status: number, why: 'handshake' | Extract<typeof verdict, { why: unknown }>['why']): void => {
      this.#stats.refused += 1;
      refuseUpgrade(socket, status, this.#limits.handshakeTimeoutMs);
      this.#emit({ type: 'refused', status, why, address, target: request.url ?? '' });
    };
    if ('why' in verdict) {
      refuse(verdict.status, verdict.why);
      return;
    }
    const { service } = verdict;
    const onRefused = (): void => refuse(400, 'handshake');
    service.sockets.once('wsClientError', onRefused);
    service.sockets.handleUpgrade(request, socket, head, (ws) => {
      this.#opened(ws as PeerSocket, socket, service, address, request);
    });
    service.sockets.off('wsClientError', onRefused);
  }

  #opened(ws: PeerSocket, socket: Duplex, service: Service, address: string, request: IncomingMessage): void {
    const connection = new Connection(this.#host, ws, request.socket, this.#nextId(), service, address);
    wire(connection, ws, socket);
    this.#registry.add(connection);
    this.#stats.opened += 1;
    this.#emit({ type: 'opened', connection });
    const { onOpen } = service.options;
    if (onOpen !== undefined) this.#call(connection, 'onOpen', () => onOpen(connection, request));
  }

  #ended(connection: Connection, info: CloseInfo): void {
    this.#registry.remove(connection);
    this.#stats.closed += 1;
    const { onClose } = connection.service.options;
    if (onClose !== undefined) this.#call(connection, 'onClose', () => onClose(connection, info));
    this.#emit({ type: 'closed', connection, info });
  }

  #call(connection: Connection, handler: Handler, call: () => unknown): void {
    try {
      this.#watch(connection, handler, call());
    } catch (error) {
      this.#handlerFailed(connection, handler, error);
    }
  }

  #watch(connection: Connection, handler: Handler, result: unknown): void {
    if (result instanceof Promise) result.catch((error) => this.#handlerFailed(connection, handler, error));
  }

  #handlerFailed(connection: Connection, handler: Handler, error: unknown): void {
    this.#stats.handlerErrors += 1;
    this.#emit({ type: 'handler-error', connection, handler, error });
    connection.end('handler', 1011, 'internal error');
  }
}

/**
 * Makes a server; nothing listens yet.
 *
 * @throws LappsServerError `LAPPS_SERVER_ERR_BAD_LIMIT`, `LAPPS_SERVER_ERR_BAD_ACL`, `LAPPS_SERVER_ERR_BAD_ORIGIN`,
 *   `LAPPS_SERVER_ERR_BAD_SERVICE`, `LAPPS_SERVER_ERR_BAD_TLS`
 */
export const createLappsServer = (options: ServerOptions = {}): LappsServer => new LappsServer(options);
