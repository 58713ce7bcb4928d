import { type AclJson, readAcl } from './acl-json.js';
import { ineffective, JsonFile, type KeyUse, read } from './json-file.js';

/** What `ws.json` says that has an effect here; a missing key is `undefined` and leaves the default. */
export interface WsJson {
  readonly ip?: string;
  readonly port?: number;
  readonly maxConnections?: number;
  readonly autoFragment?: boolean;
  readonly acl?: AclJson;
  readonly tls?: boolean;
  /** 3: TLS 1.2 only, 4: TLS 1.3 only (lapps.md 5.1). */
  readonly tlsServerVersion?: number;
  readonly tlsClientVersion?: number;
  readonly certificates?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Size limit of the first generation's file, for services that set none. */
  readonly maxMessageBytes?: number;
  readonly notes: readonly string[];
}

const ONE_THREAD = 'one thread serves all sockets';

const TOP: Readonly<Record<string, KeyUse>> = {
  listeners: ineffective('integer', ONE_THREAD),
  connection_weight: ineffective('number', 'connections go round robin'),
  ip: read('string'),
  port: read('integer'),
  lapps_config_auto_save: ineffective('boolean', 'configuration files are never rewritten'),
  workers: read('object'),
  cinq_depth: ineffective('integer', 'removed in LAppS 0.8'),
  acl: read('object'),
  tls: read('boolean'),
  tls_server_version: read('integer'),
  tls_client_version: read('integer'),
  tls_certificates: read('object'),
  auto_fragment: ineffective('boolean', 'messages go out in one frame, as clients must accept'),
  max_inbound_message_size: read('integer'),
};

const WORKERS: Readonly<Record<string, KeyUse>> = {
  workers: ineffective('integer', ONE_THREAD),
  max_connections: read('integer'),
  auto_fragment: ineffective('boolean', 'messages go out in one frame, as clients must accept'),
  max_poll_events: ineffective('integer', ONE_THREAD),
  max_poll_wait_ms: ineffective('integer', ONE_THREAD),
  max_inbounds_skip: ineffective('integer', ONE_THREAD),
  input_buffer_size: ineffective('integer', ONE_THREAD),
  preads: ineffective('integer', 'removed in LAppS 0.8'),
};

const NO_TLS = 'without effect: tls is false';

const CERTIFICATES: Readonly<Record<string, KeyUse>> = {
  ca: read('string'),
  cert: read('string'),
  key: read('string'),
};

/**
 * Reads a `ws.json` of either generation (lapps.md 5.1).
 * @throws ConfigError with every fault and its place
 */
export function readWsJson(path: string): WsJson {
  const file = new JsonFile(path);
  const top = file.members(file.root, [], TOP);
  const workers = top.has('workers') ? file.members(top.get('workers'), ['workers'], WORKERS) : new Map();
  const certificates = top.has('tls_certificates')
    ? file.members(top.get('tls_certificates'), ['tls_certificates'], CERTIFICATES)
    : undefined;
  const number = (from: Map<string, unknown>, key: string, keys: readonly string[], least: number, most: number) => {
    const value = from.get(key) as number | undefined;
    if (value !== undefined && (value < least || value > most))
      file.fault(keys, `Expected ${least} to ${most}, got ${value}`);
    return value;
  };
  const version = (key: string): number | undefined => {
    const value = top.get(key) as number | undefined;
    if (value === undefined || value === 3 || value === 4) return value;
    file.note([key], `${value} stands for no version: TLS 1.3 is used, as LAppS does`);
    return 4;
  };
  if (top.get('tls') === false) {
    if (top.has('tls_server_version')) file.note(['tls_server_version'], NO_TLS);
    for (const key of ['cert', 'key']) if (certificates?.has(key)) file.note(['tls_certificates', key], NO_TLS);
  }
  const result = {
    ip: top.get('ip'),
    port: number(top, 'port', ['port'], 0, 65_535),
    maxConnections: number(workers, 'max_connections', ['workers', 'max_connections'], 1, 10_000_000),
    acl: top.has('acl') ? readAcl(file, top.get('acl'), ['acl']) : undefined,
    tls: top.get('tls'),
    tlsServerVersion: version('tls_server_version'),
    tlsClientVersion: version('tls_client_version'),
    certificates: certificates === undefined ? undefined : Object.fromEntries(certificates),
    maxMessageBytes: number(top, 'max_inbound_message_size', ['max_inbound_message_size'], 1, 2 ** 31 - 1),
  };
  file.check();
  return { ...(withoutUndefined(result) as Omit<WsJson, 'notes'>), notes: file.notes };
}

function withoutUndefined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
