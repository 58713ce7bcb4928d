import { parseArgs } from 'node:util';
import { cpuSeconds, processTree, residentMb } from '../cpu-time.js';
import { LatencyHistogram } from '../latency.js';
import { LoadConnection } from './load-connection.js';

/**
 * SPOP load generator in a process of its own, engine role: keeps a window of NOTIFYs in flight on each connection
 * and prints one line of JSON. `--pid` names the server; its CPU time and that of the
 * processes it started is charged.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    pid: { type: 'string' },
    conns: { type: 'string', default: '2' },
    window: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '3' },
    'warmup-ms': { type: 'string', default: '1000' },
  },
});

if (values.port === undefined || values.pid === undefined) {
  console.error('Usage: spop-load --port PORT --pid PID [--conns 2] [--window 64] [--seconds 3] [--warmup-ms 1000]');
  process.exit(2);
}
const pids = processTree(Number(values.pid));
const conns = Number(values.conns);
let histogram = new LatencyHistogram();
let acks = 0;
const failures: string[] = [];

const connections = Array.from(
  { length: conns },
  (_, i) =>
    new LoadConnection(Number(values.port), Number(values.window), i, {
      acked: (us) => {
        acks++;
        histogram.add(us);
      },
      failed: (why) => failures.push(why),
    }),
);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await Promise.all(connections.map((c) => c.ready()));
for (const connection of connections) connection.start();
await wait(Number(values['warmup-ms']));
histogram = new LatencyHistogram();
acks = 0;
const cpuBefore = cpuSeconds(...pids);
const before = performance.now();
await wait(Number(values.seconds) * 1000);
const seconds = (performance.now() - before) / 1000;
const cpu = cpuSeconds(...pids) - cpuBefore;
const measured = acks;
for (const connection of connections) connection.stop();
console.log(
  JSON.stringify({
    conns,
    window: Number(values.window),
    frames: measured,
    framesPerSecond: Math.round(measured / seconds),
    framesPerCpuSecond: Math.round(measured / cpu),
    p50us: Math.round(histogram.percentile(0.5)),
    p99us: Math.round(histogram.percentile(0.99)),
    residentMb: Math.round(residentMb(...pids)),
    failures: failures.slice(0, 3),
  }),
);
process.exitCode = failures.length === 0 ? 0 : 1;
