/**
 * What stands behind `npm start`, `npm test` and `npm run ok`, and what CI calls: it brings a fresh clone to the
 * point where the command can run (install, build, Debian packages), then runs it. Needs nothing but Node.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { publishCheck, runChecks } from './lib/checks.mjs';
import { ensureDebianPackages } from './lib/debian.mjs';
import { build, ensureDependencies } from './lib/dependencies.mjs';
import { checkNodeVersion, environmentFor, preferredNode, root } from './lib/machine.mjs';
import { run, say } from './lib/run.mjs';
import { reportLanes, runSuite, runVitest } from './lib/tests.mjs';

async function start(args) {
  await ensureDependencies();
  await build();
  const main = join(root, 'apps/offload/dist/main.js');
  if (!existsSync(main)) throw new Error('The build made no apps/offload/dist/main.js');
  const node = preferredNode();
  const { code } = await run(node.path, [main, 'serve', '--spop', ...args], { env: environmentFor(node) });
  return code;
}

const pathFilters = (args) => args.filter((arg) => !arg.startsWith('-'));
const total = (lanes, kind) => lanes.reduce((sum, lane) => sum + lane[kind].length, 0);

async function test(args) {
  await ensureDependencies();
  await build();
  const missing = await ensureDebianPackages(pathFilters(args));
  const lanes = await runSuite(args);
  reportLanes(lanes, missing);
  return total(lanes, 'failed') === 0 ? 0 : 1;
}

async function ok() {
  await ensureDependencies();
  await build();
  const results = await runChecks();
  const units = await runVitest(preferredNode(), ['packages/', 'apps/'], 'ok');
  const { passed, failed: broken } = units;
  results.push({ name: `unit tests (${passed.length} passed, ${broken.length} failed)`, ok: broken.length === 0 });
  const failed = results.filter((result) => !result.ok);
  say(failed.length === 0 ? 'All ok' : `Failed: ${failed.map((result) => result.name).join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

/** Everything CI wants to know, ending in one plain line. Each check counts as a test. */
async function ci() {
  await ensureDependencies();
  await build();
  const checks = await runChecks();
  checks.push(...(await runChecks([publishCheck])));
  const missing = await ensureDebianPackages([]);
  const lanes = await runSuite([]);
  reportLanes(lanes, missing);
  const passed = checks.filter((check) => check.ok).length + total(lanes, 'passed');
  const failed = checks.filter((check) => !check.ok).length + total(lanes, 'failed');
  const skipped = total(lanes, 'skipped');
  for (const { name } of checks.filter((check) => !check.ok)) say(`Failed check: ${name}`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

const commands = { start, test, ok, ci };

async function main([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`usage: bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]\n`);
    return 2;
  }
  checkNodeVersion();
  return command(args);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`offload: ${error.message}\n`);
    process.exit(error.exitCode ?? 1);
  },
);
