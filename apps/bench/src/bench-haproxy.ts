import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { haproxyConfig, SPOE_CONFIG } from './haproxy/config.js';
import { firstLine, modulePath } from './run.js';

/** `npm run bench:haproxy`: requests through a real HAProxy with default settings, eight client connections. */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = process.env.BENCH_SECONDS ?? '3';
const servers: readonly (readonly [string, readonly string[]])[] = [
  ['library handler', ['--mode', 'library']],
  ['plain function, 2 workers', ['--mode', 'workers', '--workers', '2']],
  ['compiled Lua, 2 workers', ['--mode', 'workers', '--workers', '2', '--script', 'score.lua', '--engine', 'lua']],
  ['compiled Lua, 1 direct worker', ['--mode', 'direct', '--script', 'score.lua', '--engine', 'lua']],
  ['fengari, 2 workers', ['--mode', 'workers', '--workers', '2', '--script', 'score.lua', '--engine', 'fengari']],
];

interface HttpFigures {
  readonly requestsPerSecond: number;
  readonly requestsPerCpuSecond: number;
  readonly withoutVariable: number;
  readonly p50us: number;
  readonly p99us: number;
  readonly failures: readonly string[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when something listens on the port. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function run(server: readonly string[]): Promise<HttpFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'offload-bench-'));
  const agent = spawn(process.execPath, [modulePath('./spop/serve.js'), ...server], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { port } = JSON.parse(await firstLine(agent.stdout)) as { port: number };
  const httpPort = await freePort();
  writeFileSync(join(folder, 'spoe.conf'), SPOE_CONFIG);
  writeFileSync(join(folder, 'haproxy.cfg'), haproxyConfig(httpPort, port, join(folder, 'spoe.conf')));
  const haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await listening(httpPort);
    const load = ['--port', String(httpPort), '--pid', String(agent.pid), '--seconds', SECONDS];
    const generator = spawn(process.execPath, [modulePath('./haproxy/http-load.js'), ...load], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(await firstLine(generator.stdout)) as HttpFigures;
  } finally {
    haproxy.kill('SIGKILL');
    agent.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

console.log(`Node ${process.version}, ${RUNS} runs of ${SECONDS} s each, median by requests/s\n`);
console.log('| server | requests/s | requests per CPU-s of the server | p50 us | p99 us | without variable |');
console.log('|---|---|---|---|---|---|');
for (const [name, server] of servers) {
  const runs: HttpFigures[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await run(server));
  const without = runs.reduce((sum, r) => sum + r.withoutVariable, 0);
  const failures = new Set(runs.flatMap((r) => r.failures));
  const m = runs.sort((a, b) => a.requestsPerSecond - b.requestsPerSecond)[runs.length >> 1];
  console.log(
    `| ${name} | ${m.requestsPerSecond} | ${m.requestsPerCpuSecond} | ${m.p50us} | ${m.p99us} | ${without} |`,
  );
  for (const why of failures) console.log(`  FAILED: ${why}`);
  if (without > 0 || failures.size > 0) process.exitCode = 1;
}
