import { setTimeout as delay } from 'node:timers/promises';
import { type Bridge, createBridge, type LappsDoor, type LappsPlan, type Log, planLapps } from '@offload/script-bridge';
import type { Config } from './config.js';
import { planWs, type WsPlan } from './lapps/plan.js';
import { type Layout, layOut } from './layout.js';
import { type LoadedScripts, loadedServices, scriptError, startScripts } from './loaded-scripts.js';
import type { Logger } from './logger.js';
import { openFilesNeeded, openFilesWarning } from './open-files.js';
import { makePool } from './pools.js';
import { withQuickStart } from './quick-start.js';
import type { LoadedService, Running } from './ready-text.js';
import { createSpop } from './spop-frontend.js';
import { createWs, openWs } from './ws-frontend.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What services that run already get to end in, when the start fails after all. */
const FAILED_START_GRACE_MS = 1000;

/** The program built from one configuration, not yet running. */
export interface House {
  /**
   * Loads the scripts in every worker, then opens the doors.
   *
   * @throws OffloadError `OFFLOAD_ERR_SCRIPT`, `OFFLOAD_ERR_LISTEN`; everything is stopped again then.
   */
  start(): Promise<Running>;
  /** Closes the doors, waits for open work at most `stopTimeoutMs`, ends the workers. */
  stop(): Promise<void>;
}

/**
 * The map of the house: which part is made of what and who talks to whom.
 *
 * ```
 * HAProxy == spop-agent ---\
 *                           bridge -- pool == workers: scripts, services
 * browser == lapps-server -/             \- a thread for each standalone service
 * ```
 *
 * Where that is direct (`layout.ts`) the workers have sockets of their own:
 * ```
 * HAProxy == \
 *             workers: spop-agent, lapps-server, scripts, services
 * browser == /
 * ```
 *
 * @param env where LAPPS_HOME and its like are looked up.
 * @throws ConfigError, OffloadError `OFFLOAD_ERR_CONFIG`
 */
export function compose(config: Config, logger: Logger, env: Environment = process.env): House {
  const { bridge, layout, web } = assemble(config, logger, env);
  const fewFiles = openFilesWarning(openFilesNeeded(config, web?.ws));
  if (fewFiles !== undefined) logger.warn(fewFiles);
  const spop = config.spop.enabled ? createSpop(config, layout.direct.spop, bridge, logger) : undefined;
  let stopping = false;
  return {
    async start() {
      try {
        const loaded = await startScripts(bridge, web?.lapps);
        return {
          ...loaded,
          workers: config.inline ? 0 : bridge.pool.size,
          direct: layout.direct.spop,
          spop: spop === undefined ? [] : await spop.listen(),
          ...(web === undefined ? {} : { ws: await openWs(config, web.ws, web.lapps, web.plan) }),
        };
      } catch (error) {
        // Doors that are closed stay closed: that is no failure to clean up behind.
        if (stopping) throw error;
        // Standalone services run already: they get the time to see that they must stop.
        await Promise.all([spop?.stop({ graceMs: 1 }), web?.lapps.stop(FAILED_START_GRACE_MS)]);
        await bridge.pool.stop(0);
        throw error;
      }
    },
    async stop() {
      stopping = true;
      const {
        stopTimeoutMs: graceMs,
        spop: { drainMs },
      } = config;
      const stopWs = async (): Promise<void> => {
        // Those who ask the agent while it drains may need the services.
        if (spop !== undefined && drainMs > 0) await delay(drainMs);
        await web?.lapps.stop(graceMs);
      };
      await Promise.all([spop?.stop({ graceMs, drainMs }), stopWs()]);
      await bridge.pool.stop(graceMs);
    },
  };
}

/** The scripts, the services and what they registered. */
export interface CheckedScripts extends LoadedScripts {
  readonly services: readonly LoadedService[];
}

/** Loads the scripts in this thread, starts the services, serves nobody, runs nothing, and ends them again. */
export async function loadScripts(config: Config, logger: Logger, env: Environment): Promise<CheckedScripts> {
  const { bridge, web } = assemble({ ...config, inline: true }, logger, env, { runs: false });
  try {
    return { ...(await startScripts(bridge, web?.lapps)), services: loadedServices(web?.plan) };
  } finally {
    await web?.lapps.stop(1000);
    await bridge.pool.stop(0);
  }
}

/** What is there whoever asks: the pool and, for WebSockets, the services with their server. */
interface Parts {
  readonly bridge: Bridge;
  readonly layout: Layout;
  readonly web?: { readonly ws: WsPlan; readonly plan: LappsPlan; readonly lapps: LappsDoor };
}

function assemble(config: Config, logger: Logger, env: Environment, { runs = true } = {}): Parts {
  const log = logTo(logger);
  const ws = config.ws.enabled ? planWs(config.ws, env) : undefined;
  const effective = withQuickStart(config, ws);
  const layout = layOut(effective, ws);
  const { workers, direct } = layout;
  const makeBridge = (plan?: LappsPlan): Bridge =>
    createBridge((handlers) => makePool(effective, workers, plan, handlers), log);
  if (ws === undefined) return { bridge: makeBridge(), layout };
  try {
    const plan = planLapps({
      services: ws.services,
      workers,
      direct: direct.ws ? { ...ws.server, reportConnections: logger.isLevelEnabled('debug') } : undefined,
      maxConnections: ws.server.limits?.maxConnections,
      spoe: config.spop.enabled,
      cws: ws.client,
    });
    for (const note of [...ws.notes, ...plan.warnings]) logger.warn(note);
    // Scripts read it with os.getenv; threads get a copy of this environment.
    if (ws.appsDir !== undefined) process.env.LAPPS_APPS_DIR = ws.appsDir;
    const bridge = makeBridge(plan);
    return {
      bridge,
      layout,
      web: { ws, plan, lapps: createWs({ config: effective, ws, plan, bridge, logger, runs }) },
    };
  } catch (error) {
    throw scriptError(error);
  }
}

/** The bridge's log lines as the logger's. */
function logTo(logger: Logger): Log {
  return (level, message, fields) => {
    if (fields === undefined) logger[level](message);
    else logger[level](fields, message);
  };
}
