/** The rules of who may import whom, as functions from a workspace to sentences about what breaks them. */
import { posix } from 'node:path';
import { type ImportSite, type SourceScan, scanSource } from './source-scan.js';
import type { WorkspacePackage } from './workspace.js';

/** Floors: a package imports only from floors below its own. A new package must be given one here. */
export const floors: ReadonlyMap<string, number> = new Map([
  ['@offload/spop-codec', 1],
  ['@offload/lapps-codec', 1],
  ['@offload/broadcast-bus', 1],
  ['@offload/shared-read', 1],
  ['@offload/unix-socket', 1],
  ['@offload/lua', 1],
  ['@offload/spop-agent', 2],
  ['@offload/lapps-server', 2],
  ['@offload/lapps-client', 2],
  ['@offload/script-runtime', 2],
  ['@offload/script-bridge', 3],
  ['offload', 4],
  ['@offload/bench', 4],
]);

/** Packages that run in browsers as they are: no module of Node. */
const browserPackages: ReadonlySet<string> = new Set(['@offload/spop-codec', '@offload/lapps-codec']);

/** Packages that promise to need nothing else. */
const dependencyFree: ReadonlySet<string> = new Set([
  '@offload/spop-codec',
  '@offload/broadcast-bus',
  '@offload/shared-read',
  '@offload/unix-socket',
  '@offload/lua',
]);

/** Folders that count as one file for cycles: a generator of code for a recursive grammar calls itself in circles. */
const recursiveFolders: ReadonlySet<string> = new Set(['packages/lua/src/compiler/emit']);

interface ScannedFile extends SourceScan {
  readonly path: string;
}

interface ScannedPackage extends WorkspacePackage {
  readonly files: readonly ScannedFile[];
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function allDependencies({ manifest }: WorkspacePackage): Set<string> {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  return new Set([dependencies, optionalDependencies, peerDependencies].flatMap((list) => Object.keys(list ?? {})));
}

function exportsSubpath(target: WorkspacePackage, specifier: string): boolean {
  const subpath = `.${specifier.slice(target.manifest.name.length)}`;
  return Object.hasOwn(target.manifest.exports ?? {}, subpath);
}

function resolveRelative(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.([cm]?)js$/, '.$1ts');
}

function checkRelative(pkg: ScannedPackage, file: ScannedFile, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file.path), specifier);
  if (!target.startsWith('src/')) return `leaves its package with ${specifier}`;
  const known = pkg.files.some(({ path }) => path === target || path === resolveRelative(file.path, specifier));
  return known || target.endsWith('.json') ? undefined : `imports ${specifier}, which is no source file`;
}

function checkBare(pkg: ScannedPackage, specifier: string, all: readonly ScannedPackage[]): string | undefined {
  const { name } = pkg.manifest;
  if (specifier.startsWith('node:')) {
    return browserPackages.has(name) ? `runs in browsers and imports ${specifier}` : undefined;
  }
  const target = packageOf(specifier);
  if (target === name) return `imports itself as ${specifier}`;
  if (!allDependencies(pkg).has(target)) return `imports ${target}, which package.json does not declare`;
  const sibling = all.find(({ manifest }) => manifest.name === target);
  if (sibling === undefined) return undefined;
  if ((floors.get(target) ?? 0) >= (floors.get(name) ?? 0)) return `imports ${target}, which is not on a lower floor`;
  return exportsSubpath(sibling, specifier) ? undefined : `imports ${specifier}, past the exports of ${target}`;
}

function checkImport(pkg: ScannedPackage, file: ScannedFile, site: ImportSite, all: readonly ScannedPackage[]) {
  const fault = site.specifier.startsWith('.')
    ? checkRelative(pkg, file, site.specifier)
    : checkBare(pkg, site.specifier, all);
  return fault === undefined ? [] : [`${pkg.folder}/${file.path}:${site.line} ${fault}`];
}

function checkManifest(pkg: ScannedPackage): string[] {
  const { name } = pkg.manifest;
  const faults: string[] = [];
  if (!floors.has(name)) faults.push(`${pkg.folder} stands on no floor: give ${name} one`);
  const dependencies = allDependencies(pkg);
  if (dependencyFree.has(name) && dependencies.size > 0) {
    faults.push(`${pkg.folder} promises no dependencies and declares ${[...dependencies].join(', ')}`);
  }
  for (const dependency of dependencies) {
    const floor = floors.get(dependency);
    if (floor !== undefined && floor >= (floors.get(name) ?? 0)) {
      faults.push(`${pkg.folder} declares ${dependency}, which is not on a lower floor`);
    }
  }
  return faults;
}

function binSources({ manifest }: WorkspacePackage): Set<string> {
  const bins = typeof manifest.bin === 'string' ? [manifest.bin] : Object.values(manifest.bin ?? {});
  return new Set(
    bins.map((path) =>
      posix
        .normalize(path)
        .replace(/^dist\//, 'src/')
        .replace(/js$/, 'ts'),
    ),
  );
}

/** Packages never log and never read the environment; the commands of a package are programs and may. */
function checkGlobals(pkg: ScannedPackage): string[] {
  if (!pkg.folder.startsWith('packages/')) return [];
  const programs = binSources(pkg);
  // A program in a folder of its own may be several files.
  const folders = [...programs].map((path) => `${posix.dirname(path)}/`).filter((folder) => folder !== 'src/');
  const isForbidden = (path: string): boolean => path === 'process.env' || path.startsWith('console.');
  return pkg.files
    .filter((file) => !programs.has(file.path) && !folders.some((folder) => file.path.startsWith(folder)))
    .flatMap((file) =>
      file.members
        .filter(({ path }) => isForbidden(path))
        .map(({ path, line }) => `${pkg.folder}/${file.path}:${line} uses ${path}`),
    );
}

/** Files of a package form a list: what remains of their imports at run time has no cycle. */
function findFileCycles(pkg: ScannedPackage): string[] {
  const edges = new Map<string, string[]>();
  for (const file of pkg.files) {
    const targets = file.imports.filter((site) => site.specifier.startsWith('.') && !site.typeOnly);
    const folder = posix.dirname(file.path);
    const isOneFile = (path: string): boolean =>
      posix.dirname(path) === folder && recursiveFolders.has(`${pkg.folder}/${folder}`);
    const paths = targets.map((site) => resolveRelative(file.path, site.specifier));
    edges.set(
      file.path,
      paths.filter((path) => !isOneFile(path)),
    );
  }
  const cycles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push(`${pkg.folder}: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')} is a cycle`);
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}

/** Every violation in `packages`, one sentence each; empty when the house is in order. */
export function findViolations(packages: readonly WorkspacePackage[]): string[] {
  const scanned = packages.map((pkg) => ({
    ...pkg,
    files: pkg.sources.map(({ path, text }) => ({ path, ...scanSource(text) })),
  }));
  return scanned.flatMap((pkg) => [
    ...checkManifest(pkg),
    ...pkg.files.flatMap((file) => file.imports.flatMap((site) => checkImport(pkg, file, site, scanned))),
    ...checkGlobals(pkg),
    ...findFileCycles(pkg),
  ]);
}
