import type { WorkerPort } from '@offload/script-runtime';
import { RecordKind, readUint32 } from '../../records.js';
import type { PlannedInstance, PlannedService, ServiceSpec } from '../../service-spec.js';
import type { SharedState } from '../../shared/shared-state.js';
import type { EngineFactory, LoadedService, MadeEngine } from '../engine-factory.js';
import { CborReader } from '../json/cbor-reader.js';
import type { Outbound } from '../outbound.js';
import type { PendingCalls } from '../pending-calls.js';
import type { RecordSink } from '../record-sink.js';
import { runFirst } from './run-to-end.js';
import { ServiceConnection } from './service-connection.js';
import { REACTIVE, serviceFunctions } from './service-functions.js';
import { type InstanceHost, ServiceInstance } from './service-instance.js';

const NO_BYTES = new Uint8Array(0);

/** What the reactive services of one worker need. */
export interface ServiceHostOptions {
  readonly port: WorkerPort;
  /** Takes the ends of tasks. */
  readonly sink: RecordSink;
  readonly shared: SharedState;
  readonly outbound: Outbound;
  readonly factory: EngineFactory;
  readonly pending: PendingCalls;
  /** A worker that hosts no instance of a service loads it all the same, for the SPOE messages it may register. */
  readonly spoe: boolean;
  /** The file that loads from now on, '' for none. */
  readonly loads: (file: string) => void;
}

/** The reactive services of one worker: its share of the instances, and their connections by slot. */
export class ServiceHost implements InstanceHost {
  readonly outbound: Outbound;
  readonly connections: SharedState['connections'];
  readonly reader = new CborReader();
  readonly pending: PendingCalls;
  private readonly options: ServiceHostOptions;
  private readonly instances = new Map<number, ServiceInstance>();
  private readonly bySlot: (ServiceConnection | undefined)[] = [];
  private readonly engines: MadeEngine[] = [];

  constructor(options: ServiceHostOptions) {
    this.options = options;
    this.outbound = options.outbound;
    this.connections = options.shared.connections;
    this.pending = options.pending;
  }

  /** Starts this worker's share, service by service in the order of the plan, each after those it depends on. */
  async start(services: readonly PlannedService[]): Promise<void> {
    const { port } = this.options;
    for (const service of services) {
      if (service.spec.standalone === true) continue;
      const own = service.instances.filter(({ worker }) => worker === port.worker);
      if (own.length > 0 && service.depends.length > 0) {
        port.step(dependenciesStep(service));
        await port.call({ type: 'service.await', services: service.depends });
      }
      for (const instance of own) await this.startInstance(service, instance);
      if (own.length === 0 && this.options.spoe) await this.loadForMessages(service);
    }
  }

  private async startInstance({ spec }: PlannedService, { number, index }: PlannedInstance): Promise<void> {
    const made = await this.load(spec, index);
    const functions = serviceFunctions(spec.name, made.module, REACTIVE, made.engine.language);
    this.engines.push(made);
    const { port } = this.options;
    const subject = port.name({ what: `service '${spec.name}'`, script: spec.file });
    const options = {
      name: spec.name,
      index,
      protocol: spec.protocol ?? 'raw',
      maxMessageBytes: spec.maxMessageBytes,
      engine: made.engine,
      engineHost: made.host,
      subject,
      functions,
    };
    this.instances.set(number, new ServiceInstance(options, this));
    port.step(`service '${spec.name}' (${spec.file}) to start`);
    await runFirst(made.engine, functions.onStart, subject);
    await port.call({ type: 'service.started', service: spec.name, instance: index });
  }

  /** NOTIFYs come to any worker: a service that registers SPOE messages must be there in each. */
  private async loadForMessages({ spec }: PlannedService): Promise<void> {
    const made = await this.load(spec, 0);
    if (made.registered > 0) this.engines.push(made);
    else await made.close();
  }

  private async load(spec: ServiceSpec, index: number): Promise<LoadedService> {
    this.options.loads(spec.file);
    this.options.port.step(`service '${spec.name}' (${spec.file}) to load`);
    const made = await this.options.factory.makeService(spec, index);
    this.options.loads('');
    return made;
  }

  /** One record for a service. Returns false when it is none. */
  handle(kind: number, id: number, bytes: Uint8Array, at: number, end: number): boolean {
    switch (kind) {
      case RecordKind.WsBinary:
      case RecordKind.WsText: {
        const connection = this.bySlot[id];
        connection?.instance.receive(connection, kind === RecordKind.WsBinary, bytes, at, end);
        return true;
      }
      case RecordKind.WsOpen:
        this.opened(id, readUint32(bytes, at), readUint32(bytes, at + 4));
        return true;
      case RecordKind.WsClosing:
        this.closing(id, readUint32(bytes, at));
        return true;
      case RecordKind.WsDisconnect:
        this.gone(id, readUint32(bytes, at));
        return true;
      default:
        return false;
    }
  }

  private opened(slot: number, generation: number, number: number): void {
    const instance = this.instances.get(number);
    if (instance === undefined) throw new Error(`Cannot open connection: instance ${number} is not in this worker`);
    while (this.bySlot.length <= slot) this.bySlot.push(undefined);
    this.bySlot[slot] = new ServiceConnection(this.connections.idOf(slot, generation), instance);
  }

  private closing(task: number, slot: number): void {
    const connection = this.bySlot[slot];
    if (connection?.call === undefined) this.answered(task);
    else connection.closingTask = task;
  }

  answered(task: number): void {
    this.options.sink.reply(task, RecordKind.WsAnswered, NO_BYTES, 0, 0);
  }

  private gone(task: number, slot: number): void {
    const connection = this.bySlot[slot];
    if (connection === undefined) {
      this.options.sink.reply(task, RecordKind.WsDisconnected, NO_BYTES, 0, 0);
      return;
    }
    connection.disconnectTask = task;
    connection.instance.disconnect(connection);
  }

  disconnected(connection: ServiceConnection): void {
    const slot = this.connections.slotOf(connection.id);
    this.bySlot[slot] = undefined;
    this.options.sink.reply(-connection.disconnectTask, RecordKind.WsDisconnected, NO_BYTES, 0, 0);
  }

  /** A script closed this connection itself. */
  noteClosing(id: number): void {
    const connection = this.bySlot[this.connections.slotOf(id)];
    if (connection?.id === id) connection.closing = true;
  }

  flush(): void {
    for (const { engine } of this.engines) engine.flush();
  }

  /** Calls `onShutdown` of every instance, then closes all engines. A fault is logged, none stops the others. */
  async stop(): Promise<void> {
    for (const instance of this.instances.values()) await instance.shutdown();
    for (const made of this.engines) await made.close();
  }
}

/** What a start waits for that waits for other services, wherever they live. */
export function dependenciesStep({ spec, depends }: PlannedService): string {
  const names = depends.map((name) => `'${name}'`).join(', ');
  return `${names} to start, which service '${spec.name}' depends on`;
}
