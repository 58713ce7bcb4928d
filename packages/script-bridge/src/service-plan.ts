import { basename, extname } from 'node:path';
import { BridgeError } from './errors.js';
import type { PlannedInstance, PlannedService, ServiceSpec } from './service-spec.js';

/** Names `preload` may hold (`lapps.md 3.1`). */
const MODULES: ReadonlySet<string> = new Set([
  'nljson',
  'ws',
  'bcast',
  'nap',
  'time',
  'pam_auth',
  'murmur',
  'mqr',
  'cws',
]);
/** What `require` finds before it looks for files. */
const RESERVED: ReadonlySet<string> = new Set([...MODULES, 'spoa', 'offload']);
const MAX_INSTANCES = 1024;

export interface ServicePlan {
  /** In the order they are started. */
  readonly services: readonly PlannedService[];
  readonly warnings: readonly string[];
}

/**
 * Decides which services are started, in which order, and which worker hosts which instance (`lapps.md 4.3`): by name,
 * dependencies first, whatever their own `autoStart` says. Instances go round the workers, over all services.
 *
 * @param workers threads of the pool
 * @throws BridgeError `BRIDGE_ERR_SERVICE` for a specification that cannot be, `BRIDGE_ERR_DEPENDS` for a cycle
 */
export function planServices(specs: readonly ServiceSpec[], workers: number): ServicePlan {
  const byName = new Map<string, ServiceSpec>();
  for (const spec of specs) {
    checkSpec(spec);
    if (byName.has(spec.name)) throw refuse(spec.name, 'the name is given twice');
    byName.set(spec.name, spec);
  }
  const warnings = specs.flatMap((spec) => warningsOf(spec, byName));
  const ordered = startOrder(byName);
  checkTargets(ordered);
  return { services: place(ordered, byName, workers), warnings };
}

function refuse(name: string, what: string): BridgeError {
  return new BridgeError('BRIDGE_ERR_SERVICE', `Cannot use service '${name}': ${what}`);
}

function checkSpec(spec: ServiceSpec): void {
  const { name, file, instances = 1, standalone = false, protocol, requestTarget } = spec;
  if (typeof name !== 'string' || name === '') throw refuse(String(name), 'a service needs a name');
  if (typeof file !== 'string' || file === '') throw refuse(name, 'it names no file');
  const module = basename(file, extname(file));
  if (RESERVED.has(module)) throw refuse(name, `its file has the name of the module '${module}'`);
  if (RESERVED.has(name)) throw refuse(name, 'that is the name of a module');
  if (!Number.isInteger(instances) || instances < 1 || instances > MAX_INSTANCES) {
    throw refuse(name, `instances is ${instances}, must be a whole number from 1 to ${MAX_INSTANCES}`);
  }
  if (standalone) return;
  if (protocol !== 'raw' && protocol !== 'LAppS') {
    throw refuse(name, `protocol is ${JSON.stringify(protocol)}, must be "raw" or "LAppS"`);
  }
  if (typeof requestTarget !== 'string' || !requestTarget.startsWith('/')) {
    throw refuse(name, 'it needs a request target that begins with /');
  }
}

function warningsOf(spec: ServiceSpec, byName: ReadonlyMap<string, ServiceSpec>): string[] {
  const unknown = (spec.depends ?? []).filter((name) => !byName.has(name));
  const modules = (spec.preload ?? []).filter((name) => !MODULES.has(name));
  return [
    ...unknown.map((name) => `service '${spec.name}' depends on '${name}', which is not configured: ignored`),
    ...modules.map((name) => `service '${spec.name}' preloads '${name}', which is no module: ignored`),
  ];
}

/** Depth first by name; `path` holds the chain of dependents, to name a cycle. */
function startOrder(byName: ReadonlyMap<string, ServiceSpec>): ServiceSpec[] {
  const ordered = new Set<ServiceSpec>();
  const visit = (spec: ServiceSpec, path: readonly string[]): void => {
    if (ordered.has(spec)) return;
    if (path.includes(spec.name)) {
      const cycle = [...path.slice(path.indexOf(spec.name)), spec.name].join(' -> ');
      throw new BridgeError('BRIDGE_ERR_DEPENDS', `Cannot start services: they depend on each other: ${cycle}`);
    }
    for (const name of spec.depends ?? []) {
      const needed = byName.get(name);
      if (needed !== undefined && needed !== spec) visit(needed, [...path, spec.name]);
    }
    ordered.add(spec);
  };
  const names = [...byName.keys()].sort();
  for (const name of names) {
    const spec = byName.get(name) as ServiceSpec;
    if (spec.autoStart !== false) visit(spec, []);
  }
  return [...ordered];
}

function checkTargets(specs: readonly ServiceSpec[]): void {
  const owners = new Map<string, string>();
  for (const { name, requestTarget, standalone } of specs) {
    if (standalone === true || requestTarget === undefined) continue;
    const owner = owners.get(requestTarget);
    if (owner !== undefined) throw refuse(name, `service '${owner}' has the request target ${requestTarget} already`);
    owners.set(requestTarget, name);
  }
}

function place(
  specs: readonly ServiceSpec[],
  byName: ReadonlyMap<string, ServiceSpec>,
  workers: number,
): PlannedService[] {
  let number = 0;
  let seat = 0;
  return specs.map((spec) => {
    const instances: PlannedInstance[] = [];
    for (let index = 0; index < (spec.instances ?? 1); index++) {
      const worker = spec.standalone === true ? -1 : seat++ % workers;
      instances.push({ number: number++, index, worker });
    }
    const depends = (spec.depends ?? []).filter((name) => name !== spec.name && byName.has(name));
    return { spec, instances, depends };
  });
}
