/** The packages of this repository as data, for the tests that check the code itself. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>> | string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface SourceFile {
  /** Path inside the package, with slashes: `src/index.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface WorkspacePackage {
  /** Path in the repository: `packages/spop-codec`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Everything below `src` that is TypeScript or JavaScript. */
  readonly sources: readonly SourceFile[];
}

const isModule = (name: string): boolean => /\.[cm]?[jt]s$/.test(name) && !name.endsWith('.d.ts');

function readSources(folder: string): SourceFile[] {
  const src = join(folder, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isModule(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(folder, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

function readPackage(folder: string): WorkspacePackage {
  const path = join(repository, folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
  return { folder, manifest, sources: readSources(path) };
}

/** All packages below `packages` and `apps`, in alphabetical order. */
export function readWorkspace(): WorkspacePackage[] {
  return ['packages', 'apps'].flatMap((area) =>
    readdirSync(join(repository, area), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(repository, area, entry.name, 'package.json')))
      .map((entry) => readPackage(`${area}/${entry.name}`)),
  );
}
