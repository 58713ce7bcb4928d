import { planServices } from '../service-plan.js';
import type { PlannedService, ServiceSpec } from '../service-spec.js';
import { createSharedMemory } from '../shared/shared-state.js';
import type { CwsOptions } from '../worker/cws/options.js';
import type { DirectWsData, LappsWorkerData } from '../worker/worker-data.js';

/** What the LAppS half is made from. */
export interface LappsPlanOptions {
  readonly services: readonly ServiceSpec[];
  /** Threads of the pool. */
  readonly workers: number;
  /** Connections at one time; the server's limit. Default 10 000. */
  readonly maxConnections?: number;
  /** Broadcast ids there may be. Default 65 536. */
  readonly maxBroadcasts?: number;
  /** How long a handler may wait for what it asked for (a queue, a sleep), ms. Default 30 000. */
  readonly waitTimeoutMs?: number;
  /** False when no SPOE agent feeds the pool: workers then load only the services they host. Default true. */
  readonly spoe?: boolean;
  readonly cws?: CwsOptions;
  /** For `connectDirectLapps`: the worker is to read the sockets itself, with these options of its server. */
  readonly direct?: DirectServerOptions | undefined;
}

/** Options of a WebSocket server in a worker: those that can cross threads. */
export interface DirectServerOptions
  extends Omit<DirectWsData, 'maxConnections' | 'maxBroadcasts' | 'reportConnections'> {
  /** Whether `opened` and `closed` events are told, too. Default true. */
  readonly reportConnections?: boolean;
}

/** Decided before the pool is made: its workers are given `workerData` as `WorkerAppData.lapps`. */
export interface LappsPlan {
  readonly services: readonly PlannedService[];
  /** What was ignored in the services' specifications, for the log. */
  readonly warnings: readonly string[];
  readonly maxConnections: number;
  readonly maxBroadcasts: number;
  readonly workerData: LappsWorkerData;
}

/** @throws BridgeError `BRIDGE_ERR_SERVICE`, `BRIDGE_ERR_DEPENDS` */
export function planLapps(options: LappsPlanOptions): LappsPlan {
  const {
    maxConnections = 10_000,
    maxBroadcasts = 65_536,
    waitTimeoutMs = 30_000,
    spoe = true,
    cws = {},
    direct,
  } = options;
  const { services, warnings } = planServices(options.services, options.workers);
  const shared = createSharedMemory(maxConnections, maxBroadcasts);
  const workerData: LappsWorkerData = {
    services,
    shared,
    waitTimeoutMs,
    spoe,
    cws,
    ...(direct === undefined ? {} : { direct: { reportConnections: true, ...direct, maxConnections, maxBroadcasts } }),
  };
  return { services, warnings, maxConnections, maxBroadcasts, workerData };
}
