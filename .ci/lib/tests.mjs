/** The test suite on each Node version, and what came of it. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundledNode, cacheDir, environmentFor, machineNode, root, toolScript } from './machine.mjs';
import { run, StoppedError, say, step, stop } from './run.mjs';

/** What the second Node runs when no filter is given: everything that executes the product. */
const runtimeTests = ['packages/', 'apps/', 'examples/', 'test/e2e/'];

/** The Node versions to test on: npm's first, then the machine's own if it is another. */
export function testNodes() {
  const own = machineNode();
  const bundled = bundledNode();
  if (bundled === undefined || bundled.version === own.version) return [own];
  return [bundled, own];
}

function summarise(reportFile) {
  const names = { passed: [], failed: [], skipped: [] };
  if (!existsSync(reportFile)) names.failed.push('vitest ended without a report');
  const report = names.failed.length > 0 ? { testResults: [] } : JSON.parse(readFileSync(reportFile, 'utf8'));
  for (const file of report.testResults) {
    const path = relative(root, file.name);
    for (const test of file.assertionResults) {
      const list = test.status === 'passed' || test.status === 'failed' ? names[test.status] : names.skipped;
      list.push(`${path} > ${test.fullName}`);
    }
    // A file that did not even load has no tests to count.
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      names.failed.push(path);
    }
  }
  return names;
}

/** Runs vitest once; resolves with `{ passed, failed, skipped }`, each a list of names. */
export async function runVitest(node, args, label) {
  mkdirSync(cacheDir, { recursive: true });
  const reportFile = join(cacheDir, `report-${label}.json`);
  rmSync(reportFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const config = join('.config', 'vitest.config.ts');
  const words = [toolScript('vitest/vitest.mjs'), 'run', '--config', config, ...reporters, ...args];
  const { code } = await run(node.path, words, { env: environmentFor(node) });
  if (stop.signal !== undefined) throw new StoppedError(stop.signal);
  const names = summarise(reportFile);
  if (code !== 0 && names.failed.length === 0) names.failed.push('vitest reported an error outside of the tests');
  return names;
}

/**
 * The whole suite on each Node, or with `--one-node` on the first. Other arguments go to vitest; with a filter both
 * versions run just that.
 */
export async function runSuite(allArgs) {
  const args = allArgs.filter((arg) => arg !== '--one-node');
  const hasFilter = args.some((arg) => !arg.startsWith('-'));
  const nodes = testNodes().slice(0, args.length === allArgs.length ? undefined : 1);
  const lanes = [];
  for (const [index, node] of nodes.entries()) {
    const selection = index === 0 || hasFilter ? args : [...runtimeTests, ...args];
    const result = await step(`Testing on Node ${node.version}`, () => runVitest(node, selection, node.version));
    lanes.push({ node, ...result });
  }
  return lanes;
}

export function reportLanes(lanes, missing) {
  const print = (names) => {
    for (const name of names) process.stdout.write(`    ${name}\n`);
  };
  const skipped = new Set(lanes.flatMap((lane) => lane.skipped));
  if (skipped.size > 0) {
    say(`${skipped.size} tests skipped${missing.length > 0 ? ` (not installed: ${missing.join(' ')})` : ''}:`);
    print(skipped);
  }
  for (const { node, passed, failed, skipped } of lanes) {
    say(`Node ${node.version}: ${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
    print(failed);
  }
}
