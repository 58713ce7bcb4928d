import { NO_CONNECTIONS } from '../config/ineffective-keys.js';
import { type AclJson, readAcl } from './acl-json.js';
import { ineffective, JsonFile, type KeyUse, read } from './json-file.js';

/** One service of `lapps.json`. */
export interface ServiceJson {
  readonly name: string;
  readonly standalone: boolean;
  readonly autoStart: boolean;
  readonly instances: number;
  readonly requestTarget?: string;
  readonly protocol?: 'raw' | 'LAppS';
  readonly maxMessageBytes?: number;
  readonly acl?: AclJson;
  readonly preload: readonly string[];
  readonly depends: readonly string[];
  readonly extraHeaders?: Readonly<Record<string, string>>;
  readonly protoAlias?: string;
}

/** What `lapps.json` says. */
export interface LappsJson {
  /** Folder of the applications, relative to LAPPS_HOME. */
  readonly applications: string;
  readonly services: readonly ServiceJson[];
  readonly notes: readonly string[];
}

const DIRECTORIES: Readonly<Record<string, KeyUse>> = {
  applications: read('string'),
  deploy: ineffective('string', 'archives are not deployed: put the folder of a service under `applications`'),
  tmp: ineffective('string', 'only the deployer of LAppS uses it'),
  app_conf_dir: ineffective('string', 'no version of LAppS uses it'),
  workdir: ineffective('string', 'no version of LAppS uses it'),
};

const SERVICE: Readonly<Record<string, KeyUse>> = {
  standalone: read('boolean'),
  internal: read('boolean'),
  auto_start: read('boolean'),
  instances: read('integer'),
  request_target: read('string'),
  protocol: read('string'),
  max_inbound_message_size: read('integer'),
  acl: read('object'),
  preload: read('array'),
  depends: read('array'),
  extra_headers: read('object'),
  proto_alias: read('string'),
  name: ineffective('string', 'the key of the service is its name'),
  workers: ineffective('integer', 'no version of LAppS reads it'),
  request_queue: ineffective('integer', 'no version of LAppS reads it'),
};

/** What only services with connections have. */
const REACTIVE_KEYS = ['request_target', 'protocol', 'max_inbound_message_size', 'acl', 'extra_headers', 'proto_alias'];

const MODULES = new Set(['nljson', 'ws', 'bcast', 'nap', 'time', 'pam_auth', 'murmur', 'mqr', 'cws']);

/**
 * Reads a `lapps.json` of either generation: services as one object, or as a list of one-key objects; `internal` is
 * `standalone` (lapps.md 5.2).
 * @throws ConfigError with every fault and its place
 */
export function readLappsJson(path: string): LappsJson {
  const file = new JsonFile(path);
  const top = file.members(file.root, [], { directories: read('object'), services: read('container') });
  const directories = top.has('directories')
    ? file.members(top.get('directories'), ['directories'], DIRECTORIES)
    : new Map();
  const listed = top.get('services') ?? {};
  const services = Array.isArray(listed) ? listServices(file, listed) : objectServices(file, listed);
  file.check();
  return { applications: (directories.get('applications') as string) ?? 'apps', services, notes: file.notes };
}

function objectServices(file: JsonFile, services: unknown): ServiceJson[] {
  return Object.entries(services as object).map(([name, value]) => readService(file, name, value, ['services', name]));
}

function listServices(file: JsonFile, services: readonly unknown[]): ServiceJson[] {
  return services.flatMap((entry, i) => {
    const pairs = typeof entry === 'object' && entry !== null ? Object.entries(entry) : [];
    if (pairs.length === 0) file.fault(['services', i], 'Expected an object with the name of a service as its key');
    return pairs.map(([name, value]) => readService(file, name, value, ['services', i, name]));
  });
}

function readService(file: JsonFile, name: string, value: unknown, keys: readonly PropertyKey[]): ServiceJson {
  const m = file.members(value, keys, SERVICE);
  const at = (key: string): PropertyKey[] => [...keys, key];
  const standalone = (m.get('standalone') ?? m.get('internal') ?? false) as boolean;
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name))
    file.fault(keys, 'The name of a service begins with a letter and holds letters, digits, _ . -');
  const protocol = m.get('protocol') as string | undefined;
  const requestTarget = m.get('request_target') as string | undefined;
  if (!standalone) {
    if (protocol !== 'raw' && protocol !== 'LAppS')
      file.fault(at('protocol'), `Expected "raw" or "LAppS", got ${JSON.stringify(protocol)}`);
    if (requestTarget === undefined) file.fault(at('request_target'), 'A service without `standalone` needs one');
    else if (!requestTarget.startsWith('/'))
      file.fault(at('request_target'), `Expected a path that begins with /, got ${JSON.stringify(requestTarget)}`);
  }
  noteIneffective(file, m, keys, standalone);
  const instances = (m.get('instances') ?? 1) as number;
  if (instances < 1 || instances > 1024) file.fault(at('instances'), `Expected 1 to 1024, got ${instances}`);
  const size = m.get('max_inbound_message_size') as number | undefined;
  if (size !== undefined && (size < 1 || size > 0x7fff_ffff))
    file.fault(at('max_inbound_message_size'), `Expected 1 to ${0x7fff_ffff} bytes, got ${size}`);
  const acl = m.has('acl') ? readAcl(file, m.get('acl'), at('acl')) : undefined;
  const headers = m.get('extra_headers') as Record<string, unknown> | undefined;
  for (const [header, text] of Object.entries(headers ?? {})) {
    if (typeof text !== 'string') file.fault([...at('extra_headers'), header], 'Expected a string');
  }
  const protoAlias = m.get('proto_alias') as string | undefined;
  return {
    name,
    standalone,
    autoStart: (m.get('auto_start') ?? true) as boolean,
    instances,
    preload: names(file, m.get('preload'), at('preload')),
    depends: names(file, m.get('depends'), at('depends')),
    ...(requestTarget === undefined ? {} : { requestTarget }),
    ...(protocol === undefined ? {} : { protocol: protocol as 'raw' | 'LAppS' }),
    ...(size === undefined ? {} : { maxMessageBytes: size }),
    ...(acl === undefined ? {} : { acl }),
    ...(headers === undefined ? {} : { extraHeaders: headers as Record<string, string> }),
    ...(protoAlias === undefined ? {} : { protoAlias }),
  };
}

/** Known keys that have no effect in this service because of what else it says. */
function noteIneffective(
  file: JsonFile,
  members: ReadonlyMap<string, unknown>,
  keys: readonly PropertyKey[],
  standalone: boolean,
): void {
  if (members.has('standalone') && members.has('internal'))
    file.note([...keys, 'internal'], 'without effect: `standalone` is there');
  for (const key of standalone ? REACTIVE_KEYS : []) {
    if (members.has(key)) file.note([...keys, key], NO_CONNECTIONS);
  }
  for (const [i, name] of ((members.get('preload') ?? []) as unknown[]).entries()) {
    if (typeof name === 'string' && !MODULES.has(name))
      file.note([...keys, 'preload', i], `without effect: there is no module ${JSON.stringify(name)}`);
  }
}

function names(file: JsonFile, value: unknown, keys: readonly PropertyKey[]): string[] {
  const list = (value ?? []) as unknown[];
  for (const [i, name] of list.entries()) if (typeof name !== 'string') file.fault([...keys, i], 'Expected a name');
  return list as string[];
}
