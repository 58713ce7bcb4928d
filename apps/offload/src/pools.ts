import {
  createWorkerApp,
  type LappsPlan,
  type MakeStandalonePool,
  type ScriptFile,
  type WorkerAppData,
} from '@offload/script-bridge';
import {
  createInlinePool,
  createThreadPool,
  type Pool,
  type PoolHandlers,
  type WorkerAppFactory,
} from '@offload/script-runtime';
import type { Config } from './config.js';
import { ENGINES, type EngineName, type Language } from './engines.js';
import { pythonSettings } from './python-settings.js';
import { RUNTIME_LOADERS } from './runtimes.js';

/** Both the sources and what is built of them sit next to the built entry. */
const WORKER_ENTRY = new URL('../dist/worker-entry.js', import.meta.url);

/** `run` of a standalone service is meant to go on for ever. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** The pool that answers HAProxy and the reactive services: one worker's half of the bridge in each thread. */
export function makePool(config: Config, workers: number, plan: LappsPlan | undefined, handlers: PoolHandlers): Pool {
  const data = appData(config, plan);
  const timeouts = { timeoutMs: config.scriptTimeoutMs, loadTimeoutMs: config.loadTimeoutMs };
  if (config.inline) {
    const createApp: WorkerAppFactory = (port) => createWorkerApp(port, data, RUNTIME_LOADERS);
    return createInlinePool({ createApp, data, ...timeouts }, handlers);
  }
  return createThreadPool({ workers, entry: WORKER_ENTRY, data, ...timeouts }, handlers);
}

/**
 * A thread of its own for each instance of a standalone service, also where the other scripts run inline.
 *
 * @param runs false: the services are loaded, their `init` is called, and no more.
 */
export function standalonePools(config: Config, plan: LappsPlan, runs: boolean): MakeStandalonePool {
  return (standalone, handlers) => {
    const data: WorkerAppData = {
      ...appData(config, undefined),
      files: [],
      lapps: { ...plan.workerData, standalone },
    };
    const timeouts = { timeoutMs: NO_TIMEOUT_MS, loadTimeoutMs: config.loadTimeoutMs };
    const pool = createThreadPool({ workers: 1, entry: WORKER_ENTRY, data, ...timeouts }, handlers);
    // The one message such a thread gets tells it to run.
    return runs ? pool : Object.assign(pool, { send: () => 0 });
  };
}

function appData(config: Config, plan: LappsPlan | undefined): WorkerAppData {
  return {
    files: config.scripts.map(
      ({ file, engine }): ScriptFile => ({ path: file, ...(engine === undefined ? {} : { engine }) }),
    ),
    defaultEngines: defaultEngines(config),
    searchPath: config.lua.path,
    engineSettings: pythonSettings(config, process.env),
    environment: { ...process.env },
    ...(plan === undefined ? {} : { lapps: plan.workerData }),
  };
}

/** The engine for each extension: the one its language's section names. */
function defaultEngines(config: Config): Record<string, string> {
  const chosen: Record<Language, EngineName> = { lua: config.lua.engine, python: config.python.engine };
  return Object.fromEntries(
    Object.values(chosen).flatMap((name) => ENGINES[name].extensions.map((extension) => [extension, name])),
  );
}
