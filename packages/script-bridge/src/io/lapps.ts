import { type BroadcastBus, createMemoryBus } from '@offload/broadcast-bus';
import {
  type Connection,
  createLappsServer,
  type Framed,
  type LappsServer,
  type ServerOptions,
  type ServiceOptions,
} from '@offload/lapps-server';
import type { LoginCall, ServiceCall } from '../calls.js';
import { ADDRESS_BYTES, decodeFault, RecordKind, readFloat64, readUint32, writeUint32 } from '../records.js';
import type { PlannedService } from '../service-spec.js';
import { openSharedState, type SharedState } from '../shared/shared-state.js';
import { FaultLog } from './fault-log.js';
import type { Bridge, Frontend } from './frontend.js';
import { Instances } from './instances.js';
import type { LappsPlan } from './lapps-plan.js';
import { ServiceStarts } from './service-starts.js';
import { type MakeStandalonePool, StandaloneServices } from './standalone.js';
import { Pause, type WsConnection, WsConnections } from './ws-connections.js';

/** Options of the server but for its services, which the plan holds. */
export interface LappsOptions extends Omit<ServerOptions, 'services' | 'nextId'> {
  /** Threads for standalone services; needed when the plan has any. */
  readonly makeStandalonePool?: MakeStandalonePool;
  /** Answers `pam_auth:login`. Without it every login is refused, and the log says why. */
  readonly verifyLogin?: (login: { service: string; user: string; password: string }) => boolean | Promise<boolean>;
}

/** The WebSocket half of the program: server, services, broadcasts. */
export interface LappsFrontend {
  readonly server: LappsServer;
  readonly bus: BroadcastBus<Connection>;
  /**
   * Starts the standalone services. To be called together with `bridge.pool.start()`, not after it: services wait for
   * those they depend on, wherever they live.
   */
  start(): Promise<void>;
  /**
   * Tells all services that the server stops, closes every connection with 1001 and ends the standalone services. The
   * pool goes on: its own `stop` waits for the `onDisconnect` of each connection and calls `onShutdown`.
   */
  stop(graceMs: number): Promise<void>;
}

/** Puts a WebSocket server in front of the pool: connections are bound to instances, messages go to their workers. */
export function connectLapps(bridge: Bridge, plan: LappsPlan, options: LappsOptions = {}): LappsFrontend {
  return new LappsBridge(bridge, plan, options);
}

class LappsBridge implements LappsFrontend, Frontend {
  readonly kinds = Object.values(RecordKind).filter((kind) => kind >= RecordKind.WsOpen);
  readonly server: LappsServer;
  readonly bus: BroadcastBus<Connection>;
  private readonly bridge: Bridge;
  private readonly shared: SharedState;
  private readonly connections: WsConnections;
  private readonly standalone: StandaloneServices;
  private readonly faults: FaultLog;
  private readonly lostWorkers = new Set<number>();
  private readonly record = new Uint8Array(ADDRESS_BYTES);
  private isCongested = false;

  constructor(bridge: Bridge, plan: LappsPlan, options: LappsOptions) {
    this.bridge = bridge;
    this.shared = openSharedState(plan.workerData.shared);
    this.connections = new WsConnections(this.shared.connections);
    this.faults = new FaultLog(bridge.log);
    const { makeStandalonePool = noThreads, verifyLogin, ...serverOptions } = options;
    this.server = createLappsServer({
      ...serverOptions,
      limits: { maxConnections: plan.maxConnections, ...serverOptions.limits },
      services: Object.fromEntries(
        plan.services
          .filter(({ spec }) => spec.standalone !== true)
          .map((service) => [service.spec.requestTarget as string, this.serviceOptions(service)]),
      ),
      nextId: this.connections.nextId,
    });
    this.bus = createMemoryBus<Connection, Framed>({
      frame: (bytes) => this.server.frame(bytes, true),
      deliver: (connection, framed) => void connection.sendFramed(framed),
      maxBroadcasts: plan.maxBroadcasts * 2,
    });
    this.standalone = new StandaloneServices(bridge, plan.services, makeStandalonePool);
    this.answerCalls(new ServiceStarts(plan.services), verifyLogin);
    bridge.add(this);
  }

