import { parseArgs } from 'node:util';
import { processTree } from '../cpu-time.js';
import { Measurement } from '../measurement.js';
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
const measurement = new Measurement();

const connections = Array.from(
  { length: conns },
  (_, i) =>
    new LoadConnection(Number(values.port), Number(values.window), i, {
      acked: (us) => {
        measurement.answers++;
        measurement.histogram.add(us);
      },
      failed: measurement.failed,
    }),
);

await Promise.all(connections.map((c) => c.ready()));
for (const connection of connections) connection.start();
const figures = await measurement.run(pids, Number(values['warmup-ms']), Number(values.seconds) * 1000);
for (const connection of connections) connection.stop();
console.log(JSON.stringify({ conns, window: Number(values.window), ...figures }));
process.exitCode = figures.failures.length === 0 ? 0 : 1;
