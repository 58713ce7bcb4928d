/** The checks that run nothing of the product: format, lint, types, boundaries, dead exports. */
import { join } from 'node:path';
import { environmentFor, preferredNode, root, toolScript } from './machine.mjs';
import { run, StoppedError, say, stop } from './run.mjs';

const config = (name) => join('.config', name);

/** Name, script in node_modules, arguments. */
const checks = [
  ['format', '@biomejs/biome/bin/biome', ['format', '.']],
  ['lint', '@biomejs/biome/bin/biome', ['check', '--formatter-enabled=false', '--error-on-warnings', '.']],
  ['types of the sources', 'typescript/bin/tsc', ['-b', config('tsconfig.json')]],
  ['types of the tests', 'typescript/bin/tsc', ['-p', config('tsconfig.tests.json')]],
  [
    'boundaries and docs',
    'vitest/vitest.mjs',
    ['run', '--config', config('vitest.config.ts'), 'test/boundaries.test.ts', 'test/docs.test.ts'],
  ],
  ['dead exports', 'knip/bin/knip.js', ['--config', config('knip.json'), '--no-progress']],
];

export const publishCheck = ['publishable packages', join(root, '.ci', 'publish-check.mjs'), []];

/** Runs every check, failing ones included; resolves with `[{ name, ok }]`. */
export async function runChecks(list = checks) {
  const node = preferredNode();
  const results = [];
  for (const [name, script, args] of list) {
    const path = script.startsWith(root) ? script : toolScript(script);
    const { code, output } = await run(node.path, [path, ...args], { env: environmentFor(node), quiet: true });
    if (stop.signal !== undefined) throw new StoppedError(stop.signal);
    if (code !== 0) process.stdout.write(output);
    say(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`);
    results.push({ name, ok: code === 0 });
  }
  return results;
}
