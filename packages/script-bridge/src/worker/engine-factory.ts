import { basename, dirname, extname, resolve } from 'node:path';
import type {
  EngineHost,
  ScriptEngine,
  ScriptFunction,
  ScriptRuntime,
  ScriptValue,
  WorkerPort,
} from '@offload/script-runtime';
import { BridgeError } from '../errors.js';
import type { ServiceSpec } from '../service-spec.js';
import { createLappsModules } from './modules/all.js';
import type { EngineIdentity, ModuleContext } from './modules/context.js';
import { createSpoaModule } from './spoa.js';

/** A script file to load; `engine` overrides the default for its extension. */
export interface ScriptFile {
  readonly path: string;
  readonly engine?: string;
}

/** How to get the runtime of an engine; imported only when a script needs it. */
export type RuntimeLoaders = Readonly<Record<string, () => Promise<ScriptRuntime>>>;

/** Which engine runs which file, and how. */
export interface EngineSettings {
  /** Engine by file extension, e.g. `{ '.lua': 'fengari' }`. */
  readonly defaultEngines: Readonly<Record<string, string>>;
  /** Settings by engine name, handed to it as they are. */
  readonly engineSettings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Folders searched by `require` after the script's own. */
  readonly searchPath?: readonly string[];
  /** What scripts see as the environment. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A handler of SPOE messages on its way into the registry. */
export type Register = (name: string, fn: ScriptFunction, engine: ScriptEngine) => void;

export interface EngineFactoryOptions {
  readonly port: WorkerPort;
  readonly settings: EngineSettings;
  readonly loaders: RuntimeLoaders;
  /** What the modules of every engine share. */
  readonly modules: Omit<ModuleContext, 'port' | 'host' | 'identity' | 'engine' | 'fault' | 'onDispose'>;
  readonly register: Register;
  readonly fault: (error: unknown, identity: EngineIdentity) => void;
}

/** An interpreter state with its modules defined. */
export interface MadeEngine {
  readonly engine: ScriptEngine;
  readonly host: EngineHost;
  /** Number of SPOE messages its scripts registered. */
  readonly registered: number;
  close(): Promise<void>;
}

/** The state of one instance of a service, and what its script returned. */
export interface LoadedService extends MadeEngine {
  readonly module: ScriptValue;
}

/** Makes interpreter states for one worker. */
export class EngineFactory {
  private readonly options: EngineFactoryOptions;
  private readonly warned = new Set<string>();

  constructor(options: EngineFactoryOptions) {
    this.options = options;
  }

  /**
   * Name of the engine for a file.
   * @throws BridgeError `BRIDGE_ERR_EXTENSION`
   */
  engineName({ path, engine }: ScriptFile): string {
    return engine ?? defaultEngine(path, this.options.settings.defaultEngines);
  }

  /** @throws BridgeError `BRIDGE_ERR_ENGINE` when the program has no such engine */
  async make(
    name: string,
    file: string,
    identity: EngineIdentity,
    searchPath: readonly string[] | undefined,
  ): Promise<MadeEngine> {
    const { loaders, port, settings, modules, register, fault } = this.options;
    const loader = loaders[name];
    if (loader === undefined) {
      const known = Object.keys(loaders).join(', ');
      throw new BridgeError('BRIDGE_ERR_ENGINE', `${file}: there is no engine '${name}'; known: ${known}`);
    }
    const runtime = await loader();
    const host = port.createEngineHost();
    const { environment } = settings;
    const engine = await runtime.createEngine(host, {
      searchPath,
      ...(environment === undefined ? {} : { environment }),
      settings: settings.engineSettings?.[name],
    });
    const disposers: (() => void)[] = [];
    let registered = 0;
    const context: ModuleContext = {
      ...modules,
      port,
      host,
      identity,
      engine: () => engine,
      fault: (error) => fault(error, identity),
      onDispose: (dispose) => disposers.push(dispose),
    };
    engine.define(
      createSpoaModule({
        host,
        register: (message, fn) => {
          register(message, fn, engine);
          registered++;
        },
        warn: (text) => this.warn(text),
      }),
    );
    for (const module of createLappsModules(context)) engine.define(module);
    return {
      engine,
      host,
      get registered() {
        return registered;
      },
      close: async () => {
        for (const dispose of disposers) dispose();
        await engine.close();
      },
    };
  }

  /**
   * A state of its own for one instance of a service, its module loaded by `require` and set as the global of the
   * service's name (`lapps.md 3.9`, `4.1`).
   */
  async makeService(spec: ServiceSpec, index: number): Promise<LoadedService> {
    const path = resolve(spec.file);
    const searchPath = [dirname(path), ...(spec.searchPath ?? []), ...(this.options.settings.searchPath ?? [])];
    const name = this.engineName({ path, engine: spec.engine });
    const made = await this.make(name, path, { name: spec.name, index }, searchPath);
    try {
      const module = await made.engine.require(basename(path, extname(path)));
      made.engine.setGlobal(spec.name, module);
      return Object.assign(made, { module });
    } catch (error) {
      await made.close();
      throw error;
    }
  }

  /** Once per text: a value that goes wrong does so on every request. */
  private warn(text: string): void {
    if (this.warned.size > 1000 || this.warned.has(text)) return;
    this.warned.add(text);
    this.options.port.log('warn', text);
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
