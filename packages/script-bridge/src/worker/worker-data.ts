import type { ServerOptions } from '@offload/lapps-server';
import type { PlannedService } from '../service-spec.js';
import type { SharedMemory } from '../shared/shared-state.js';
import type { CwsOptions } from './cws/options.js';
import type { EngineSettings, ScriptFile } from './engine-factory.js';

/** Plain data every worker gets: what to load. */
export interface WorkerAppData extends EngineSettings {
  readonly files: readonly ScriptFile[];
  /** What the LAppS half needs (`planLapps`); absent when the program serves no WebSockets. */
  readonly lapps?: LappsWorkerData;
}

/** Plain data of the LAppS half. */
export interface LappsWorkerData {
  readonly services: readonly PlannedService[];
  readonly shared: SharedMemory;
  /** How long a handler of a service may wait for what it asked for, ms. */
  readonly waitTimeoutMs: number;
  /** SPOE messages may come to any worker. */
  readonly spoe: boolean;
  readonly cws: CwsOptions;
  /** Set where the one worker of the pool reads the sockets itself. */
  readonly direct?: DirectWsData;
  /** Set for a thread that runs one instance of a standalone service and nothing else. */
  readonly standalone?: StandaloneSeat;
}

/** The WebSocket server of a worker; all of it can cross threads. */
export interface DirectWsData extends Pick<ServerOptions, 'acl' | 'limits' | 'originAllowList' | 'tls'> {
  readonly maxConnections: number;
  readonly maxBroadcasts: number;
  /** False: that connections open and close is not told, which costs a message each. */
  readonly reportConnections: boolean;
}

export interface StandaloneSeat {
  readonly service: string;
  /** 0 .. instances - 1. */
  readonly index: number;
}
