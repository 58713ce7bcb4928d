import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInlinePool, createThreadPool, type PoolHandlers } from '@offload/script-runtime';
import { onTestFinished } from 'vitest';
import {
  type Bridge,
  connectDirectLapps,
  connectLapps,
  createBridge,
  createWorkerApp,
  type DirectLappsOptions,
  type LappsDoor,
  type LappsFrontend,
  type LappsOptions,
  type LappsPlanOptions,
  type MakeStandalonePool,
  planLapps,
  type ScriptFile,
  type ServiceSpec,
  type WorkerAppData,
} from '../../src/index.js';
import { ENGINE, LOADERS } from './engine.js';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A whole program in this process: server, pool, scripts. */
export interface House {
  readonly url: string;
  readonly bridge: Bridge;
  readonly lapps: LappsDoor;
  /** The same where the sockets are in this thread. */
  readonly frontend: LappsFrontend;
  readonly log: LogLine[];
  /** What scripts printed. */
  printed(): string[];
  stop(): Promise<void>;
}

interface Source {
  readonly source?: string;
  /** Default `.lua`. */
  readonly extension?: string;
}

export interface HouseOptions {
  /** Scripts of services by name, as text or as a path of an existing file. */
  readonly services: Readonly<Record<string, Partial<ServiceSpec> & Source>>;
  /** Plain scripts, by name. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** 0: scripts run in this thread. */
  readonly workers?: number;
  /** The sockets are in the one worker there is. */
  readonly direct?: boolean;
  readonly plan?: Partial<LappsPlanOptions>;
  readonly server?: LappsOptions;
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** It outlives the test; whoever starts it stops it. */
  readonly keep?: boolean;
}

const ENTRY = new URL('./worker-entry.mjs', import.meta.url);
const FOREVER_MS = 2 ** 31 - 1;
/** Runs every house this way, to try one that is not tested so by itself. */
const DIRECT = process.env.OFFLOAD_TEST_DIRECT === '1';

/** Starts a house; it is stopped when the test ends. */
export async function startHouse(options: HouseOptions): Promise<House> {
  const { direct = DIRECT, timeoutMs = 1000 } = options;
  const workers = direct ? 1 : (options.workers ?? 0);
  const folder = mkdtempSync(join(tmpdir(), 'offload-lapps-'));
  const write = (name: string, source: string, extension = '.lua'): string => {
    const path = join(folder, name + extension);
    writeFileSync(path, source);
    return path;
  };
  const services = Object.entries(options.services).map(([name, { source, extension, ...spec }]): ServiceSpec => {
    const file = spec.file ?? write(name, source ?? '', extension);
    return { name, protocol: 'raw', requestTarget: `/${name}`, ...spec, file };
  });
  const files = Object.entries(options.scripts ?? {}).map(([name, text]): ScriptFile => ({ path: write(name, text) }));
  const { makeStandalonePool, verifyLogin, onEvent, ...server } = options.server ?? {};
  const plan = planLapps({
    services,
    workers: Math.max(1, workers),
    ...options.plan,
    ...(direct ? { direct: server } : {}),
  });
  const data: WorkerAppData = {
    files,
    defaultEngines: { '.lua': ENGINE, '.py': 'cpython' },
    environment: options.environment ?? {},
    engineSettings: { pyodide: { cacheFolder: join(tmpdir(), `offload-tests-${userInfo().uid}`) } },
    lapps: plan.workerData,
  };
  const log: LogLine[] = [];
  const bridge = createBridge(
    (handlers) => makePool(workers, data, timeoutMs, handlers),
    (level, message, fields) => log.push({ level, message, fields }),
  );
  const threads: MakeStandalonePool = (seat, handlers) => {
    const lappsData = { ...plan.workerData, standalone: seat };
    return makePool(1, { ...data, files: [], lapps: lappsData }, FOREVER_MS, handlers);
  };
  const desk = { makeStandalonePool: makeStandalonePool ?? threads, verifyLogin };
  const lapps = direct
    ? connectDirectLapps(bridge, plan, { ...desk, onEvent: onEvent as DirectLappsOptions['onEvent'] })
    : connectLapps(bridge, plan, { ...desk, ...server, onEvent });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= lapps
      .stop(2000)
      .then(() => bridge.pool.stop(2000))
      .then(() => rmSync(folder, { recursive: true, force: true }));
    return stopped;
  };
  if (options.keep !== true) onTestFinished(stop);
  await Promise.all([bridge.pool.start(), lapps.start()]);
  const { port } = (await lapps.listen({ port: 0, host: '127.0.0.1' })) as AddressInfo;
  const printed = (): string[] => log.filter(({ level }) => level === 'info').map(({ message }) => message);
  return { url: `ws://127.0.0.1:${port}`, bridge, lapps, frontend: lapps as LappsFrontend, log, printed, stop };
}

function makePool(workers: number, data: WorkerAppData, timeoutMs: number, handlers: PoolHandlers) {
  if (workers > 0) return createThreadPool({ workers, entry: ENTRY, data, timeoutMs }, handlers);
  return createInlinePool({ createApp: (port) => createWorkerApp(port, data, LOADERS), data, timeoutMs }, handlers);
}
