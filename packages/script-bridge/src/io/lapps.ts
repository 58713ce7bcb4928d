import type { AddressInfo } from 'node:net';
import type { BroadcastBus } from '@offload/broadcast-bus';
import type { Connection, LappsServer, ListenOptions, ServerOptions } from '@offload/lapps-server';
import { RecordKind } from '../records.js';
import { openSharedState, type SharedState } from '../shared/shared-state.js';
import type { Bridge, Frontend } from './frontend.js';
import type { LappsPlan } from './lapps-plan.js';
import { ServiceDesk, type ServiceDeskOptions } from './service-desk.js';
import type { WsConnection } from './ws-connections.js';
import { WsSockets } from './ws-sockets.js';

/** Kinds of the records that are about connections, broadcasts and services. */
export const WS_KINDS: readonly number[] = Object.values(RecordKind).filter((kind) => kind >= RecordKind.WsOpen);

/** Options of the server but for its services, which the plan holds. */
export interface LappsOptions extends Omit<ServerOptions, 'services' | 'nextId'>, ServiceDeskOptions {}

/** The WebSocket half of the program, wherever its sockets are read. */
export interface LappsDoor {
  /**
   * Starts the standalone services. To be called together with `bridge.pool.start()`, not after it: services wait for
   * those they depend on, wherever they live.
   */
  start(): Promise<void>;
  /**
   * Listens on one more address.
   * @throws the system's error when it cannot listen
   */
  listen(options: ListenOptions): Promise<AddressInfo | string>;
  /**
   * Tells all services that the server stops, answers what had come (for four fifths of `graceMs` at most), closes every
   * connection with 1001 and ends the standalone services. The
   * pool goes on: its own `stop` waits for the `onDisconnect` of each connection and calls `onShutdown`.
   */
  stop(graceMs: number): Promise<void>;
}

/** The WebSocket half with its sockets in this thread: server, services, broadcasts. */
export interface LappsFrontend extends LappsDoor {
  readonly server: LappsServer;
  readonly bus: BroadcastBus<Connection>;
}

/** Puts a WebSocket server in front of the pool: connections are bound to instances, messages go to their workers. */
export function connectLapps(bridge: Bridge, plan: LappsPlan, options: LappsOptions = {}): LappsFrontend {
  return new LappsBridge(bridge, plan, options);
}

class LappsBridge implements LappsFrontend, Frontend {
  readonly kinds = WS_KINDS;
  private readonly shared: SharedState;
  private readonly sockets: WsSockets;
  private readonly desk: ServiceDesk;

  constructor(bridge: Bridge, plan: LappsPlan, options: LappsOptions) {
    const { makeStandalonePool, verifyLogin, ...server } = options;
    const { pool } = bridge;
    this.shared = openSharedState(plan.workerData.shared);
    this.sockets = new WsSockets({
      services: plan.services,
      shared: this.shared,
      maxConnections: plan.maxConnections,
      maxBroadcasts: plan.maxBroadcasts,
      server,
      side: {
        event: (kind, bytes, at, end, worker, slot) => {
          pool.sendEvent(kind, bytes, at, end, worker, slot);
          bridge.flushSoon();
        },
        task: (kind, context, bytes, at, end, worker) => {
          pool.send(kind, context, bytes, at, end, worker);
          bridge.flushSoon();
        },
      },
      log: bridge.log,
    });
    this.desk = new ServiceDesk(bridge, plan, { makeStandalonePool, verifyLogin });
    bridge.add(this);
  }

  get server(): LappsServer {
    return this.sockets.server;
  }

  get bus(): BroadcastBus<Connection> {
    return this.sockets.bus;
  }

  reply(context: unknown, kind: number): void {
    if (kind === RecordKind.ServiceEnded) this.desk.standalone.end(context);
    else this.sockets.ended(context as WsConnection, kind);
  }

  fault(context: unknown, kind: number): void {
    if (kind === RecordKind.RunService) this.desk.standalone.end(context);
    else this.sockets.ended(context as WsConnection, kind);
  }

  event(_worker: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    this.sockets.event(kind, bytes, at, end);
  }

  passEnd(): void {
    this.server.flush();
  }

  congested(on: boolean): void {
    this.sockets.congested(on);
  }

  workerChanged(worker: number, state: 'lost' | 'ready'): void {
    if (state === 'ready') this.sockets.workerReady(worker);
    else this.desk.logLost(worker, this.sockets.workerLost(worker), 'closed with 1011');
  }

  start(): Promise<void> {
    return this.desk.standalone.start();
  }

  listen(options: ListenOptions): Promise<AddressInfo | string> {
    return this.server.listen(options);
  }

  async stop(graceMs: number): Promise<void> {
    this.shared.stop.raise();
    this.desk.sayStop();
    await Promise.all([this.server.stop({ graceMs }), this.desk.standalone.stop(graceMs)]);
    this.bus.close();
  }
}
