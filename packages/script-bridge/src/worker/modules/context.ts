import type { EngineHost, ScriptEngine, WorkerPort } from '@offload/script-runtime';
import type { SharedState } from '../../shared/shared-state.js';
import type { CwsOptions } from '../cws/options.js';
import type { Outbound } from '../outbound.js';
import type { QueueWaits } from '../queue-waits.js';
import type { StopSignal } from '../stop-signal.js';

/** Who the scripts of one engine are. */
export interface EngineIdentity {
  /** Name of the service, or of the script's file. */
  readonly name: string;
  /** 0 .. n-1 within the service; 0 for plain scripts. */
  readonly index: number;
}

/** What the modules of one engine may use. Everything but `engine` and `identity` is the thread's. */
export interface ModuleContext {
  readonly port: WorkerPort;
  readonly host: EngineHost;
  readonly shared: SharedState;
  readonly outbound: Outbound;
  readonly stop: StopSignal;
  readonly waits: QueueWaits;
  readonly identity: EngineIdentity;
  readonly cws: CwsOptions;
  /** The engine the modules are defined in, for callbacks; there once its modules are. */
  readonly engine: () => ScriptEngine;
  /** A script closed this connection: what its client still sends is not looked at. */
  readonly closing: (id: number) => void;
  /** Logs a fault that ends no call of its own. */
  readonly fault: (error: unknown) => void;
  /** Called when the engine is closed. */
  readonly onDispose: (dispose: () => void) => void;
}
