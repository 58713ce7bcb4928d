// Throws the bytes of mutated connections at a running server: raw, compressed and LAppS, cut and ended in every way, with
// handlers that answer at once or later and readers that pause. It must not throw, hang or leak a connection; the calls of a
// service must come in order (onOpen, onMessage.., onClosing at most once, onClose once), and a good client must be answered
// after every hundred. Counted and seeded: the same seed sends the same bytes (the kernel may cut them otherwise).
// Build first, then: node packages/lapps-server/bench/fuzz.mjs [connections] [seed]
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { encodeRequest } from '@offload/lapps-codec';
import { createLappsServer, lappsService } from '@offload/lapps-server';
import { WebSocket } from 'ws';

const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const AT_ONCE = 32;
const GOOD_EVERY = 100;
const HANG_MS = 30_000;

let state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
/** xorshift32: a random integer below n. */
function below(n) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
}
const pick = (items) => items[below(items.length)];

const calls = new Map();
const counts = { onOpen: 0, onMessage: 0, onClosing: 0, onClose: 0 };
/** What came before each call of a service, as letters. */
const note = (name, connection) => {
  counts[name] += 1;
  const before = calls.get(connection.id) ?? '';
  const letter = { onOpen: 'o', onMessage: 'm', onClosing: 'e', onClose: 'c' }[name];
  const after = before + (letter === 'm' && before.endsWith('m') ? '' : letter);
  assert.match(after, /^o?m*e?c?$/, `calls of connection ${connection.id}`);
  if (letter === 'c') calls.delete(connection.id);
  else calls.set(connection.id, after);
};
const later = () => new Promise((resolve) => setImmediate(resolve));
const service = (more) => ({
  onOpen: (connection) => note('onOpen', connection),
  onMessage: (connection, data, isBinary) => {
    note('onMessage', connection);
    const first = data[0] ?? 0;
    if (first % 7 === 1) {
      connection.pauseReading();
      setImmediate(() => connection.resumeReading());
    }
    if (first % 31 === 2) connection.close(4000 + (first % 100), 'enough');
    if (first % 61 === 3) connection.terminate();
    if (first % 3 !== 0) return void connection.send(data, isBinary);
    const copy = Buffer.from(data);
    return later().then(() => void connection.send(copy, isBinary));
  },
  onClosing: (connection) => {
    note('onClosing', connection);
    return connection.id % 2 === 0 ? later() : undefined;
  },
  onClose: (connection) => note('onClose', connection),
  ...more,
});
const methods = {
  echo: ({ params }) => params,
  later: async ({ params }) => {
    await later();
    return params;
  },
};
const { onMessage: _none, ...listeners } = service();
const server = createLappsServer({
  limits: {
    maxMessageBytes: 4096,
    maxBufferedBytes: 65_536,
    maxFragments: 16,
    closeTimeoutMs: 1000,
    maxConnections: 500,
  },
  services: {
    '/raw': service(),
    '/lent': service({ lendData: true }),
    '/deflate': service({ perMessageDeflate: { threshold: 8 } }),
    '/lapps': lappsService({ ...listeners, methods }),
  },
});
const { port } = await server.listen({ host: '127.0.0.1', port: 0 });

const upgrade = (target) =>
  Buffer.from(
    `GET ${target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${
      target === '/deflate' ? 'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n' : ''
    }\r\n`,
  );

const frame = (opcode, payload, { fin = true, rsv = 0 } = {}) => {
  const size = payload.length;
  const head = size < 126 ? [0x80 | size] : [0xfe, size >> 8, size & 255];
  const key = Buffer.from([below(256), below(256), below(256), below(256)]);
  return Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, ...head]),
    key,
    payload.map((byte, i) => byte ^ key[i & 3]),
  ]);
};

const bytesOf = (size) => Buffer.from(Array.from({ length: size }, () => below(128)));
/** Something a client of this target may say. */
const message = (target) => {
  const text = bytesOf(pick([0, 1, 5, 125, 126, 400, 4096]));
  if (target === '/lapps')
    return frame(2, Buffer.from(encodeRequest(pick(['echo', 'later', 'none']), [below(1000), 'x'])));
  if (target === '/deflate' && below(3) > 0)
    return frame(1, deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4), { rsv: 4 });
  if (below(8) > 0) return frame(pick([1, 2]), text);
  const cut = below(text.length + 1);
  return Buffer.concat([
    frame(1, text.subarray(0, cut), { fin: false }),
    frame(9, bytesOf(3)),
    frame(0, text.subarray(cut)),
  ]);
};
const bye = () =>
  frame(8, pick([Buffer.alloc(0), Buffer.from([3, 232]), Buffer.from([15, 160, 97]), Buffer.from([0, 1])]));

const stream = (target) => {
  const parts = Array.from({ length: below(8) }, () => (below(10) === 0 ? frame(9, bytesOf(4)) : message(target)));
  if (below(2) === 0) parts.push(bye());
  const bytes = Buffer.concat(parts);
  for (let changes = below(4); changes > 0 && bytes.length > 0; changes -= 1) bytes[below(bytes.length)] = below(256);
  return below(4) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
};

const attack = (number) =>
  new Promise((resolve, reject) => {
    const target = pick(['/raw', '/lent', '/deflate', '/lapps']);
    const bytes = Buffer.concat([upgrade(target), stream(target)]);
    const cut = pick([bytes.length, below(bytes.length + 1)]);
    const end = pick(['end', 'end', 'reset', 'wait', 'deaf']);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: end === 'wait' });
    const timer = setTimeout(
      () => reject(new Error(`connection ${number} hangs: ${target} ${end} ${bytes.toString('hex')}`)),
      HANG_MS,
    );
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    if (end !== 'deaf') socket.resume();
    socket.write(bytes.subarray(0, cut), () => {
      socket.write(bytes.subarray(cut), () => {
        if (end === 'reset') socket.resetAndDestroy();
        else if (end === 'deaf') setTimeout(() => socket.destroy(), 5);
        else socket.end();
      });
    });
    socket.on('end', () => socket.end());
  });

const good = () =>
  new Promise((resolve, reject) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/raw`);
    const timer = setTimeout(() => reject(new Error('a good client got no answer')), HANG_MS);
    client.on('open', () => client.send('dear'));
    client.on('message', (data) => {
      assert.equal(String(data), 'dear');
      client.close(1000);
    });
    client.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.on('error', reject);
  });

const begun = performance.now();
let next = 0;
const worker = async () => {
  while (next < count) {
    next += 1;
    const number = next;
    await attack(number);
    if (number % GOOD_EVERY === 0) await good();
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
const until = performance.now() + HANG_MS;
while (server.stats().connections > 0 && performance.now() < until)
  await new Promise((resolve) => setTimeout(resolve, 10));
const stats = server.stats();
assert.equal(stats.connections, 0);
assert.equal(stats.handlerErrors, 0);
assert.deepEqual([counts.onOpen, counts.onClose, calls.size], [stats.opened, stats.opened, 0]);
// A stop in the middle of it: everything comes to its end just the same.
const last = Array.from({ length: 200 }, (_, i) => attack(count + i));
await new Promise((resolve) => setTimeout(resolve, 20));
await server.stop({ graceMs: 1000 });
await Promise.all(last);
assert.deepEqual([counts.onOpen, calls.size, server.stats().connections], [counts.onClose, 0, 0]);
console.log(
  JSON.stringify({
    count,
    seed,
    seconds: ((performance.now() - begun) / 1000).toFixed(1),
    node: process.version,
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
    calls: counts,
    stats,
  }),
);
