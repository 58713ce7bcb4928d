/** The two sides of a comparison: an installed Lua and this package's command. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `OFFLOAD_LUA` names another build to compare. */
const OURS = process.env.OFFLOAD_LUA ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Milliseconds after which a run counts as hanging. */
const TIMEOUT_MS = 300_000;

/** True when `command` can be started. */
export function isInstalled(command) {
  return spawnSync(command, ['-v']).error === undefined;
}

/** Ends the program with a reason where one side of the comparison is missing. */
export function requireEngines(reference) {
  const missing = isInstalled(reference)
    ? existsSync(OURS)
      ? ''
      : `${OURS} is not built`
    : `${reference} is not installed`;
  if (missing === '') return;
  process.stderr.write(`${missing}: nothing to compare\n`);
  process.exit(3);
}

function run(command, args, options) {
  const result = spawnSync(command, args, {
    input: '',
    maxBuffer: 1 << 30,
    timeout: TIMEOUT_MS,
    encoding: 'latin1',
    ...options,
  });
  if (result.error) throw result.error;
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** Runs a script on a reference engine. LuaJIT runs without its JIT, whose rounding and folding are not the language. */
export function runReference(args, options = {}, command = 'luajit') {
  return run(command, command === 'luajit' ? ['-joff', ...args] : args, options);
}

/** Runs a script on `offload-lua`. */
export function runOurs(args, options = {}) {
  return run(process.execPath, [OURS, ...args], options);
}

/** Runs a JavaScript program of this folder. */
export function runScript(path, args) {
  return run(process.execPath, [path, ...args]);
}
