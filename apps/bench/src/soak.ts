import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { residentMb } from './cpu-time.js';
import { firstLine, modulePath } from './run.js';

/**
 * Loads a server for minutes and watches its memory: `node dist/soak.js --minutes 10 [-- server args]`.
 * Prints a sample every ten seconds and, at the end, the medians of the second and of the last quarter; the first one
 * is warm-up. Growth between the two is what a leak looks like.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    conns: { type: 'string', default: '4' },
    window: { type: 'string', default: '16' },
  },
});
const seconds = Number(values.minutes) * 60;
const server = positionals.length > 0 ? positionals : ['--mode', 'workers'];
const child = spawn(process.execPath, [modulePath('./spop/serve.js'), ...server], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const { port } = JSON.parse(await firstLine(child.stdout)) as { port: number };
  const load = ['--port', String(port), '--pid', String(child.pid), '--seconds', String(seconds)];
  const generator = spawn(
    process.execPath,
    [modulePath('./spop/load.js'), ...load, '--conns', values.conns, '--window', values.window],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const samples: number[] = [];
  const sampler = setInterval(() => {
    samples.push(residentMb(child.pid ?? 0));
    console.log(`${samples.length * 10} s: ${samples.at(-1)?.toFixed(1)} MB`);
  }, 10_000);
  const result = JSON.parse(await firstLine(generator.stdout)) as { frames: number; failures: readonly string[] };
  clearInterval(sampler);
  const quarter = samples.length >> 2;
  const early = median(samples.slice(quarter, 2 * quarter));
  const late = median(samples.slice(3 * quarter));
  console.log(
    `${server.join(' ')}: ${result.frames} frames, ${result.failures.length} failures; ` +
      `resident ${early.toFixed(1)} MB in the second quarter, ${late.toFixed(1)} MB in the last`,
  );
  process.exitCode = result.failures.length === 0 ? 0 : 1;
} finally {
  child.kill('SIGKILL');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
