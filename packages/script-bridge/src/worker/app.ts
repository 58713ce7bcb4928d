import { extname, resolve } from 'node:path';
import type { EngineHost, ScriptEngine, ScriptRuntime, WorkerApp, WorkerPort } from '@offload/script-runtime';
import { BridgeError } from '../errors.js';
import { RecordKind } from '../records.js';
import { MessageRegistry, type RegisteredMessage } from './message-registry.js';
import { NotifyDispatcher } from './notify-dispatcher.js';
import { PendingCalls } from './pending-calls.js';
import { createSpoaModule } from './spoa.js';

/** A script file to load; `engine` overrides the default for its extension. */
export interface ScriptFile {
  readonly path: string;
  readonly engine?: string;
}

/** Plain data every worker gets: what to load. */
export interface WorkerAppData {
  readonly files: readonly ScriptFile[];
  /** Engine by file extension, e.g. `{ '.lua': 'fengari' }`. */
  readonly defaultEngines: Readonly<Record<string, string>>;
  /** Settings by engine name, handed to it as they are. */
  readonly engineSettings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Folders searched by `require` after the script's own. */
  readonly searchPath?: readonly string[];
}

/** How to get the runtime of an engine; imported only when a script needs it. */
export type RuntimeLoaders = Readonly<Record<string, () => Promise<ScriptRuntime>>>;

/** What each worker's start resolves with. */
export interface StartReport {
  readonly messages: readonly RegisteredMessage[];
  readonly files: readonly { readonly path: string; readonly engine: string }[];
}

/** Makes the application of one worker: loads every script, serves every frontend. */
export function createWorkerApp(port: WorkerPort, data: WorkerAppData, loaders: RuntimeLoaders): WorkerApp {
  return new BridgeApp(port, data, loaders);
}

class BridgeApp implements WorkerApp {
  private readonly port: WorkerPort;
  private readonly data: WorkerAppData;
  private readonly loaders: RuntimeLoaders;
  private readonly registry = new MessageRegistry();
  private readonly engines = new Map<string, ScriptEngine>();
  private readonly notifies: NotifyDispatcher;
  private readonly warned = new Set<string>();
  private loading = '';

  constructor(port: WorkerPort, data: WorkerAppData, loaders: RuntimeLoaders) {
    this.port = port;
    this.data = data;
    this.loaders = loaders;
    this.notifies = new NotifyDispatcher(port, this.registry, new PendingCalls(port));
  }

  async start(): Promise<StartReport> {
    const files: { path: string; engine: string }[] = [];
    for (const file of this.data.files) {
      const engine = await this.engineFor(file);
      this.loading = file.path;
      await engine.load(resolve(file.path));
      files.push({ path: file.path, engine: engine.engine });
    }
    this.loading = '';
    return { messages: this.registry.list(), files };
  }

  private async engineFor(file: ScriptFile): Promise<ScriptEngine> {
    const name = file.engine ?? defaultEngine(file.path, this.data.defaultEngines);
    const present = this.engines.get(name);
    if (present !== undefined) return present;
    const loader = this.loaders[name];
    if (loader === undefined) {
      const known = Object.keys(this.loaders).join(', ');
      throw new BridgeError('BRIDGE_ERR_ENGINE', `${file.path}: there is no engine '${name}'; known: ${known}`);
    }
    const runtime = await loader();
    const host = this.port.createEngineHost();
    const engine = await runtime.createEngine(host, {
      searchPath: this.data.searchPath,
      settings: this.data.engineSettings?.[name],
    });
    this.defineModules(engine, host);
    this.engines.set(name, engine);
    return engine;
  }

  private defineModules(engine: ScriptEngine, host: EngineHost): void {
    engine.define(
      createSpoaModule({
        host,
        register: (name, fn) =>
          this.registry.add({ name, fn, engine, where: fn.where || this.loading, file: this.loading }),
        warn: (text) => {
          // Once per text: a value that goes wrong does so on every request.
          if (this.warned.size > 1000 || this.warned.has(text)) return;
          this.warned.add(text);
          this.port.log('warn', text);
        },
      }),
    );
  }

  handle(kind: number, id: number, bytes: Uint8Array, at: number, end: number): void {
    if (kind === RecordKind.Notify) this.notifies.handle(id, bytes, at, end);
    else throw new Error(`Cannot handle record: kind ${kind} is unknown`);
  }

  passEnd(): void {
    for (const engine of this.engines.values()) engine.flush();
  }

  async stop(): Promise<void> {
    for (const engine of this.engines.values()) await engine.close();
  }
}

/** The engine for a file by the longest extension that is known. */
function defaultEngine(path: string, engines: Readonly<Record<string, string>>): string {
  const lower = path.toLowerCase();
  const match = Object.keys(engines)
    .filter((extension) => lower.endsWith(extension))
    .sort((a, b) => b.length - a.length)[0];
  if (match === undefined) {
    const known = Object.keys(engines).join(', ');
    throw new BridgeError('BRIDGE_ERR_EXTENSION', `${path}: no language for '${extname(path)}'; known: ${known}`);
  }
  return engines[match];
}
