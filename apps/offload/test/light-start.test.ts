import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** An import or a re-export that stays in the JavaScript. */
const LOADS = /^(?:import|export)\s+(?!type\b)(?:[^;]*?\sfrom\s+)?'([^']+)'/gm;

/** The packages that `file` and what it imports, files and all, load before a command runs. */
function packagesOf(file: string, seen = new Set<string>(), found = new Set<string>()): Set<string> {
  if (seen.has(file)) return found;
  seen.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(LOADS)) {
    if (name === undefined) continue;
    if (name.startsWith('.')) packagesOf(join(dirname(file), name.replace(/\.js$/, '.ts')), seen, found);
    else if (!name.startsWith('node:')) found.add(name);
  }
  return found;
}

const SOURCES = fileURLToPath(new URL('../src', import.meta.url));

test('offload loads nothing but its parser of flags before it knows the command', () => {
  expect([...packagesOf(join(SOURCES, 'main.ts'))]).toEqual(['yargs']);
});

test('packagesOf sees what the server loads', () => {
  expect(packagesOf(join(SOURCES, 'run-server.ts'))).toContain('@offload/lapps-server');
});