  private answerCalls(starts: ServiceStarts, verifyLogin: LappsOptions['verifyLogin']): void {
    const { bridge } = this;
    type Call<T extends ServiceCall['type']> = Extract<ServiceCall, { type: T }>;
    bridge.answer('service.await', ({ services }: Call<'service.await'>) => starts.await(services));
    bridge.answer('service.started', ({ service, instance }: Call<'service.started'>) => {
      starts.started(service, instance);
    });
    let warned = false;
    bridge.answer('login', ({ service, user, password }: LoginCall) => {
      if (verifyLogin !== undefined) return verifyLogin({ service, user, password });
      if (!warned) bridge.log('warn', 'pam_auth:login answers false: no back end checks passwords in this program');
      warned = true;
      return false;
    });
  }

  private serviceOptions(service: PlannedService): ServiceOptions {
    const { protocol, maxMessageBytes, acl, extraHeaders, protoAlias, originAllowList, perMessageDeflate } =
      service.spec;
    const instances = new Instances(service, (worker) => this.lostWorkers.has(worker));
    const { pool } = this.bridge;
    return {
      protocol,
      maxMessageBytes,
      acl,
      extraHeaders,
      protoAlias,
      originAllowList,
      perMessageDeflate,
      // They are copied into a ring, or handled at once.
      lendData: true,
      onOpen: (connection) => this.opened(connection, instances),
      onMessage: (connection, data, isBinary) => {
        const own = connection.data as WsConnection;
        const kind = isBinary ? RecordKind.WsBinary : RecordKind.WsText;
        pool.sendEvent(kind, data, 0, data.length, own.worker, own.slot);
        this.bridge.flushSoon();
      },
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
    this.bridge.pool.sendEvent(RecordKind.WsOpen, this.record, 0, ADDRESS_BYTES, worker, own.slot);
    this.bridge.flushSoon();
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
    this.bridge.pool.send(RecordKind.WsDisconnect, own, this.record, 0, 4, own.worker);
    this.bridge.flushSoon();
  }

  reply(context: unknown, kind: number): void {
    if (kind === RecordKind.ServiceEnded) this.standalone.end(context);
    else this.connections.remove(context as WsConnection);
  }

  fault(context: unknown, kind: number): void {
    if (kind === RecordKind.RunService) this.standalone.end(context);
    else this.connections.remove(context as WsConnection);
  }

  event(_worker: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
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

  passEnd(): void {
    this.server.flush();
  }

  congested(on: boolean): void {
    this.isCongested = on;
    for (const own of this.connections.all()) own.pause(Pause.Pool, on);
  }

  workerChanged(worker: number, state: 'lost' | 'ready'): void {
    if (state === 'ready') {
      this.lostWorkers.delete(worker);
      return;
    }
    this.lostWorkers.add(worker);
    let count = 0;
    for (const own of this.connections.all()) {
      if (own.worker !== worker || own.lost) continue;
      own.lost = true;
      count++;
      this.connections.close(own);
      if (own.connection.open) own.connection.close(1011, 'service instance lost');
    }
    if (count === 0) return;
    this.bridge.log(
      'error',
      `${count} connections closed with 1011: their service instances died with worker ${worker}; onDisconnect cannot run for them`,
      { worker, connections: count },
    );
  }

  start(): Promise<void> {
    return this.standalone.start();
  }

  async stop(graceMs: number): Promise<void> {
    this.shared.stop.raise();
    for (let worker = 0; worker < this.bridge.pool.size; worker++) this.bridge.pool.post(worker, 'stopping');
    this.bridge.queues.stop();
    await Promise.all([this.server.stop({ graceMs }), this.standalone.stop(graceMs)]);
    this.bus.close();
  }
}

const noThreads: MakeStandalonePool = ({ service }) => {
  throw new Error(`Cannot run service '${service}': the program has no threads for standalone services`);
};
