/** What the tests need from Debian: installed when we may, named loudly when we may not. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand, root } from './machine.mjs';
import { run, say, step } from './run.mjs';

/** `present` tells whether it works here; `neededBy` matches the paths of the test files that use it. */
const needs = [
  { package: 'haproxy', present: hasCommand('haproxy'), neededBy: /haproxy|quick-start|live-traffic/ },
  { package: 'luajit', present: hasCommand('luajit'), neededBy: /^packages\/lua\/.*differential/ },
  { package: 'lua5.1', present: hasCommand('lua5.1'), neededBy: /^packages\/lua\/.*differential/ },
  { package: 'openssl', present: hasCommand('openssl'), neededBy: /^packages\/lapps-server\/.*peers/ },
  { package: 'python3', present: hasCommand('python3'), neededBy: /cpython|python/ },
  {
    package: 'python3-websockets',
    present: hasPythonModule('websockets'),
    neededBy: /^packages\/lapps-server\/.*peers/,
  },
  { package: 'chromium', present: hasCommand('chromium'), neededBy: /chromium/ },
];

function hasCommand(name) {
  return () => findCommand(name) !== undefined;
}

function hasPythonModule(name) {
  return () => {
    try {
      execFileSync('/usr/bin/python3', ['-c', `import ${name}`], { stdio: 'ignore', timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
}

function testFiles() {
  const files = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.test.ts')) files.push(path);
    }
  };
  for (const folder of ['packages', 'apps', 'examples', 'test']) walk(folder);
  return files;
}

/** The packages that are missing for the test files which `filters` (vitest's: parts of paths) select. */
export function missingPackages(filters) {
  const selected = testFiles().filter((path) => filters.length === 0 || filters.some((part) => path.includes(part)));
  return needs.filter((need) => selected.some((path) => need.neededBy.test(path)) && !need.present());
}

async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findCommand('sudo');
  if (sudo === undefined) return undefined;
  return (await run(sudo, ['-n', 'true'], { quiet: true })).code === 0 ? [sudo, '-n'] : undefined;
}

async function aptGet(prefix, args) {
  const patient = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=30'];
  const words = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...patient, ...args];
  return run(words[0], words.slice(1), { quiet: true });
}

/** Installs what it may; returns the names of the packages that are still missing. */
export async function ensureDebianPackages(filters) {
  const missing = missingPackages(filters);
  if (missing.length === 0) return [];
  const names = missing.map((need) => need.package);
  const prefix = findCommand('apt-get') === undefined ? undefined : await rootPrefix();
  if (prefix === undefined) {
    say(`Not installed, and no right to install it: ${names.join(' ')}. Its tests are SKIPPED.`);
    say(`To run them: apt-get install --no-install-recommends ${names.join(' ')}`);
    return names;
  }
  await step(`Installing from Debian: ${names.join(' ')}`, async () => {
    const update = await aptGet(prefix, ['update']);
    const install = await aptGet(prefix, ['install', '-y', '--no-install-recommends', ...names]);
    if (install.code !== 0) process.stdout.write(`${update.output}${install.output}`);
  });
  const stillMissing = missing.filter((need) => !need.present()).map((need) => need.package);
  if (stillMissing.length > 0) say(`apt-get did not bring ${stillMissing.join(' ')}. Its tests are SKIPPED.`);
  return stillMissing;
}
