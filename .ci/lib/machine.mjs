/** Where things are on this machine: the repository, the two Node versions, npm. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Reports and markers of this tool live here; `npm ci` sweeps them away, which is what we want. */
export const cacheDir = join(root, 'node_modules', '.cache', 'offload');

const localBin = join(root, 'node_modules', '.bin');
const oldestNode = [20, 19];

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function searchPath() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

const isNpmBin = (folder) => folder.endsWith(join('node_modules', '.bin')) || folder.endsWith('node-gyp-bin');

/**
 * First executable `name` on PATH, or undefined. npm's own folders are left out; the system's sbin folders are
 * added, because Debian puts haproxy there and an ordinary user's PATH does not have them.
 */
export function findCommand(name) {
  const folders = [...searchPath().filter((folder) => !isNpmBin(folder)), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function nodeVersion(path) {
  try {
    return execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 }).trim();
  } catch {
    return undefined;
  }
}

/** The Node that the machine has, whatever npm put in front of it: `{ path, version }`. */
export function machineNode() {
  const path = findCommand('node') ?? process.env.npm_node_execpath ?? process.execPath;
  const version = nodeVersion(path);
  return version === undefined ? { path: process.execPath, version: process.version } : { path, version };
}

/** The Node that npm brought in, or undefined where its platform package does not exist. */
export function bundledNode() {
  const path = join(localBin, 'node');
  const version = existsSync(path) ? nodeVersion(path) : undefined;
  return version === undefined ? undefined : { path, version };
}

/** The Node for tools and for serving: npm's where there is one. */
export function preferredNode() {
  return bundledNode() ?? machineNode();
}

/** Environment for children that must see `node` first on PATH, whatever shebang they start with. */
export function environmentFor(node) {
  const rest = searchPath().filter((folder) => !isNpmBin(folder));
  return {
    ...process.env,
    PATH: [dirname(node.path), ...rest].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
  };
}

/** How to call npm: `[command, ...first arguments]`. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && existsSync(script)) return [machineNode().path, script];
  return [findCommand('npm') ?? 'npm'];
}

/** Path of a tool's script in node_modules, to be run by a Node of our choice. */
export function toolScript(path) {
  return join(root, 'node_modules', path);
}

/** Throws a readable error when this Node is too old for the project. */
export function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`Node ${oldestNode.join('.')} or later is needed, this is ${process.version} (${process.execPath})`);
}
