import { type ListenAddress, type ListenOptions, SpopAgentError, type StopOptions } from '@offload/spop-agent';
import type { DirectAgentOptions, ReportedAgentEvent } from '../direct-messages.js';
import { DirectDoor } from './direct-door.js';
import type { Bridge } from './frontend.js';

/** Options of {@link connectDirectSpop}. */
export interface DirectSpopOptions extends DirectAgentOptions {
  readonly onEvent?: (event: ReportedAgentEvent, worker: number) => void;
}

/** SPOP agents in the workers, one each, on the same addresses. */
export interface DirectSpop {
  /**
   * Listens in every worker. To be called after the pool's start, for TCP addresses only.
   * @throws SpopAgentError `SPOP_AGENT_ERR_LISTEN`
   */
  listen(at: Extract<ListenOptions, { port: number }>): Promise<ListenAddress>;
  /** Stops every agent as `Agent.stop` does. Never rejects. */
  stop(options?: StopOptions): Promise<void>;
}

/**
 * Lets every worker accept HAProxy's connections by itself and answer on the thread that reads them: no hop between
 * threads, which costs more than most handlers. The price: a script that cannot be interrupted costs its worker's
 * connections, where {@link connectSpop} loses only what the worker held. With several workers the system spreads the
 * connections (see {@link canShareAddresses}).
 */
export function connectDirectSpop(bridge: Bridge, options: DirectSpopOptions = {}): DirectSpop {
  const { onEvent, capabilities, limits } = options;
  const door = new DirectDoor<ReportedAgentEvent>(bridge, {
    door: 'spop',
    isLazy: true,
    options: { capabilities, limits } satisfies DirectAgentOptions,
    onEvent,
    listenError: (message, cause) => new SpopAgentError('SPOP_AGENT_ERR_LISTEN', message, cause),
  });
  return { listen: (at) => door.listen(at), stop: (stopOptions = {}) => door.stop(stopOptions) };
}
