import type { AddressInfo } from 'node:net';
import type { WorkerPort } from '@offload/script-runtime';
import {
  type BoundAddress,
  type DirectAddress,
  type DirectResponse,
  type DirectStop,
  reportServerEvent,
} from '../direct-messages.js';
import type { WsConnection } from '../io/ws-connections.js';
import { type ServiceSide, WsSockets } from '../io/ws-sockets.js';
import type { PlannedService } from '../service-spec.js';
import type { SharedState } from '../shared/shared-state.js';
import type { Door } from './direct-doors.js';
import type { RecordSink } from './record-sink.js';
import type { ServiceHost } from './services/service-host.js';
import type { DirectWsData } from './worker-data.js';

/** What {@link DirectWs} is made from. */
export interface DirectWsOptions {
  readonly port: WorkerPort;
  readonly planned: readonly PlannedService[];
  readonly shared: SharedState;
  readonly services: ServiceHost;
  readonly data: DirectWsData;
}

/**
 * The WebSocket server of the one worker there is: sockets, frames and services on one thread, no hop. Made before the
 * scripts load, for they may broadcast at once; it listens when the owner asks.
 */
export class DirectWs implements Door, ServiceSide, RecordSink {
  private readonly services: ServiceHost;
  private readonly sockets: WsSockets;
  /** Connections that end, and whose service has yet to do something about it, by task. */
  private readonly leaving = new Map<number, WsConnection>();
  private tasks = 0;
  private left: (() => void) | undefined;

  constructor({ port, planned, shared, services, data }: DirectWsOptions) {
    const { maxConnections, maxBroadcasts, reportConnections, ...server } = data;
    this.services = services;
    this.sockets = new WsSockets({
      services: planned,
      shared,
      maxConnections,
      maxBroadcasts,
      server: {
        ...server,
        onEvent: (event) => {
          if (!reportConnections && (event.type === 'opened' || event.type === 'closed')) return;
          port.post({ door: 'ws', type: 'direct.event', event: reportServerEvent(event) } satisfies DirectResponse);
        },
      },
      side: this,
      log: (level, message, fields) => port.log(level, message, fields),
    });
  }

  async listen({ host, port, backlog }: DirectAddress): Promise<BoundAddress> {
    const bound = (await this.sockets.server.listen({ host, port, backlog })) as AddressInfo;
    return { host: bound.address, port: bound.port };
  }

  /** Every `onDisconnect` is over then, or has had its time. */
  async stop({ graceMs = 5000 }: DirectStop): Promise<void> {
    const end = performance.now() + graceMs;
    await this.sockets.server.stop({ graceMs });
    if (this.leaving.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.left = resolve;
      timer = setTimeout(resolve, Math.max(0, end - performance.now()));
    });
    clearTimeout(timer);
  }

  /** A record of a standalone service's thread, which the owner passed on. */
  receive(kind: number, bytes: Uint8Array, at: number, end: number): void {
    this.sockets.event(kind, bytes, at, end);
  }

  event(kind: number, bytes: Uint8Array, at: number, end: number, _worker: number, slot: number): void {
    this.services.handle(kind, slot, bytes, at, end);
  }

  task(kind: number, context: WsConnection, bytes: Uint8Array, at: number, end: number): void {
    const id = ++this.tasks;
    this.leaving.set(id, context);
    const record = bytes.slice(at, end);
    // Not within whatever script ended the connection.
    queueMicrotask(() => this.services.handle(kind, id, record, 0, record.length));
  }

  reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    if (id === 0) {
      this.sockets.event(kind, bytes, at, end);
      return;
    }
    const own = this.leaving.get(id) as WsConnection;
    this.leaving.delete(id);
    this.sockets.ended(own, kind);
    if (this.leaving.size === 0) this.left?.();
  }
}
