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
  /** Set for a thread that runs one instance of a standalone service and nothing else. */
  readonly standalone?: StandaloneSeat;
}

export interface StandaloneSeat {
  readonly service: string;
  /** 0 .. instances - 1. */
  readonly index: number;
}
