import { type BroadcastBus, createMemoryBus } from '@offload/broadcast-bus';
import {
  type Connection,
  createLappsServer,
  type Framed,
  type LappsServer,
  type ServerOptions,
  type ServiceOptions,
} from '@offload/lapps-server';
import { ADDRESS_BYTES, decodeFault, RecordKind, readFloat64, readUint32, writeUint32 } from '../records.js';
import type { PlannedService, ServiceSpec } from '../service-spec.js';
import type { SharedState } from '../shared/shared-state.js';
import { FaultLog } from './fault-log.js';
import type { Log } from './frontend.js';
import { Instances } from './instances.js';
import { Pause, type WsConnection, WsConnections } from './ws-connections.js';

/** Where the instances of the services are: in the workers of a pool, or in this thread. */
export interface ServiceSide {
  /** A record without answer; `slot` is its tag. */
  event(kind: number, bytes: Uint8Array, at: number, end: number, worker: number, slot: number): void;
  /** A record whose end comes back to {@link WsSockets.ended}. */
  task(kind: number, context: WsConnection, bytes: Uint8Array, at: number, end: number, worker: number): void;
}

/** What {@link WsSockets} are made from. */
export interface WsSocketsOptions {
  readonly services: readonly PlannedService[];
  readonly shared: SharedState;
  readonly maxConnections: number;
  readonly maxBroadcasts: number;
  readonly server: Omit<ServerOptions, 'services' | 'nextId'>;
  readonly side: ServiceSide;
  readonly log: Log;
}

/** Those that have connections. */
export function reactive(services: readonly PlannedService[]): PlannedService[] {
  return services.filter(({ spec }) => spec.standalone !== true);
}

/** What the server is told of a service, but for its handlers. */
export function settingsOf(spec: ServiceSpec): Omit<ServiceOptions, 'onMessage'> {
  const { protocol, maxMessageBytes, acl, extraHeaders, protoAlias, originAllowList, perMessageDeflate } = spec;
  return { protocol, maxMessageBytes, acl, extraHeaders, protoAlias, originAllowList, perMessageDeflate };
}

/** Server, connections and broadcasts in one thread: what clients say becomes records, records become what they hear. */
export class WsSockets {
  readonly server: LappsServer;
  readonly bus: BroadcastBus<Connection>;
  private readonly shared: SharedState;
  private readonly side: ServiceSide;
  private readonly connections: WsConnections;
  private readonly faults: FaultLog;
  private readonly lostWorkers = new Set<number>();
  private readonly record = new Uint8Array(ADDRESS_BYTES);
  private isCongested = false;

  constructor({ services, shared, maxConnections, maxBroadcasts, server, side, log }: WsSocketsOptions) {
    this.shared = shared;
    this.side = side;
    this.connections = new WsConnections(shared.connections);
    this.faults = new FaultLog(log);
    this.server = createLappsServer({
      ...server,
      limits: { maxConnections, ...server.limits },
      services: Object.fromEntries(
        reactive(services).map((service) => [service.spec.requestTarget as string, this.serviceOptions(service)]),
      ),
      nextId: this.connections.nextId,
    });
    this.bus = createMemoryBus<Connection, Framed>({
      frame: (bytes) => this.server.frame(bytes, true),
      deliver: (connection, framed) => void connection.sendFramed(framed),
      maxBroadcasts: maxBroadcasts * 2,
    });
  }

  private serviceOptions(service: PlannedService): ServiceOptions {
    const instances = new Instances(service, (worker) => this.lostWorkers.has(worker));
    const { side } = this;
    return {
      ...settingsOf(service.spec),
      // They are copied into a ring, or handled at once.
      lendData: true,
      onOpen: (connection) => this.opened(connection, instances),
      onMessage: (connection, data, isBinary) => {
        const own = connection.data as WsConnection;
        side.event(isBinary ? RecordKind.WsBinary : RecordKind.WsText, data, 0, data.length, own.worker, own.slot);
      },
      onClosing: (connection) => this.closing(connection),
      onClose: (connection) => this.closed(connection),
    };
  }

  private opened(connection: Connection, instances: Instances): void {
    const { worker, number } = instances.next();
    const own = this.connections.add(connection, worker, number);
    if (own === undefined) {
      connection.close(1013, 'too many connections');
      return;
    }
    connection.data = own;
    if (this.isCongested) own.pause(Pause.Pool, true);
    writeUint32(this.record, 0, this.shared.connections.generationOf(connection.id));
    writeUint32(this.record, 4, number);
    this.side.event(RecordKind.WsOpen, this.record, 0, ADDRESS_BYTES, worker, own.slot);
  }

