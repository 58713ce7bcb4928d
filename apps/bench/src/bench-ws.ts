import type { Figures } from './measurement.js';
import { type Case, median, runCase, runIdle } from './run.js';

/** `npm run bench:ws`: WebSockets, raw and LAppS echo, broadcasts, idle connections; median of `RUNS` runs by frames per CPU-second. */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = process.env.BENCH_SECONDS ?? '3';
const IDLE = Number(process.env.BENCH_IDLE ?? 10_000);

const flags = (kind: string, conns: number, window: number, size = 64): readonly string[] => [
  ...['--kind', kind, '--conns', String(conns), '--window', String(window), '--size', String(size)],
  ...['--seconds', SECONDS],
];
const LARGE = 65_536;
const loads: readonly (readonly [string, readonly string[], boolean])[] = [
  ['raw 64 B, C=100 W=1', flags('echo', 100, 1), true],
  ['raw 64 B, C=10 W=16', flags('echo', 10, 16), true],
  ['raw 64 KiB, C=4 W=4', flags('echo', 4, 4, LARGE), true],
  ['LAppS, C=10 W=1', flags('lapps', 10, 1), false],
  ['LAppS, C=10 W=16', flags('lapps', 10, 16), false],
  ['broadcast to 1000, one at a time', flags('broadcast', 1000, 1), true],
  ['broadcast to 1000, 16 at a time', flags('broadcast', 1000, 16), true],
];
const servers: readonly (readonly [string, readonly string[]])[] = [
  ['ws alone', ['--mode', 'ws']],
  ['library handler', ['--mode', 'library']],
  ['Lua, 1 worker', ['--mode', 'scripts']],
  ['Lua, 1 direct worker', ['--mode', 'direct']],
];
const only = process.argv[2];
const chosen = (server: string, load: string): boolean => only === undefined || `${server}, ${load}`.includes(only);

console.log(`Node ${process.version}, ${RUNS} runs of ${SECONDS} s each, median\n`);
console.log('| server | load | frames/s | frames per CPU-s | p50 us | p99 us | RSS MB |');
console.log('|---|---|---|---|---|---|---|');
for (const [label, load, forWs] of loads) {
  for (const [name, server] of servers) {
    if (!chosen(name, label) || (name === 'ws alone' && !forWs)) continue;
    const runs: Figures[] = [];
    const one: Case = { name, server, load };
    for (let i = 0; i < RUNS; i++) runs.push(await runCase('./ws/serve.js', './ws/load.js', one));
    const m = median(runs);
    console.log(
      `| ${name} | ${label} | ${m.framesPerSecond} | ${m.framesPerCpuSecond} | ${m.p50us} | ${m.p99us} | ${m.residentMb} |`,
    );
    report(runs.flatMap((r) => r.failures));
  }
}

console.log(`\n| server, ${IDLE} idle connections | connects/s | connects per CPU-s | bytes each | pinged and alive |`);
console.log('|---|---|---|---|---|');
for (const [name, server] of servers) {
  // Alone, ws sends no pings.
  if (name === 'ws alone' || !chosen(name, 'idle')) continue;
  const figures = await runIdle(server, IDLE);
  const { connectionsPerSecond, connectionsPerCpuSecond, bytesPerConnection, pinged, alive } = figures;
  console.log(
    `| ${name} | ${connectionsPerSecond} | ${connectionsPerCpuSecond} | ${bytesPerConnection} | ${Math.min(pinged, alive)} |`,
  );
  report(figures.failures);
}

function report(failures: readonly string[]): void {
  if (failures.length > 0) process.exitCode = 1;
  for (const why of new Set(failures)) console.log(`  FAILED: ${why}`);
}
