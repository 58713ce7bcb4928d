import type { Acl } from '@offload/lapps-server';

/** One service as a configuration describes it (`lapps.md 4` and `5.2`). Plain data: it is posted to the workers. */
export interface ServiceSpec {
  /** Its name; also the global variable that holds its module. */
  readonly name: string;
  /** The script: loaded by `require` of its base name, its folder searched first. */
  readonly file: string;
  /** Overrides the engine its extension stands for. */
  readonly engine?: string | undefined;
  /** `init` and `run` on a thread of its own, no connections. Default false: `onStart`, `onMessage`, .. */
  readonly standalone?: boolean | undefined;
  /** Reactive services: `raw` or `LAppS`. */
  readonly protocol?: 'raw' | 'LAppS' | undefined;
  /** Reactive services: path of the upgrade request, compared byte for byte. */
  readonly requestTarget?: string | undefined;
  /** Interpreter states, each with its share of the connections. Default 1. */
  readonly instances?: number | undefined;
  /** False: started only when another service depends on it. Default true. */
  readonly autoStart?: boolean | undefined;
  /** Services started before. Unknown names are warned of and left out. */
  readonly depends?: readonly string[] | undefined;
  /** Modules named by the configuration. All modules are always there: only looked at to warn of unknown ones. */
  readonly preload?: readonly string[] | undefined;
  /** Folders searched by `require` after the service's own. */
  readonly searchPath?: readonly string[] | undefined;
  /** Longest message from a client, bytes; longer ones end the connection with 1009. Default: the server's. */
  readonly maxMessageBytes?: number | undefined;
  readonly acl?: Acl | undefined;
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined;
  readonly protoAlias?: string | undefined;
  readonly originAllowList?: readonly string[] | undefined;
  readonly perMessageDeflate?: boolean | undefined;
}

/** A service that will be started, and where its instances live. */
export interface PlannedService {
  readonly spec: ServiceSpec;
  readonly instances: readonly PlannedInstance[];
  /** Names of services that are started before, all of them known. */
  readonly depends: readonly string[];
}

export interface PlannedInstance {
  /** Unique over all services. */
  readonly number: number;
  /** 0 .. instances - 1 within the service. */
  readonly index: number;
  /** Worker of the pool; -1 for standalone services, which have threads of their own. */
  readonly worker: number;
}
