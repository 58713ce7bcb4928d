import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTree, residentMb } from './cpu-time.js';
import { firstLine, modulePath } from './run.js';

/**
 * `node dist/bench-start.js`: time from nothing to listening with one worker, and memory then, by engine. Median of
 * `BENCH_RUNS` runs (3).
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const engines: readonly (readonly [name: string, engine: string, script: string, cold?: boolean])[] = [
  ['plain function', 'plain', 'score.plain.mjs'],
  ['lua', 'lua', 'score.lua'],
  ['fengari', 'fengari', 'score.lua'],
  ['pyodide, first start (makes its snapshot)', 'pyodide', 'score.py', true],
  ['pyodide, from its snapshot', 'pyodide', 'score.py'],
  ['cpython', 'cpython', 'score.py'],
];

interface Start {
  readonly ms: number;
  readonly mb: number;
}

async function start(engine: string, script: string, temporary: string): Promise<Start> {
  const before = performance.now();
  const args = [modulePath('./spop/serve.js'), '--mode', 'workers', '--script', script, '--engine', engine];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    // Where snapshots are kept.
    env: { ...process.env, TMPDIR: temporary },
  });
  try {
    await firstLine(child.stdout);
    return { ms: performance.now() - before, mb: residentMb(...processTree(child.pid ?? 0)) };
  } finally {
    child.kill('SIGKILL');
  }
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

console.log(`Node ${process.version}, one worker, median of ${RUNS} starts\n`);
console.log('| engine | ms until it listens | RSS MB |');
console.log('|---|---|---|');
const kept = mkdtempSync(join(tmpdir(), 'offload-bench-start-'));
for (const [name, engine, script, cold = false] of engines) {
  const starts: Start[] = [];
  if (engine === 'pyodide' && !cold) await start(engine, script, kept);
  for (let i = 0; i < RUNS; i++) {
    const folder = cold ? mkdtempSync(join(tmpdir(), 'offload-bench-cold-')) : kept;
    starts.push(await start(engine, script, folder));
    if (cold) rmSync(folder, { recursive: true });
  }
  console.log(
    `| ${name} | ${middle(starts.map(({ ms }) => ms)).toFixed(0)} | ${middle(starts.map(({ mb }) => mb)).toFixed(0)} |`,
  );
}
rmSync(kept, { recursive: true });
