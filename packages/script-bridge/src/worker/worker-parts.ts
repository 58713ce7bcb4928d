import { type ScriptEngine, type ScriptFunction, ScriptRuntimeError, type WorkerPort } from '@offload/script-runtime';
import { createSharedMemory, openSharedState, type SharedState } from '../shared/shared-state.js';
import { EngineFactory, type MadeEngine, type RuntimeLoaders, type ScriptFile } from './engine-factory.js';
import { MessageRegistry } from './message-registry.js';
import type { EngineIdentity } from './modules/context.js';
import { Outbound } from './outbound.js';
import { PendingCalls } from './pending-calls.js';
import { QueueWaits } from './queue-waits.js';
import { RecordOutlet } from './record-sink.js';
import { ServiceHost } from './services/service-host.js';
import { StopSignal } from './stop-signal.js';
import type { LappsWorkerData, WorkerAppData } from './worker-data.js';

/** Without a WebSocket frontend scripts still have their modules; nobody is connected then. */
const NO_LAPPS: Omit<LappsWorkerData, 'shared'> = { services: [], waitTimeoutMs: 30_000, spoe: true, cws: {} };

/** What the applications of all threads are made of. */
export class WorkerParts {
  readonly port: WorkerPort;
  readonly lapps: LappsWorkerData;
  readonly shared: SharedState;
  /** Where the records of services go: to the IO thread, unless the sockets are here. */
  readonly records: RecordOutlet;
  readonly registry = new MessageRegistry();
  readonly notifyWaits: PendingCalls;
  readonly stop: StopSignal;
  readonly factory: EngineFactory;
  readonly services: ServiceHost;
  /** The file that loads right now. */
  loading = '';
  private readonly outbound: Outbound;
  private readonly connected: boolean;
  /** One state per engine for all plain scripts. */
  private readonly engines = new Map<string, MadeEngine>();
  private readonly searchPath: readonly string[] | undefined;

  constructor(port: WorkerPort, data: WorkerAppData, loaders: RuntimeLoaders) {
    this.port = port;
    this.connected = data.lapps !== undefined;
    this.lapps = data.lapps ?? { ...NO_LAPPS, shared: createSharedMemory(1, 1024) };
    this.searchPath = data.searchPath;
    const shared = openSharedState(this.lapps.shared);
    this.shared = shared;
    this.records = new RecordOutlet(port);
    const outbound = new Outbound(this.records, shared.connections, this.connected);
    this.outbound = outbound;
    this.stop = new StopSignal(shared.stop);
    this.notifyWaits = new PendingCalls(port);
    const modules = {
      shared,
      outbound,
      stop: this.stop,
      waits: new QueueWaits(port),
      cws: this.lapps.cws,
      closing: (id: number) => this.services.noteClosing(id),
    };
    const register = (name: string, fn: ScriptFunction, engine: ScriptEngine): void => {
      const { loading: file } = this;
      const where = fn.where || file;
      const subject = port.name({ what: `message '${name}'`, script: file, where });
      this.registry.add({ name, fn, engine, where, file, subject });
    };
    this.factory = new EngineFactory({
      port,
      settings: data,
      loaders,
      modules,
      register,
      fault: (error, identity) => this.report(error, identity),
    });
    const pending = new PendingCalls(port, this.lapps.waitTimeoutMs);
    const { factory } = this;
    this.services = new ServiceHost({
      port,
      sink: this.records,
      shared,
      outbound,
      factory,
      pending,
      spoe: this.lapps.spoe,
      loads: (file) => {
        this.loading = file;
      },
    });
  }

  /** The state all plain scripts of one engine share. */
  async sharedEngine(file: ScriptFile): Promise<MadeEngine> {
    const name = this.factory.engineName(file);
    const present = this.engines.get(name);
    if (present !== undefined) return present;
    this.port.step(`engine ${name} of ${file.path}`);
    const made = await this.factory.make(name, file.path, { name: file.path, index: 0 }, this.searchPath);
    this.engines.set(name, made);
    return made;
  }

  /** End of a pass: engines that batch calls run them now. */
  flush(): void {
    for (const { engine } of this.engines.values()) engine.flush();
    this.services.flush();
  }

  /** Logs a fault that ended no message. */
  report(error: unknown, { name, index }: EngineIdentity): void {
    const { code, message, language, script, line, traceback } = ScriptRuntimeError.dataOf(error);
    const fault = { code, message, language, script, line, traceback };
    if (this.connected) this.outbound.fault({ ...fault, service: name, instance: index });
    else this.port.log('error', message, fault);
  }

  async close(): Promise<void> {
    for (const made of this.engines.values()) await made.close();
  }
}
