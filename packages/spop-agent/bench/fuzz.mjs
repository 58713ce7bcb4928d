// Throws the bytes of mutated connections at a running agent. It must not throw, hang, leak a connection, or send a
// frame HAProxy could not take; a good connection must be served after every hundred. Counted and seeded: the same
// seed sends the same bytes (the kernel may cut them otherwise).
// Build first, then: node packages/spop-agent/bench/fuzz.mjs [connections] [seed]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createAgent, setVar } from '@offload/spop-agent';
import { decodeFrame, EngineSession, FrameSplitter } from '@offload/spop-codec';

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

const vectors = JSON.parse(readFileSync(new URL('../../spop-codec/test/vectors/spop.json', import.meta.url), 'utf8'));
const byName = (part) => vectors.filter(({ name }) => name.includes(part)).map(({ hex }) => Buffer.from(hex, 'hex'));
const hellos = byName('HAPROXY-HELLO');
const notifies = byName('NOTIFY');
const others = vectors.map(({ hex }) => Buffer.from(hex, 'hex'));
const fragments = [
  '0000001203000000000001016d020161080a41424344',
  '0000000b0000000000000145464748',
  '0000000d00000000010001494a017a0407',
].map((hex) => Buffer.from(hex, 'hex'));
const abort = Buffer.from('0000000700000000030001', 'hex');
const EDGES = [0, 1, 2, 3, 4, 6, 7, 8, 0x10, 0x11, 0x21, 0x66, 0x67, 0x7f, 0x80, 0xef, 0xf0, 0xff];

/** The frames of one connection, mostly in order, some mutated, some odd. */
function connectionBytes() {
  const frames = [];
  if (below(20) > 0) frames.push(hellos[below(hellos.length)]);
  for (let n = below(6); n > 0; n--) {
    const kind = below(8);
    if (kind < 4) frames.push(notifies[below(notifies.length)]);
    else if (kind === 4) frames.push(...fragments.slice(0, 1 + below(3)), ...(below(2) ? [abort] : []));
    else if (kind === 5) frames.push(others[below(others.length)]);
    else frames.push(mutate(others[below(others.length)]));
  }
  let bytes = Buffer.concat(frames);
  if (below(3) === 0) bytes = mutate(bytes);
  if (below(8) === 0) bytes = bytes.subarray(0, below(bytes.length + 1));
  return bytes;
}

function mutate(original) {
  const bytes = [...original];
  for (let edits = 1 + below(4); edits > 0; edits--) {
    const at = below(bytes.length + 1);
    const byte = below(2) === 0 ? EDGES[below(EDGES.length)] : below(256);
    const kind = below(5);
    if (kind === 0) bytes.splice(at, 0, byte);
    else if (kind === 1) bytes.splice(at, 1 + below(8));
    else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(at, at + below(32)));
    else if (at < bytes.length) bytes[at] = kind === 3 ? bytes[at] ^ (1 << below(8)) : byte;
  }
  const out = Buffer.from(bytes);
  if (below(4) > 0 && out.length >= 4 && out.length < 4096) out.writeUInt32BE(out.length - 4);
  return out;
}

const events = {};
const agent = createAgent({
  handlers: (message) => {
    const actions = message.args.slice(0, 4).map(({ value }, i) => setVar('txn', `v${i}`, value));
    if (message.args.length % 3 === 1) throw new Error('fuzz');
    return message.args.length % 3 === 2 ? Promise.resolve(actions) : actions;
  },
  onEvent: ({ type }) => {
    events[type] = (events[type] ?? 0) + 1;
  },
  limits: { refuseDelayMs: 1, maxReassembledBytes: 64, maxInFlightPerConnection: 2, handshakeTimeoutMs: 2000 },
});
const { port, host } = await agent.listen({ port: 0 });

/** Sends the bytes in random pieces, ends, and checks what comes back. */
function runConnection(bytes, index) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    const splitter = new FrameSplitter(1 << 22);
    let closing = false;
    const guard = setTimeout(() => reject(new Error(`connection ${index} hangs`)), HANG_MS);
    socket.on('connect', () => {
      for (let at = 0; at < bytes.length; ) {
        const n = below(4) === 0 ? 1 + below(16) : bytes.length - at;
        socket.write(bytes.subarray(at, at + n));
        at += n;
      }
      socket.end();
    });
    socket.on('data', (chunk) => {
      try {
        splitter.push(chunk);
        while (splitter.next()) {
          assert(!closing, 'a frame after AGENT-DISCONNECT');
          const frame = decodeFrame(new Uint8Array(splitter.bytes.subarray(splitter.at, splitter.end)));
          assert(['agent-hello', 'ack', 'agent-disconnect'].includes(frame.type));
          if (frame.type === 'ack') assert.equal(frame.unparsed.length, 0);
          closing = frame.type === 'agent-disconnect';
        }
      } catch (error) {
        reject(error);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(guard);
      resolve();
    });
  });
}

function serveGood() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    const engine = new EngineSession();
    const guard = setTimeout(() => reject(new Error('a good connection hangs')), HANG_MS);
    socket.write(engine.hello());
    socket.on('data', (chunk) => {
      for (const event of engine.push(chunk)) {
        if (event.type === 'hello') socket.write(engine.notify([{ name: 'good', args: [] }]).bytes);
        if (event.type === 'ack') socket.write(engine.disconnect());
        if (event.type === 'disconnect') {
          clearTimeout(guard);
          socket.destroy();
          resolve();
        }
      }
    });
    socket.on('error', reject);
  });
}

const start = performance.now();
let next = 0;
let good = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const index = next++;
      await runConnection(connectionBytes(), index);
      if (index % GOOD_EVERY === 0) {
        await serveGood();
        good++;
      }
    }
  }),
);
await agent.stop({ graceMs: 1000 });
const stats = agent.stats();
assert.equal(stats.connections + stats.refusing, 0);
assert.equal(stats.inFlight, 0);
const seconds = ((performance.now() - start) / 1000).toFixed(1);
const { heapUsed, rss } = process.memoryUsage();
console.log(JSON.stringify({ count, seed, good, seconds, node: process.version, heapUsed, rss, stats, events }));
