/**
 * Completes package-lock.json after `npm install`: npm leaves out the optional platform packages that the registry
 * in use does not serve, and `npm ci` then refuses the lock file ("Missing: ... from lock file"). Each of them is
 * pinned to one version by the package that wants it, so the entry can be written without asking the registry.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/machine.mjs';

const systems = { windows: 'win32' };
const processors = { 64: 'x64' };
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };
const knownSystems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

/** `@oxc-parser/binding-linux-riscv64-musl` -> `{ os: ['linux'], cpu: ['riscv64'], libc: ['musl'] }`. */
function platformOf(name) {
  const words = name.split('/').pop().split('-');
  const at = words.findIndex((word) => knownSystems.includes(systems[word] ?? word));
  if (at < 0 || words[at + 1] === undefined) throw new Error(`Cannot tell the platform of ${name}`);
  const os = systems[words[at]] ?? words[at];
  const cpu = processors[words[at + 1]] ?? words[at + 1];
  const libc = os === 'linux' ? libraries[words[at + 2]] : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

const lockFile = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    if (path === '' || lock.packages[nested] !== undefined || lock.packages[hoisted] !== undefined) continue;
    if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${path} does not pin ${name}: ${version}`);
    const dev = entry.dev === true ? { dev: true } : {};
    lock.packages[hoisted] = { version, ...platformOf(name), ...dev, optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
if (added > 0) writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} platform packages added to package-lock.json\n`);
