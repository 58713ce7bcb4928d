/** Installed packages and built output, each brought up to date only when they are not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor, machineNode, npmCommand, preferredNode, root, toolScript } from './machine.mjs';
import { mustRun, step } from './run.mjs';

function readLock(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Why node_modules is not what package-lock.json asks for, or undefined when it is. npm ends an install by writing
 * what it put there to node_modules/.package-lock.json; optional packages may lack, they belong to other platforms.
 */
export function whyInstall(folder = root) {
  const wanted = readLock(join(folder, 'package-lock.json'));
  if (wanted === undefined) throw new Error('Cannot read package-lock.json');
  const present = readLock(join(folder, 'node_modules', '.package-lock.json'));
  if (present === undefined) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/')) continue;
    const found = present[path];
    if (found === undefined) {
      if (entry.optional || entry.devOptional) continue;
      return `${path} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity || found.link !== entry.link) {
      return `${path} is not the version of package-lock.json`;
    }
  }
  return undefined;
}

export async function ensureDependencies() {
  const reason = whyInstall();
  if (reason === undefined) return;
  const [npm, ...first] = npmCommand();
  await step(`Installing dependencies with npm ci (${reason})`, () =>
    mustRun('npm ci', npm, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      env: environmentFor(machineNode()),
    }),
  );
}

export async function build() {
  const node = preferredNode();
  const turbo = toolScript('turbo/bin/turbo');
  await step('Building (turbo, cached)', () =>
    mustRun('The build', node.path, [turbo, 'run', 'build', '--ui=stream', '--output-logs=errors-only'], {
      env: environmentFor(node),
      quiet: true,
    }),
  );
}
