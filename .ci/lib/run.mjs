/** Running other programs: output passed through, signals forwarded once, nothing left behind. */
import { spawn } from 'node:child_process';
import { root } from './machine.mjs';

/** One Ctrl-C reaches us twice, from the terminal and from npm. Within this time it counts as one. */
const sameSignalMs = 250;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

/** Set once a stop was asked for; later steps must not begin. */
export const stop = { signal: undefined };

export class StoppedError extends Error {
  constructor(signal) {
    super(`stopped by ${signal}`);
    this.exitCode = exitCodes[signal] ?? 1;
  }
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Forwards stop signals to the child's process group and returns the function that ends that. The child leads a
 * group (and session) of its own, so that a terminal's Ctrl-C reaches it exactly once, through here: servers take
 * a second one as "at once".
 */
function forwardSignals(child) {
  let lastAt = Number.NEGATIVE_INFINITY;
  const forward = (signal) => {
    const now = performance.now();
    if (now - lastAt < sameSignalMs) return;
    lastAt = now;
    stop.signal = signal;
    signalGroup(child, signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  const killRest = () => signalGroup(child, 'SIGKILL');
  for (const signal of signals) process.on(signal, forward);
  process.on('exit', killRest);
  return () => {
    for (const signal of signals) process.removeListener(signal, forward);
    process.removeListener('exit', killRest);
  };
}

/**
 * Runs a program to its end and resolves with `{ code, output }`. Its output passes through; with `quiet` it is
 * kept instead, for the caller to show on failure.
 */
export function run(command, args, { env = process.env, quiet = false, cwd = root } = {}) {
  if (stop.signal !== undefined) return Promise.reject(new StoppedError(stop.signal));
  return new Promise((resolve, reject) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
    const child = spawn(command, args, { cwd, env, stdio, detached: true });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => reject(new Error(`Cannot run ${command}: ${error.message}`, { cause: error })));
    child.once('spawn', () => {
      const release = forwardSignals(child);
      child.once('close', (code, signal) => {
        release();
        resolve({ code: code ?? exitCodes[signal] ?? 1, output: Buffer.concat(chunks).toString('utf8') });
      });
    });
  });
}

/** As `run`, but a stop signal or a code other than 0 throws; quiet output is shown then. */
export async function mustRun(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (stop.signal !== undefined) throw new StoppedError(stop.signal);
  if (code === 0) return;
  process.stdout.write(output);
  throw new Error(`${what} failed with exit code ${code}`);
}

const colours = process.stdout.isTTY ? { bold: '\x1b[1m', end: '\x1b[0m' } : { bold: '', end: '' };

export function say(text) {
  process.stdout.write(`${colours.bold}==> ${text}${colours.end}\n`);
}

/** Says `text`, does the work, says how long it took when that is worth a line. */
export async function step(text, work) {
  const start = performance.now();
  say(`${text} ...`);
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds >= 1) say(`${text}: ${seconds.toFixed(1)} s`);
  return result;
}
