/**
 * Compares random programs on LuaJIT and on offload-lua.
 *
 *     node differential/random-programs.mjs [--count 20000] [--seed 1] [--batch 500] [--show 5] [--suspendable 1]
 *
 * With `--suspendable 1` the programs run here as code that may wait, as the top level of a server's script does.
 * Exit code 1 when a program differs. The first differing ones are printed with both outputs.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireEngines, runOurs, runReference, runScript } from './lib/engines.mjs';
import { readOptions } from './lib/options.mjs';
import { writeProgram } from './lib/programs.mjs';
import { Random } from './lib/random.mjs';

const SUSPENDABLE = fileURLToPath(new URL('./drivers/suspendable.mjs', import.meta.url));
const DRIVER = fileURLToPath(new URL('./drivers/programs.lua', import.meta.url));

/** Splits the driver's output into one text per program. */
function splitOutput(text) {
  const list = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const [, size] = text.slice(at, end).split(' ');
    list.push(text.slice(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return list;
}

function compareBatch(directory, sources) {
  const path = join(directory, 'batch');
  writeFileSync(path, sources.map((source) => `${source.length}\n${source}`).join(''), 'latin1');
  const reference = runReference([DRIVER, path]);
  if (reference.status !== 0) throw new Error(`the reference stopped: ${reference.stderr}`);
  const ours = options.suspendable ? runScript(SUSPENDABLE, [path]) : runOurs([DRIVER, path]);
  const expected = splitOutput(reference.stdout);
  const found = splitOutput(ours.stdout);
  const differing = [];
  sources.forEach((source, index) => {
    if (expected[index] !== found[index]) {
      differing.push({ index, source, expected: expected[index], found: found[index] ?? `(stopped) ${ours.stderr}` });
    }
  });
  return differing;
}

/** The first lines in which two outputs differ. */
function firstDifference(expected, found) {
  const left = expected.split('\n');
  const right = found.split('\n');
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at < 0 ? left.length : at;
  return `output line ${line + 1}\n  luajit:  ${left[line]}\n  offload: ${right[line]}`;
}

const options = readOptions({ count: 20000, seed: 1, batch: 500, show: 5, suspendable: 0 });
requireEngines('luajit');
const directory = mkdtempSync(join(tmpdir(), 'lua-differential-'));
let differing = 0;
let lines = 0;
try {
  for (let start = 0; start < options.count; start += options.batch) {
    const size = Math.min(options.batch, options.count - start);
    const seeds = Array.from({ length: size }, (_, index) => options.seed * 1_000_003 + start + index);
    const sources = seeds.map((seed) => writeProgram(new Random(seed)));
    lines += sources.reduce((sum, source) => sum + source.split('\n').length, 0);
    for (const found of compareBatch(directory, sources)) {
      if (differing++ >= options.show) continue;
      process.stdout.write(`--- program ${start + found.index} of seed ${options.seed}\n${found.source}`);
      process.stdout.write(`${firstDifference(found.expected, found.found)}\n`);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}
process.stdout.write(`${options.count} programs, ${lines} lines, seed ${options.seed}: ${differing} differ\n`);
process.exitCode = differing === 0 ? 0 : 1;
