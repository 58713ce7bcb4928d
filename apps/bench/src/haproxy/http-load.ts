import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { cpuSeconds } from '../cpu-time.js';
import { LatencyHistogram } from '../latency.js';

/**
 * HTTP load in a process of its own: keep-alive connections, one request in flight on each, every response checked for
 * the variable the agent sets. Prints one line of JSON.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    pid: { type: 'string', default: '0' },
    conns: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '3' },
  },
});
const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n');
let histogram = new LatencyHistogram();
let answered = 0;
let without = 0;
let stopping = false;
const failures: string[] = [];

function open(): Socket {
  const socket = connect({ port: Number(values.port), host: '127.0.0.1', noDelay: true });
  let sentAt = 0;
  let text = '';
  const send = (): void => {
    sentAt = performance.now();
    socket.write(REQUEST);
  };
  socket.on('connect', send);
  socket.on('error', (error) => failures.push(error.message));
  socket.on('close', () => stopping || failures.push('connection closed by HAProxy'));
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    const head = text.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(text);
    if (head < 0 || length === null || text.length < head + 4 + Number(length[1])) return;
    if (!/score=\d+/.test(text.slice(head))) without++;
    text = '';
    answered++;
    histogram.add((performance.now() - sentAt) * 1000);
    if (!stopping) send();
  });
  return socket;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const sockets = Array.from({ length: Number(values.conns) }, open);
await wait(1000);
histogram = new LatencyHistogram();
answered = without = 0;
const pid = Number(values.pid);
const cpuBefore = cpuSeconds(pid);
const before = performance.now();
await wait(Number(values.seconds) * 1000);
const seconds = (performance.now() - before) / 1000;
const cpu = cpuSeconds(pid) - cpuBefore;
stopping = true;
for (const socket of sockets) socket.destroy();
console.log(
  JSON.stringify({
    requestsPerSecond: Math.round(answered / seconds),
    requestsPerCpuSecond: Math.round(answered / cpu),
    withoutVariable: without,
    p50us: Math.round(histogram.percentile(0.5)),
    p99us: Math.round(histogram.percentile(0.99)),
    failures: failures.slice(0, 3),
  }),
);
