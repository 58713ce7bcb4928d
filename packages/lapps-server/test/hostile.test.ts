import { encodeRequest } from '@offload/lapps-codec';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lappsService, type ServiceOptions } from '../src/index.js';
import { type Harness, start } from './support/harness.js';
import { clientFrame, closePayload, RawClient } from './support/raw-client.js';

const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };

let harness: Harness;
let stopAsking: () => Promise<number>;

/** A well-behaved client that asks again as soon as it is answered, until told to stop; resolves to the answers it got. */
const keepAsking = async (port: number): Promise<() => Promise<number>> => {
  const client = await RawClient.open(port, '/echo');
  let asking = true;
  const done = (async () => {
    let answers = 0;
    while (asking) {
      client.send(clientFrame(1, `question ${answers}`));
      expect((await client.frame()).payload.toString()).toBe(`question ${answers}`);
      answers += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.destroy();
    return answers;
  })();
  return () => {
    asking = false;
    return done;
  };
};

beforeEach(async () => {
  harness = await start({
    services: {
      '/echo': echo,
      '/deflate': { ...echo, perMessageDeflate: true },
      '/lapps': lappsService({ methods: { echo: ({ params }) => params } }),
    },
    limits: {
      maxMessageBytes: 4096,
      maxBufferedBytes: 50_000,
      closeTimeoutMs: 2000,
      maxFragments: 20,
    },
  });
  stopAsking = await keepAsking(harness.port);
});

afterEach(async () => {
  expect(await stopAsking()).toBeGreaterThan(0);
  expect(harness.server.stats().handlerErrors).toBe(0);
});

/** Sends bytes, ends its side, and waits for the server to end the connection. */
const attack = async (target: string, bytes: Uint8Array, headers = {}): Promise<void> => {
  const client = await RawClient.open(harness.port, target, { headers });
  client.socket.end(bytes);
  await client.end();
};

const anyFrame = fc
  .record({
    opcode: fc.nat(15),
    data: fc.uint8Array({ maxLength: 300 }),
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(7)),
    masked: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
    width: fc.constantFrom(undefined, 16 as const, 64 as const),
  })
  .map(({ opcode, data, fin, rsv, masked, width }) =>
    clientFrame(opcode, data, {
      fin,
      rsv,
      ...(masked ? {} : { mask: false }),
      ...(width === undefined ? {} : { width }),
    }),
  );

const mutated = (bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc.tuple(bytes, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })).map(([stream, changes]) => {
    const copy = Buffer.from(stream);
    for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  });

const validFrames = fc
  .array(fc.record({ opcode: fc.constantFrom(1, 2, 9), size: fc.constantFrom(0, 3, 125, 126, 200, 4096) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((frames) =>
    Buffer.concat(
      frames.map(({ opcode, size }) =>
        clientFrame(opcode, Buffer.alloc(Math.min(size, opcode === 9 ? 125 : size), 'v')),
      ),
    ),
  );

describe('hostile clients', () => {
  it('random and mutated frames cost nobody else', async () => {
    const streams = fc.oneof(
      fc.array(anyFrame, { maxLength: 8 }).map((frames) => Buffer.concat(frames)),
      mutated(validFrames),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(streams, fc.boolean(), async (bytes, deflate) => {
        const headers = deflate ? { 'Sec-WebSocket-Extensions': 'permessage-deflate' } : {};
        await attack(deflate ? '/deflate' : '/echo', bytes, headers);
      }),
      { numRuns: 150 },
    );
    // The server's own end of the last one comes after what its client sees.
    while (harness.server.stats().opened - harness.server.stats().closed > 1) await new Promise(setImmediate);
    expect(harness.server.stats().opened - harness.server.stats().closed).toBe(1);
  });

  it('mutated LAppS messages are answered or refused', async () => {
    const message = fc.constantFrom(
      encodeRequest('echo', [1, 'two', { three: [3] }]),
      encodeRequest('echo', [Array.from({ length: 50 }, (_, i) => i)]),
    );
    await fc.assert(
      fc.asyncProperty(mutated(message.map((bytes) => Buffer.from(bytes))), async (bytes) => {
        const client = await RawClient.open(harness.port, '/lapps');
        client.send(clientFrame(2, bytes));
        expect((await client.frame()).opcode).toBe(2);
        client.destroy();
      }),
      { numRuns: 150 },
    );
  });

  it('inflation bombs stop at the message limit', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const bomb = deflateRawSync(Buffer.alloc(50_000_000), { finishFlush: 2 }).subarray(0, -4);
    const client = await RawClient.open(harness.port, '/deflate', {
      headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' },
    });
    const small = deflateRawSync(Buffer.from('small'), { finishFlush: 2 }).subarray(0, -4);
    client.send(clientFrame(1, small, { rsv: 4 }));
    expect((await client.frame()).opcode).toBe(1);
    client.send(
      ...[0, 4000, 8000].map((at) =>
        clientFrame(at === 0 ? 2 : 0, bomb.subarray(at, at + 4000), { rsv: at === 0 ? 4 : 0, fin: at === 8000 }),
      ),
    );
    expect(await client.closeCode()).toBe(1009);
    client.destroy();
  });

  it('handshakes that stay half done are ended', async () => {
    const { port } = await start({ services: { '/echo': echo }, limits: { handshakeTimeoutMs: 500 } });
    const request =
      'GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n';
    const clients = Array.from({ length: 60 }, (_, i) => {
      const client = new RawClient(port);
      client.send(Buffer.from(request.slice(0, i * 2)));
      return client;
    });
    await Promise.all(clients.map((client) => client.end()));
  });

  it('a message that is never finished holds no more than its bound, many drops leave nothing behind', async () => {
    for (let round = 0; round < 10; round += 1) {
      const clients = await Promise.all(Array.from({ length: 40 }, () => RawClient.open(harness.port, '/echo')));
      clients.forEach((client, i) => {
        if (i % 4 === 0) client.send(clientFrame(2, Buffer.alloc(4096)).subarray(0, 2000));
        if (i % 4 === 1) client.send(clientFrame(8, closePayload(1000)));
        if (i % 4 === 2) client.send(clientFrame(1, 'hello'));
        if (i % 2 === 0) client.socket.resetAndDestroy();
        else client.socket.end();
      });
      await Promise.all(clients.map((client) => client.end()));
    }
    while (harness.server.stats().connections > 1) await new Promise((resolve) => setImmediate(resolve));
    expect([...harness.server.connections]).toHaveLength(1);
    expect(harness.server.stats().opened).toBe(401);
  });

  it('clients that never read are ended, each with its queue bounded', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => RawClient.open(harness.port, '/echo')));
    const flood = Buffer.concat(Array.from({ length: 50 }, () => clientFrame(2, Buffer.alloc(4096))));
    const floods = clients.map((client) => {
      client.socket.pause();
      return setInterval(() => client.socket.write(flood), 1);
    });
    while (harness.server.stats().slowConsumers < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    floods.forEach(clearInterval);
    while (harness.server.stats().connections > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const client of clients) client.destroy();
  });
});
