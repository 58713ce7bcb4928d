import type { Figures } from './measurement.js';
import { type Case, median, runCase } from './run.js';

/** `npm run bench`: SPOP through each way of answering, median of `RUNS` runs by frames per CPU-second. */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = process.env.BENCH_SECONDS ?? '3';

const loads: readonly (readonly [string, readonly string[]])[] = [
  ['C=2 W=64', ['--conns', '2', '--window', '64', '--seconds', SECONDS]],
  ['C=5 W=1', ['--conns', '5', '--window', '1', '--seconds', SECONDS]],
];
const servers: readonly (readonly [string, readonly string[]])[] = [
  ['library handler', ['--mode', 'library']],
  ['plain function inline', ['--mode', 'inline']],
  ['plain function, 1 worker', ['--mode', 'workers']],
  ['compiled Lua inline', ['--mode', 'inline', '--script', 'score.lua', '--engine', 'lua']],
  ['compiled Lua, 1 worker', ['--mode', 'workers', '--script', 'score.lua', '--engine', 'lua']],
  ['compiled Lua, 1 direct worker', ['--mode', 'direct', '--script', 'score.lua', '--engine', 'lua']],
  ['fengari inline', ['--mode', 'inline', '--script', 'score.lua', '--engine', 'fengari']],
  ['fengari, 1 worker', ['--mode', 'workers', '--script', 'score.lua', '--engine', 'fengari']],
  ['pyodide, 1 worker', ['--mode', 'workers', '--script', 'score.py', '--engine', 'pyodide']],
  ['pyodide, 1 direct worker', ['--mode', 'direct', '--script', 'score.py', '--engine', 'pyodide']],
  ['cpython, 1 worker', ['--mode', 'workers', '--script', 'score.py', '--engine', 'cpython']],
  ['cpython, 1 direct worker', ['--mode', 'direct', '--script', 'score.py', '--engine', 'cpython']],
];
const only = process.argv[2];

console.log(`Node ${process.version}, ${RUNS} runs of ${SECONDS} s each, median\n`);
console.log('| server | load | frames/s | frames per CPU-s | p50 us | p99 us | RSS MB |');
console.log('|---|---|---|---|---|---|---|');
let failed = false;
for (const [name, server] of servers) {
  if (only !== undefined && !name.includes(only)) continue;
  for (const [label, load] of loads) {
    const runs: Figures[] = [];
    const one: Case = { name, server, load };
    for (let i = 0; i < RUNS; i++) runs.push(await runCase('./spop/serve.js', './spop/load.js', one));
    const m = median(runs);
    const wrong = runs.flatMap((r) => r.failures);
    failed ||= wrong.length > 0;
    console.log(
      `| ${name} | ${label} | ${m.framesPerSecond} | ${m.framesPerCpuSecond} | ${m.p50us} | ${m.p99us} | ${m.residentMb} |`,
    );
    for (const why of new Set(wrong)) console.log(`  FAILED: ${why}`);
  }
}
process.exitCode = failed ? 1 : 0;
