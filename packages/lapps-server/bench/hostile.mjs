// Hostile run: node bench/hostile.mjs [drops]. One server in a process of its own, `drops` connections (10 000) that come
// and go in every bad way, a thousand half-open ones, fifty that never read, and one well-behaved client that is asking all
// along. Prints one JSON line; exit code 1 when the client went without an answer for 2 s or anything is left behind.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const serve = async () => {
  const { createLappsServer } = await import('../dist/index.js');
  const server = createLappsServer({
    limits: {
      maxMessageBytes: 4096,
      maxBufferedBytes: 65_536,
      handshakeTimeoutMs: 1000,
      closeTimeoutMs: 500,
      pingIntervalMs: 500,
      pongTimeoutMs: 500,
    },
    services: { '/echo': { onMessage: (connection, data, isBinary) => connection.send(data, isBinary) } },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 });
  process.on('message', () => process.send({ stats: server.stats(), rss: process.memoryUsage.rss() }));
  process.send({ port });
};

const UPGRADE =
  'GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const frame = (opcode, size) => {
  const head = size < 126 ? [0x80 | opcode, 0x80 | size] : [0x80 | opcode, 0xfe, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), Buffer.alloc(size, 'x')]);
};
const rubbish = () => Buffer.from(Array.from({ length: 40 }, () => Math.floor(Math.random() * 256)));

/** The bad ways. Each gets a connected socket and ends it, or leaves that to the server. */
const ways = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.write(UPGRADE.slice(0, 60), () => socket.resetAndDestroy()),
  (socket) => socket.end(rubbish()),
  (socket) => socket.end(UPGRADE),
  (socket) => socket.write(UPGRADE, () => socket.resetAndDestroy()),
  (socket) => socket.end(Buffer.concat([Buffer.from(UPGRADE), rubbish()])),
  (socket) => socket.end(Buffer.concat([Buffer.from(UPGRADE), frame(2, 3000).subarray(0, 1000)])),
  (socket) => socket.write(Buffer.concat([Buffer.from(UPGRADE), frame(1, 10), frame(8, 0)])),
  (socket) => socket.write(Buffer.concat([Buffer.from(UPGRADE), frame(2, 5000)])),
  (socket) => socket.end(UPGRADE.replace('/echo', '/nothing')),
];

const attack = (port, way) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => way(socket));
    socket.on('error', () => undefined).on('close', resolve);
    socket.resume();
  });

const askAlong = async (port) => {
  const client = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  await once(client, 'open');
  const seen = { answers: 0, slowestMs: 0 };
  let asked = performance.now();
  client.on('message', () => {
    seen.answers += 1;
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - asked);
    setTimeout(() => {
      asked = performance.now();
      if (client.readyState === WebSocket.OPEN) client.send('still there?');
    }, 5);
  });
  client.send('still there?');
  return { client, seen };
};

const run = async (drops) => {
  const child = fork(fileURLToPath(import.meta.url), ['serve']);
  const [{ port }] = await once(child, 'message');
  const ask = async () => {
    child.send('stats');
    return (await once(child, 'message'))[0];
  };
  const { client, seen } = await askAlong(port);
  const before = (await ask()).rss;
  const halfOpen = Array.from({ length: 1000 }, () => attack(port, (socket) => socket.write(UPGRADE)));
  const deaf = Array.from({ length: 50 }, () =>
    attack(port, (socket) => {
      socket.write(UPGRADE);
      socket.pause();
      const flood = setInterval(() => socket.write(frame(2, 4096)), 1);
      socket.on('close', () => clearInterval(flood)).on('error', () => clearInterval(flood));
    }),
  );
  for (let done = 0; done < drops; done += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, i) => attack(port, ways[(done + i) % ways.length])));
  }
  // Paused sockets do not see their end; the server's count does.
  await Promise.all(halfOpen);
  let report = await ask();
  for (let i = 0; i < 100 && report.stats.connections > 1; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    report = await ask();
  }
  const ok = report.stats.connections === 1 && seen.slowestMs < 2000 && client.readyState === WebSocket.OPEN;
  console.log(
    JSON.stringify({
      ok,
      drops,
      deaf: deaf.length,
      ...seen,
      rssMb: [before, report.rss].map((b) => Math.round(b / 1e6)),
      ...report.stats,
    }),
  );
  child.kill();
  process.exit(ok ? 0 : 1);
};

if (process.argv[2] === 'serve') await serve();
else await run(Number(process.argv[2] ?? 10_000));
