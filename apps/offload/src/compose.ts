import { availableParallelism } from 'node:os';
import {
  type Bridge,
  connectSpop,
  createBridge,
  createWorkerApp,
  type Log,
  type StartReport,
  type WorkerAppData,
} from '@offload/script-bridge';
import { createInlinePool, createThreadPool, ScriptRuntimeError, type WorkerAppFactory } from '@offload/script-runtime';
import type { Agent } from '@offload/spop-agent';
import type { Config } from './config.js';
import { ENGINES, type EngineName, type Language } from './engines.js';
import { OffloadError } from './errors.js';
import { parseSocketAddress, type SocketAddress } from './listen-address.js';
import type { Logger } from './logger.js';
import type { LoadedMessage, Running } from './ready-text.js';
import { RUNTIME_LOADERS } from './runtimes.js';
import { logAgentEvent } from './spop-log.js';

/** Both the sources and what is built of them sit next to the built entry. */
const WORKER_ENTRY = new URL('../dist/worker-entry.js', import.meta.url);

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
 * HAProxy == spop-agent -- bridge -- pool == workers: scripts
 * ```
 */
export function compose(config: Config, logger: Logger): House {
  const bridge = createScripts(config, logger);
  const spop = config.spop.enabled ? createSpop(config, bridge, logger) : undefined;
  return {
    async start() {
      const loaded = await startScripts(bridge);
      try {
        const listening = spop === undefined ? [] : await listenAll(spop, config.spop.listen);
        return { ...loaded, spop: listening, workers: config.inline ? 0 : bridge.pool.size };
      } catch (error) {
        await spop?.stop({ graceMs: 1 });
        await bridge.pool.stop(0);
        throw error;
      }
    },
    async stop() {
      await spop?.stop({ graceMs: config.stopTimeoutMs, drainMs: config.spop.drainMs });
      await bridge.pool.stop(config.stopTimeoutMs);
    },
  };
}

/** The scripts and what they registered. */
export interface LoadedScripts {
  readonly scripts: readonly string[];
  readonly messages: readonly LoadedMessage[];
}

/** Loads the scripts in this thread, serves nobody, and ends them again. */
export async function loadScripts(config: Config, logger: Logger): Promise<LoadedScripts> {
  const bridge = createScripts({ ...config, inline: true }, logger);
  const report = await startScripts(bridge);
  await bridge.pool.stop(0);
  return report;
}

/** The pool with a worker's half of the bridge in each thread, and the IO thread's half. */
function createScripts(config: Config, logger: Logger): Bridge {
  const data: WorkerAppData = {
    files: config.scripts.map(({ file, engine }) => ({ path: file, ...(engine === undefined ? {} : { engine }) })),
    defaultEngines: defaultEngines(config),
    searchPath: config.lua.path,
  };
  const timeouts = { timeoutMs: config.scriptTimeoutMs, loadTimeoutMs: config.loadTimeoutMs };
  const workers = config.workers === 'auto' ? availableParallelism() : config.workers;
  const log = logTo(logger);
  if (config.inline) {
    const createApp: WorkerAppFactory = (port) => createWorkerApp(port, data, RUNTIME_LOADERS);
    return createBridge((handlers) => createInlinePool({ createApp, data, ...timeouts }, handlers), log);
  }
  return createBridge(
    (handlers) => createThreadPool({ workers, entry: WORKER_ENTRY, data, ...timeouts }, handlers),
    log,
  );
}

/** The engine for each extension: the one its language's section names. */
function defaultEngines(config: Config): Record<string, string> {
  const chosen: Record<Language, EngineName> = { lua: config.lua.engine };
  return Object.fromEntries(
    Object.values(chosen).flatMap((name) => ENGINES[name].extensions.map((extension) => [extension, name])),
  );
}

async function startScripts({ pool }: Bridge): Promise<LoadedScripts> {
  try {
    // Every worker loads the same files: one report speaks for all.
    const [report] = (await pool.start()) as readonly StartReport[];
    return { scripts: report?.files.map(({ path }) => path) ?? [], messages: report?.messages ?? [] };
  } catch (error) {
    if (!(error instanceof ScriptRuntimeError)) throw error;
    throw new OffloadError('OFFLOAD_ERR_SCRIPT', `Cannot load the scripts:\n${scriptFault(error)}`, { cause: error });
  }
}

/** A fault with file and line in front, where the message does not begin with them anyway. */
function scriptFault({ code, message, script, line, traceback }: ScriptRuntimeError): string {
  const place = script === undefined ? '' : line === undefined ? script : `${script}:${line}`;
  const head = place === '' || message.includes(place) ? message : `${place}: ${message}`;
  // What the host's own code threw has a traceback in the host's files, which helps nobody here.
  return code === 'SCRIPT_ERR_RUNTIME' && traceback !== undefined ? `${head}\n${traceback}` : head;
}

/** The bridge's log lines as the logger's. */
function logTo(logger: Logger): Log {
  return (level, message, fields) => {
    if (fields === undefined) logger[level](message);
    else logger[level](fields, message);
  };
}

/** The SPOE agent in front of the pool. */
function createSpop({ spop }: Config, bridge: Bridge, logger: Logger): Agent {
  return connectSpop(bridge, {
    capabilities: spop.capabilities,
    limits: spop.limits,
    onEvent: (event) => logAgentEvent(logger, event),
  });
}

/** Opens every address, in order; resolves with what was bound, the ports that were chosen included. */
async function listenAll(agent: Agent, addresses: readonly string[]): Promise<SocketAddress[]> {
  const bound: SocketAddress[] = [];
  for (const text of addresses) {
    const address = parseSocketAddress(text);
    if (typeof address === 'string') throw new OffloadError('OFFLOAD_ERR_LISTEN', address);
    try {
      bound.push(await agent.listen(address));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new OffloadError('OFFLOAD_ERR_LISTEN', message, { cause: error });
    }
  }
  return bound;
}
