import { parseArgs } from 'node:util';
import { Measurement, wait } from '../measurement.js';
import { Connection } from './connection.js';
import { clientFrame } from './frames.js';
import { isLappsEcho, LAPPS_REQUEST } from './sample.js';

/**
 * WebSocket load generator in a process of its own; prints one line of JSON. `echo` and `lapps` keep a window of messages
 * in flight on each connection; `broadcast` has one of the subscribers ask for `window` broadcasts and waits until all of
 * them heard all. `--pid` names the server whose CPU time is charged.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    pid: { type: 'string' },
    kind: { type: 'string', default: 'echo' },
    conns: { type: 'string', default: '10' },
    window: { type: 'string', default: '1' },
    size: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '3' },
    'warmup-ms': { type: 'string', default: '1500' },
  },
});
if (values.port === undefined || values.pid === undefined) {
  console.error(
    'Usage: load --port PORT --pid PID [--kind echo|lapps|broadcast] [--conns 10] [--window 1] [--size 64]',
  );
  process.exit(2);
}
const port = Number(values.port);
const pid = Number(values.pid);
const window = Number(values.window);
const conns = Number(values.conns);
/** Every so many messages one is looked at whole. */
const CHECK_EVERY = 16;
const BINARY = 2;

const measurement = new Measurement();
const { failed } = measurement;

/** Connections that each keep `window` messages in flight. Returns how to begin. */
async function echoes(target: string, payload: Uint8Array, isRight: (answer: Buffer) => boolean) {
  const frame = clientFrame(BINARY, payload);
  const burst = Buffer.concat(Array.from({ length: window }, () => frame));
  const all = await open(target, () => {
    const sentAt = new Float64Array(window);
    let at = 0;
    let due = 0;
    const flush = (connection: Connection): void => {
      if (due === 0 || stopping) return;
      connection.socket.write(due === window ? burst : due === 1 ? frame : burst.subarray(0, due * frame.length));
      due = 0;
    };
    return (connection, bytes, from, end) => {
      const now = performance.now();
      if (sentAt[at] > 0) measurement.histogram.add((now - sentAt[at]) * 1000);
      sentAt[at] = now;
      at = (at + 1) % window;
      if (++measurement.answers % CHECK_EVERY === 0 && !isRight(bytes.subarray(from, end)))
        failed('an answer is wrong');
      // Everything a chunk brought is answered in one write.
      if (due++ === 0) queueMicrotask(() => flush(connection));
    };
  });
  return { all, begin: () => all.forEach((connection) => void connection.socket.write(burst)) };
}

/** Subscribers who wait for `window` broadcasts at a time. */
async function broadcasts() {
  const ask = clientFrame(BINARY, Buffer.alloc(window, '.'));
  let left = conns * window;
  let asked = 0;
  const all = await open('/news', () => (_connection, _bytes, from, end) => {
    if (end - from !== 64) failed(`a broadcast of ${end - from} bytes`);
    measurement.answers++;
    measurement.histogram.add((performance.now() - asked) * 1000);
    if (--left === 0 && !stopping) begin();
  });
  const begin = (): void => {
    left = conns * window;
    asked = performance.now();
    all[0]?.socket.write(ask);
  };
  // Scripts hear of a client with its first message.
  for (const connection of all) connection.socket.write(clientFrame(BINARY, Buffer.alloc(0)));
  await wait(500);
  return { all, begin };
}

type OnFrame = (connection: Connection, bytes: Buffer, at: number, end: number) => void;

async function open(target: string, make: () => OnFrame): Promise<Connection[]> {
  const all: Connection[] = [];
  for (let i = 0; i < conns; i++) {
    const onFrame = make();
    const connection: Connection = new Connection(port, target, {
      onFrame: (_opcode, bytes, at, end) => onFrame(connection, bytes, at, end),
      failed,
    });
    all.push(connection);
    if (i % 100 === 99) await connection.ready();
  }
  await Promise.all(all.map((connection) => connection.ready()));
  return all;
}

let stopping = false;
const payload = Buffer.alloc(Number(values.size), 'x');
const { all, begin } = await {
  echo: () => echoes('/echo', payload, (answer) => answer.equals(payload)),
  lapps: () => echoes('/lapps', LAPPS_REQUEST, isLappsEcho),
  broadcast: broadcasts,
}[values.kind as 'echo' | 'lapps' | 'broadcast']();
begin();
const figures = await measurement.run([pid], Number(values['warmup-ms']), Number(values.seconds) * 1000);
stopping = true;
for (const connection of all) connection.end();
console.log(JSON.stringify(figures));
process.exit(figures.failures.length === 0 ? 0 : 1);
