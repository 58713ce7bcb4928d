import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_SERVER_LIMITS, type ServerLimits, type ServerOptions } from '@offload/lapps-server';
import type { ServiceSpec } from '@offload/script-bridge';
import { DEFAULT_WS_LISTEN } from '../config/default-listen.js';
import type { WsConfig } from '../config/ws.js';
import { ConfigError, type ConfigFault } from '../errors.js';
import { DEMO_APPS, demoServices } from './demo.js';
import { type LappsJson, readLappsJson, type ServiceJson } from './lapps-json.js';
import { tlsOf } from './tls-files.js';
import { readWsJson, type WsJson } from './ws-json.js';

/** Everything the WebSocket frontend is made of, whatever file said it. */
export interface WsPlan {
  /** As `listen` of the configuration. */
  readonly listen: readonly string[];
  readonly server: Pick<ServerOptions, 'acl' | 'limits' | 'originAllowList' | 'tls'>;
  readonly services: readonly ServiceSpec[];
  /** LAPPS_APPS_DIR of the scripts, with a slash at its end. */
  readonly appsDir: string | undefined;
  /** Trust and version for the WebSocket client of scripts (lapps.md 3.7). */
  readonly client: { readonly ca?: string; readonly minVersion?: 'TLSv1.3'; readonly maxVersion?: 'TLSv1.2' };
  /** What is unknown, without effect or worth knowing; for the log. */
  readonly notes: readonly string[];
  /** True when nothing was configured and the demo is served. */
  readonly demo: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Puts the plan together from the native section and the files of LAppS (lapps.md 3.9, 5).
 * @throws ConfigError faults of the files, with their places; OffloadError for TLS without certificates
 */
export function planWs(config: WsConfig, env: Environment): WsPlan {
  const notes: string[] = [];
  const files = findFiles(config, env, notes);
  const ws: WsJson | undefined = files.ws === undefined ? undefined : readWsJson(files.ws);
  const lapps: LappsJson | undefined = files.lapps === undefined ? undefined : readLappsJson(files.lapps);
  notes.push(...(ws?.notes ?? []), ...(lapps?.notes ?? []));
  const ownDir = files.home === undefined ? undefined : join(files.home, lapps?.applications ?? 'apps');
  const paths = luaPath(env.LUA_PATH, notes);
  const limits = limitsOf(config, ws);
  const native = nativeServices(config);
  const needed = startedOf([...(lapps?.services ?? []), ...native]);
  const services = [...(lapps === undefined ? [] : lappsServices(lapps, files, ownDir, paths, needed)), ...native];
  const demo = services.length === 0 && files.lapps === undefined && files.home === undefined;
  const appsDir = demo ? fileURLToPath(DEMO_APPS) : ownDir;
  return {
    listen: config.listen ?? [ws === undefined ? DEFAULT_WS_LISTEN : listenOf(ws)],
    server: {
      acl: config.acl ?? ws?.acl,
      originAllowList: config.originAllowList,
      limits,
      tls: tlsOf(config, ws, files.ws, notes),
    },
    services: (demo ? demoServices() : services).map((service) => ({
      ...service,
      perMessageDeflate: service.perMessageDeflate ?? config.perMessageDeflate,
      maxMessageBytes: service.maxMessageBytes ?? limits.maxMessageBytes,
    })),
    appsDir: appsDir === undefined ? undefined : `${resolve(appsDir)}/`,
    client: clientOf(ws, notes),
    notes,
    demo,
  };
}

/** What ws.json says stands in for a default, never for what the configuration says itself. */
function limitsOf({ limits }: WsConfig, ws: WsJson | undefined): ServerLimits {
  const { maxConnections, maxMessageBytes } = DEFAULT_SERVER_LIMITS;
  return {
    ...limits,
    maxConnections: limits.maxConnections ?? ws?.maxConnections ?? maxConnections,
    maxMessageBytes: limits.maxMessageBytes ?? ws?.maxMessageBytes ?? maxMessageBytes,
  };
}

interface Files {
  readonly home: string | undefined;
  readonly ws: string | undefined;
  readonly lapps: string | undefined;
}

function findFiles(config: WsConfig, env: Environment, notes: string[]): Files {
  // An empty variable says nothing.
  const said = (name: string): string | undefined => env[name] || undefined;
  const home = config.lappsHome ?? said('LAPPS_HOME');
  if (config.lappsHome !== undefined && !existsSync(config.lappsHome)) {
    const keys = ['ws', 'lappsHome'];
    throw new ConfigError([{ path: 'ws.lappsHome', keys, message: `There is no folder ${config.lappsHome}` }]);
  }
  const folder = said('LAPPS_CONF_DIR') ?? (home === undefined ? undefined : join(home, 'etc', 'conf'));
  /** A file of the folder, by the name its variable gives; what is named and not there is said, `lack` always. */
  const inFolder = (variable: string, usual: string, lack?: string): string | undefined => {
    const name = said(variable);
    if (folder === undefined) {
      if (name !== undefined) notes.push(`${variable}: without effect: neither LAPPS_HOME nor LAPPS_CONF_DIR is set`);
      return undefined;
    }
    const path = join(folder, name ?? usual);
    if (existsSync(path)) return path;
    if (lack !== undefined) notes.push(`There is no ${path}: ${lack} ${home ?? folder}`);
    else if (name !== undefined) notes.push(`There is no ${path}: ${variable} is without effect`);
    return undefined;
  };
  const lapps = config.lappsConfig ?? inFolder('LAPPS_CONFIG', 'lapps.json', 'no services are read from');
  return {
    // A lapps.json alone says where its applications are: beside it, or where LAppS keeps it in its home.
    home: home ?? (lapps === undefined ? undefined : homeOf(lapps)),
    ws: config.wsConfig ?? inFolder('WS_CONFIG', 'ws.json'),
    lapps,
  };
}

function homeOf(lappsJson: string): string {
  const folder = dirname(resolve(lappsJson));
  return folder.endsWith(join('etc', 'conf')) ? dirname(dirname(folder)) : folder;
}

function listenOf({ ip = '127.0.0.1', port = 5083 }: WsJson): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function lappsServices(
  { services }: LappsJson,
  files: Files,
  appsDir: string | undefined,
  paths: readonly string[],
  needed: ReadonlySet<string>,
): ServiceSpec[] {
  const folder = appsDir ?? '.';
  // Every service sees the modules of every other one, in the order of their names (lapps.md 3.9).
  const shared = services.map(({ name }) => join(folder, name)).sort();
  const missing: ConfigFault[] = [];
  const specs = services.map((service): ServiceSpec => {
    const candidates = ['.lua', '.py', '.luac'].map((end) => join(folder, service.name, `${service.name}${end}`));
    const [first] = candidates as [string, ...string[]];
    const file = candidates.find((path) => existsSync(path));
    if (file === undefined && needed.has(service.name)) {
      const keys = ['services', service.name];
      missing.push({ path: keys.join('.'), keys, message: `There is no ${first}`, origin: files.lapps });
    }
    return { ...specOf(service), file: file ?? first, searchPath: [...paths, ...shared] };
  });
  if (missing.length > 0) throw new ConfigError(missing);
  return specs;
}

/** Those that will be started. LAppS looks for the application of no other: its own examples name ones that are not installed. */
function startedOf(services: readonly Pick<ServiceSpec, 'name' | 'autoStart' | 'depends'>[]): ReadonlySet<string> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const started = new Set<string>();
  const start = (name: string): void => {
    if (started.has(name)) return;
    started.add(name);
    for (const needed of byName.get(name)?.depends ?? []) start(needed);
  };
  for (const { name, autoStart } of services) if (autoStart !== false) start(name);
  return started;
}

