import { type Bridge, connectDirectSpop, connectSpop } from '@offload/script-bridge';
import type { StopOptions } from '@offload/spop-agent';
import { parseUnixMode } from './config/unix-mode.js';
import type { Config } from './config.js';
import type { SocketAddress } from './listen-address.js';
import { listenAll } from './listen-all.js';
import type { Logger } from './logger.js';
import { SpopLog } from './spop-log.js';

/** The SPOE agent of the program, wherever it reads its sockets. */
export interface SpopFrontend {
  /** Opens the configured addresses. @throws OffloadError `OFFLOAD_ERR_LISTEN` */
  listen(): Promise<SocketAddress[]>;
  stop(options: StopOptions): Promise<void>;
}

/**
 * The SPOE agent in front of the pool; where that is direct one in each worker. Unix sockets are always read here: they
 * cannot be shared between threads.
 */
export function createSpop(config: Config, isDirect: boolean, bridge: Bridge, logger: Logger): SpopFrontend {
  const { listen, unixMode, capabilities, limits } = config.spop;
  const mode = parseUnixMode(unixMode);
  const log = new SpopLog(logger);
  const agent = connectSpop(bridge, { capabilities, limits, onEvent: (event) => log.write(event) });
  const direct = isDirect
    ? connectDirectSpop(bridge, {
        capabilities,
        limits,
        onEvent: (event, worker) => log.write(event, worker),
      })
    : undefined;
  return {
    listen: () =>
      listenAll(listen, (address) =>
        'path' in address
          ? agent.listen({ ...address, ...(mode === undefined ? {} : { mode }) })
          : (direct ?? agent).listen(address),
      ),
    stop: async (options) => {
      await Promise.all([agent.stop(options), direct?.stop(options)]);
    },
  };
}