  /**
   * The client sends nothing more, or is read no more: the service is asked to say when it has handled all that came.
   * Broadcasts still reach the client until then, for one of them may be its answer.
   */
  private closing(connection: Connection): Promise<void> | undefined {
    const own = connection.data as WsConnection | undefined;
    if (own === undefined || own.lost) return undefined;
    return new Promise((resolve) => {
      own.answered = resolve;
      writeUint32(this.record, 0, own.slot);
      this.side.task(RecordKind.WsClosing, own, this.record, 0, 4, own.worker);
    });
  }

  /** Exactly once for each connection, whatever ended it. */
  private closed(connection: Connection): void {
    this.bus.leave(connection);
    const own = connection.data as WsConnection | undefined;
    if (own === undefined) return;
    this.connections.close(own);
    if (own.lost) {
      this.connections.remove(own);
      return;
    }
    writeUint32(this.record, 0, own.slot);
    this.side.task(RecordKind.WsDisconnect, own, this.record, 0, 4, own.worker);
  }

  /** The service has done what a record asked for, or nobody is left who could. `kind` is that of the record or its answer. */
  ended(own: WsConnection, kind: number): void {
    if (kind === RecordKind.WsClosing || kind === RecordKind.WsAnswered) own.answered?.();
    else this.connections.remove(own);
  }

  /** What a service, or a script that is none, wants of the connections. */
  event(kind: number, bytes: Uint8Array, at: number, end: number): void {
    if (kind === RecordKind.BcastSend) {
      const id = readFloat64(bytes, at);
      this.ensureBroadcast(id);
      this.bus.send(id, bytes.subarray(at + 8, end));
      return;
    }
    if (kind === RecordKind.ServiceFault) {
      this.faults.write(decodeFault(bytes, at, end), {});
      return;
    }
    const own = this.connections.at(readUint32(bytes, at), readUint32(bytes, at + 4));
    if (own !== undefined) this.connectionEvent(own, kind, bytes, at + ADDRESS_BYTES, end);
  }

  private connectionEvent(own: WsConnection, kind: number, bytes: Uint8Array, at: number, end: number): void {
    switch (kind) {
      case RecordKind.WsSendText:
      case RecordKind.WsSendBinary:
        own.connection.sendPart(bytes, at, end, kind === RecordKind.WsSendBinary);
        break;
      case RecordKind.WsClose:
        own.connection.close(readUint32(bytes, at), Buffer.from(bytes.slice(at + 4, end)).toString());
        break;
      case RecordKind.WsPause:
      case RecordKind.WsResume:
        own.pause(Pause.Handler, kind === RecordKind.WsPause);
        break;
      case RecordKind.BcastSubscribe:
      case RecordKind.BcastUnsubscribe:
        this.subscription(own, kind === RecordKind.BcastSubscribe, readFloat64(bytes, at));
        break;
      default:
        throw new Error(`Cannot handle record: kind ${kind} is unknown`);
    }
  }

  private subscription({ connection }: WsConnection, on: boolean, id: number): void {
    this.ensureBroadcast(id);
    if (!on) this.bus.unsubscribe(id, connection);
    else if (connection.open) this.bus.subscribe(id, connection);
  }

  /** Records of several workers have no order among them: the shared ids say what exists. */
  private ensureBroadcast(id: number): void {
    if (!this.bus.has(id) && this.shared.broadcasts.has(id)) this.bus.create(id);
  }

  congested(on: boolean): void {
    this.isCongested = on;
    for (const own of this.connections.all()) own.pause(Pause.Pool, on);
  }

  /** A worker died: its connections are closed with 1011. Returns how many there were. */
  workerLost(worker: number): number {
    this.lostWorkers.add(worker);
    let count = 0;
    for (const own of this.connections.all()) {
      if (own.worker !== worker || own.lost) continue;
      own.lost = true;
      count++;
      this.connections.close(own);
      if (own.connection.open) own.connection.close(1011, 'service instance lost');
      // Nobody is left who would say so.
      own.pause(Pause.Handler, false);
    }
    return count;
  }

  /** Its successor is there. */
  workerReady(worker: number): void {
    this.lostWorkers.delete(worker);
  }
}