function specOf({ preload: _preload, ...spec }: ServiceJson): Omit<ServiceSpec, 'file'> {
  return spec;
}

function nativeServices(config: WsConfig): ServiceSpec[] {
  return Object.entries(config.services).map(([name, service]) => ({ name, ...service }));
}

/** Folders of an inherited LUA_PATH: `/x/?.lua` is `/x`. Other patterns cannot be followed and are noted. */
function luaPath(text: string | undefined, notes: string[]): string[] {
  return (text ?? '').split(';').flatMap((pattern) => {
    if (pattern === '') return [];
    const folder = /^(.*)\/\?\.lua$/.exec(pattern)?.[1];
    if (folder !== undefined) return [folder === '' ? '/' : folder];
    notes.push(`LUA_PATH: ${pattern}: without effect, only FOLDER/?.lua is searched`);
    return [];
  });
}

function clientOf(ws: WsJson | undefined, notes: string[]): WsPlan['client'] {
  const ca = ws?.certificates?.ca;
  if (ca !== undefined && !existsSync(ca))
    notes.push(`tls_certificates.ca: there is no ${ca}: scripts trust the system's authorities`);
  return {
    ...(ca !== undefined && existsSync(ca) ? { ca: readFileSync(ca, 'utf8') } : {}),
    ...(ws?.tlsClientVersion === 3
      ? { maxVersion: 'TLSv1.2' }
      : ws?.tlsClientVersion === 4
        ? { minVersion: 'TLSv1.3' }
        : {}),
  };
}
