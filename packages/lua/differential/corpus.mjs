/**
 * Runs the programs of `corpus/` on LuaJIT and of `corpus53/` on Lua 5.3, and both on offload-lua, and compares output,
 * error output and exit code.
 *
 *     node differential/corpus.mjs [--only NAME] [--show 20]
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isInstalled, requireEngines, runOurs, runReference } from './lib/engines.mjs';
import { readOptions } from './lib/options.mjs';

/** Names the reference gives itself and addresses, which no two processes share. */
function normalise(text) {
  return text.replace(/0x[0-9a-f]{6,}/g, '0x#').replace(/builtin#\d+|builtin: \S+/g, '0x#');
}

function compare(directory, name, reference, show) {
  const cwd = fileURLToPath(new URL(`./${directory}/`, import.meta.url));
  const expected = runReference([name], { cwd }, reference);
  const found = runOurs([name], { cwd });
  const left = normalise(`${expected.stdout}\nexit ${expected.status}`).split('\n');
  const right = normalise(`${found.stdout}\nexit ${found.status}\n${found.status === 0 ? '' : found.stderr}`).split(
    '\n',
  );
  let differing = 0;
  left.forEach((line, index) => {
    if (line === right[index] || differing++ >= show) return;
    process.stdout.write(
      `${directory}/${name} output line ${index + 1}\n  ${reference}: ${line}\n  offload: ${right[index]}\n`,
    );
  });
  if (differing > 0 && expected.status === 0 && found.status !== 0) process.stdout.write(`${found.stderr}\n`);
  return differing;
}

requireEngines('luajit');
const options = readOptions({ only: '', show: 20 });
let files = 0;
let lines = 0;
for (const [directory, reference] of [
  ['corpus', 'luajit'],
  ['corpus53', 'lua5.3'],
]) {
  if (!isInstalled(reference)) {
    process.stderr.write(`${reference} is not installed: ${directory} is left out\n`);
    continue;
  }
  for (const name of readdirSync(new URL(`./${directory}/`, import.meta.url)).sort()) {
    if (!name.endsWith('.lua') || !name.includes(options.only)) continue;
    const differing = compare(directory, name, reference, options.show);
    if (differing > 0) process.stdout.write(`${directory}/${name}: ${differing} lines differ\n`);
    files++;
    lines += differing;
  }
}
process.stdout.write(`${files} programs of the corpus: ${lines} lines differ\n`);
process.exitCode = lines === 0 ? 0 : 1;
