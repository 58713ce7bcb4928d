import { statSync } from 'node:fs';
import { LappsServerError } from '@offload/lapps-server';
import { type Bridge, connectDirectLapps, connectLapps, type LappsDoor, type LappsPlan } from '@offload/script-bridge';
import { parseUnixMode } from './config/unix-mode.js';
import type { Config } from './config.js';
import { ConfigError, OffloadError } from './errors.js';
import type { WsPlan } from './lapps/plan.js';
import { LineQuota } from './line-quota.js';
import { formatSocketAddress, type SocketAddress } from './listen-address.js';
import { listenAll } from './listen-all.js';
import { loadedServices } from './loaded-scripts.js';
import type { Logger } from './logger.js';
import { standalonePools } from './pools.js';
import type { RunningWs } from './ready-text.js';
import { createStaticFiles } from './static-files.js';
import { WsLog } from './ws-log.js';

/** What a server is made from. */
export interface WsParts {
  readonly config: Config;
  readonly ws: WsPlan;
  readonly plan: LappsPlan;
  readonly bridge: Bridge;
  readonly logger: Logger;
  /** False: standalone services are loaded and not run. */
  readonly runs: boolean;
}

/** The WebSocket server in front of the pool or, as the plan says, in its worker; with its standalone services. */
export function createWs({ config, ws, plan, bridge, logger, runs }: WsParts): LappsDoor {
  const log = new WsLog(logger);
  try {
    const makeStandalonePool = standalonePools(config, plan, runs);
    if (plan.workerData.direct !== undefined) {
      return connectDirectLapps(bridge, plan, { onEvent: (event) => log.write(event), makeStandalonePool });
    }
    return connectLapps(bridge, plan, {
      ...ws.server,
      onEvent: (event) => log.write(event),
      makeStandalonePool,
      ...(config.ws.static === undefined ? {} : { onRequest: staticFiles(config.ws.static, logger) }),
    });
  } catch (error) {
    if (!(error instanceof LappsServerError)) throw error;
    throw new OffloadError('OFFLOAD_ERR_CONFIG', error.message, { cause: error });
  }
}

/** @throws ConfigError when it is no folder */
function staticFiles(folder: string, logger: Logger): ReturnType<typeof createStaticFiles> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new ConfigError([{ path: 'ws.static', keys: ['ws', 'static'], message: `There is no folder ${folder}` }]);
  }
  const quota = new LineQuota((_kind, more) => logger.error(`Files that cannot be served: ${more}`));
  return createStaticFiles(folder, (error) => {
    if (quota.mayWrite('file')) logger.error(`Cannot serve a file of ${folder}: ${(error as Error).message}`);
  });
}

/** Opens the doors. @throws OffloadError `OFFLOAD_ERR_LISTEN` */
export async function openWs(config: Config, ws: WsPlan, lapps: LappsDoor, plan: LappsPlan): Promise<RunningWs> {
  const mode = parseUnixMode(config.ws.unixMode);
  const listening = await listenAll(ws.listen, async (address): Promise<SocketAddress> => {
    const bound = await lapps.listen('path' in address ? { ...address, mode } : address).catch((error: Error) => {
      throw new Error(`Cannot listen on ${formatSocketAddress(address)}: ${error.message}`, { cause: error });
    });
    return typeof bound === 'string' ? { path: bound } : { host: bound.address, port: bound.port };
  });
  return {
    listening,
    tls: ws.server.tls !== undefined,
    demo: ws.demo,
    direct: plan.workerData.direct !== undefined,
    services: loadedServices(plan),
    ...(config.ws.static === undefined ? {} : { static: config.ws.static }),
  };
}
