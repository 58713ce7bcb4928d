import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { CloseInfo, Connection, ServiceOptions } from '../src/index.js';
import { start } from './support/harness.js';
import { clientFrame, closePayload, type RawClient } from './support/raw-client.js';

const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };
const silent: ServiceOptions = { onMessage: () => undefined };

const begin = async (options: Partial<ServiceOptions> = {}, more: Parameters<typeof start>[0] = {}) => {
  const closes: CloseInfo[] = [];
  let onClosed: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => (onClosed = resolve));
  const harness = await start({
    ...more,
    services: {
      '/s': {
        ...silent,
        ...options,
        onClose: (connection, info) => {
          closes.push(info);
          options.onClose?.(connection, info);
          onClosed?.();
        },
      },
      '/echo': echo,
    },
  });
  const client = await harness.open('/s');
  const { connection } = await harness.event('opened');
  return { ...harness, client, connection, closes, closed };
};

describe('Connection ids', () => {
  it('id is small, positive and not used again', async () => {
    const { server, open, connection, client, closed } = await begin();
    expect(connection.id).toBe(1);
    expect(server.connection(1)).toBe(connection);
    client.destroy();
    await closed;
    expect(server.connection(1)).toBeUndefined();
    await open('/s');
    expect([...server.connections].map(({ id }) => id)).toEqual([2]);
  });

  it('nextId lets several servers share ids', async () => {
    let last = 100;
    const { connection } = await begin({}, { nextId: () => (last += 1) });
    expect(connection.id).toBe(101);
  });
});

describe('send()', () => {
  it('send() takes text as string and bytes, and binary', async () => {
    const { connection, client, server } = await begin();
    connection.send('grüße');
    connection.send(Buffer.from('text'), false);
    connection.send(Uint8Array.of(1, 2, 3));
    connection.send('binary', true);
    connection.send('');
    const frames = [];
    for (let i = 0; i < 5; i += 1) frames.push(await client.frame());
    expect(frames.map(({ opcode }) => opcode)).toEqual([1, 1, 2, 2, 1]);
    expect(frames.map(({ payload }) => payload.toString())).toEqual(['grüße', 'text', '\x01\x02\x03', 'binary', '']);
    expect(server.stats().messagesOut).toBe(5);
  });

  it('send() copies what it is given, small and large', async () => {
    const { connection, client } = await begin();
    for (const size of [10, 100_000]) {
      const data = Buffer.alloc(size, 'a');
      connection.send(data);
      data.fill('b');
      expect((await client.frame()).payload.equals(Buffer.alloc(size, 'a'))).toBe(true);
    }
  });

  it('send() keeps order between small, large, framed and owned messages of one pass', async () => {
    const { connection, client, server } = await begin();
    const sizes = [1, 70_000, 2, 3, 20_000, 16_384, 16_385, 4, 300_000, 5, 126, 65_535, 65_536];
    sizes.forEach((size, i) => {
      const data = Buffer.alloc(size, String.fromCharCode(97 + i));
      if (i % 3 === 0) connection.sendFramed(server.frame(data));
      else connection.send(data, true, i % 3 === 1);
    });
    for (const [i, size] of sizes.entries()) {
      const { payload } = await client.frame();
      expect(payload.equals(Buffer.alloc(size, String.fromCharCode(97 + i)))).toBe(true);
    }
  });

  it('send() survives many passes: memory of earlier ones is not written over', async () => {
    const { connection, client } = await begin();
    for (let pass = 0; pass < 300; pass += 1) {
      for (let i = 0; i < 20; i += 1) connection.send(`${pass}:${i}:${'x'.repeat((pass * 7 + i) % 900)}`);
      if (pass % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (let pass = 0; pass < 300; pass += 1) {
      for (let i = 0; i < 20; i += 1) {
        expect((await client.frame()).payload.toString()).toBe(`${pass}:${i}:${'x'.repeat((pass * 7 + i) % 900)}`);
      }
    }
  });

  it('send() writes everything of a pass in one piece', async () => {
    const { connection, client } = await begin();
    let chunks = 0;
    client.socket.on('data', () => (chunks += 1));
    for (let i = 0; i < 50; i += 1) connection.send(`message ${i}`);
    for (let i = 0; i < 50; i += 1) await client.frame();
    expect(chunks).toBe(1);
  });

  it('flush() writes without waiting for the end of the pass', async () => {
    const { connection, server } = await begin();
    connection.send('x');
    expect(connection.bufferedBytes).toBe(3);
    server.flush();
    expect(connection.bufferedBytes).toBe(0);
  });

  it('sendFramed() sends one framed message to many, now and later', async () => {
    const { connection, client, server, open } = await begin();
    const other = await open('/s');
    const framed = server.frame('news', false);
    const kept = server.frame(Buffer.from([1, 2]));
    for (const target of server.connections) target.sendFramed(framed);
    for (let i = 0; i < 2000; i += 1) server.frame(`noise ${i}`);
    connection.sendFramed(kept);
    connection.sendFramed(framed);
    expect((await other.frame()).payload.toString()).toBe('news');
    expect((await client.frame()).payload.toString()).toBe('news');
    expect((await client.frame()).payload.equals(Buffer.from([1, 2]))).toBe(true);
    expect((await client.frame()).payload.toString()).toBe('news');
  });

  it('send() after the end returns false', async () => {
    const { connection, client, closed, server } = await begin();
    client.destroy();
    await closed;
    expect([connection.open, connection.send('x'), connection.sendFramed(server.frame('x'))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('close()', () => {
  it('close() sends what was sent before, then one Close, then nothing', async () => {
    const { connection, client, closes, closed } = await begin();
    connection.send('before');
    connection.close(4001, 'enough');
    expect(connection.send('after')).toBe(false);
    connection.close(1000);
    expect((await client.frame()).payload.toString()).toBe('before');
    const close = await client.frame();
    expect([close.opcode, close.payload.readUInt16BE(), close.payload.toString('utf8', 2)]).toEqual([
      8,
      4001,
      'enough',
    ]);
    client.send(clientFrame(1, 'ignored'), clientFrame(8, closePayload(4001)));
    await client.end();
    await closed;
    expect(client.frames).toEqual([]);
    expect(closes).toEqual([{ code: 4001, reason: 'enough', cause: 'local' }]);
  });

  it('close() gives a client that never answers closeTimeoutMs', async () => {
    const { connection, client, closes, closed } = await begin({}, { limits: { closeTimeoutMs: 50 } });
    connection.close();
    await closed;
    expect(closes).toEqual([{ code: 1000, reason: '', cause: 'local' }]);
    await client.end();
  });

  it('close() cuts a reason at 123 bytes between characters', async () => {
    const { connection, client } = await begin();
    connection.close(1000, 'é'.repeat(100));
    const { payload } = await client.frame();
    expect(payload.toString('utf8', 2)).toBe('é'.repeat(61));
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN])('close() refuses code %s', async (code) => {
    const { connection } = await begin();
    expect(() => connection.close(code)).toThrow(expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_CLOSE_CODE' }));
    expect(connection.open).toBe(true);
  });
});

describe('onClose()', () => {
  const cut: CloseInfo = { code: 1006, reason: '', cause: 'lost' };
  const endings: readonly (readonly [name: string, act: (client: RawClient) => unknown, info: CloseInfo])[] = [
    ['a reset', (client) => client.socket.resetAndDestroy(), cut],
    ['an end of TCP without Close', (client) => client.socket.end(), cut],
    [
      'a Close and the end of TCP at once',
      (client) => {
        client.send(clientFrame(8, closePayload(1001)));
        client.socket.destroySoon();
      },
      { code: 1001, reason: '', cause: 'peer' },
    ],
    ['an end inside a frame', (client) => client.socket.end(clientFrame(2, Buffer.alloc(500)).subarray(0, 300)), cut],
  ];

  it.each(endings)('onClose() is called once for %s', async (_name, act, info) => {
    const { client, closes, closed, server } = await begin();
    act(client);
    await closed;
    await server.stop();
    expect(closes).toEqual([info]);
  });

  it('onClose() is called once for terminate()', async () => {
    const { connection, closes, closed, client } = await begin();
    connection.terminate();
    await closed;
    await client.end();
    expect(closes).toEqual([cut]);
  });

  it('onClose() is called once when both sides close at once', async () => {
    const { connection, closes, closed, client, server } = await begin();
    client.send(clientFrame(8, closePayload(1000)));
    connection.close(4000);
    await closed;
    await server.stop();
    expect(closes).toHaveLength(1);
  });
});

describe('handlers', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('onMessage() that %s closes its connection with 1011 and no other', async (_name, onMessage) => {
    const { client, closed, closes, event, open } = await begin({ onMessage });
    const other = await open('/echo');
    client.send(clientFrame(1, 'x'));
    expect(await client.closeCode()).toBe(1011);
    client.destroy();
    await closed;
    expect(closes[0]).toMatchObject({ code: 1011, cause: 'handler' });
    expect(await event('handler-error')).toMatchObject({ handler: 'onMessage', error: new Error('broken') });
    other.send(clientFrame(1, 'y'));
    expect((await other.frame()).payload.toString()).toBe('y');
  });

  it('onOpen() gets the upgrade request; one that throws closes with 1011', async () => {
    const seen: (string | undefined)[] = [];
    const { open } = await start({
      services: {
        '/s': {
          ...silent,
          onOpen: (_connection, request) => {
            seen.push(request.headers.cookie);
            if (seen[0] === 'bad=1') throw new Error('no');
          },
        },
      },
    });
    const client = await open('/s', { headers: { Cookie: 'bad=1' } });
    expect(await client.closeCode()).toBe(1011);
    expect(seen).toEqual(['bad=1']);
  });

  it('onClose() that throws is reported', async () => {
    const { client, event } = await begin({
      onClose: () => {
        throw new Error('late');
      },
    });
    client.destroy();
    expect(await event('handler-error')).toMatchObject({ handler: 'onClose', error: new Error('late') });
    await event('closed');
  });
});

describe('pauseReading()', () => {
  const collecting = async (pauseAt: number) => {
    const got: string[] = [];
    const harness = await begin({
      onMessage: (connection, data) => {
        got.push(data.toString());
        if (got.length === pauseAt) connection.pauseReading();
      },
    });
    return { ...harness, got };
  };

  it('pauseReading() keeps the rest of a chunk until resumeReading()', async () => {
    const { client, connection, got, server } = await collecting(2);
    client.send(...[1, 2, 3, 4, 5].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual(['1', '2']);
    expect(connection.paused).toBe(true);
    connection.resumeReading();
    expect(got).toEqual(['1', '2', '3', '4', '5']);
    client.send(clientFrame(1, '6'));
    while (server.stats().messagesIn < 6) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toHaveLength(6);
  });

  it('pauseReading() inside delivery of kept messages keeps the rest again', async () => {
    const got: string[] = [];
    const { client, connection, server } = await begin({
      onMessage: (target: Connection, data) => {
        got.push(data.toString());
        target.pauseReading();
      },
    });
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual(['1']);
    connection.resumeReading();
    expect(got).toEqual(['1', '2']);
    connection.resumeReading();
    expect(got).toEqual(['1', '2', '3']);
  });

  it('pauseReading() makes TCP push back: a client cannot send without end', async () => {
    const { client, connection, server } = await begin({}, { limits: { maxMessageBytes: 1 << 20 } });
    connection.pauseReading();
    const frame = clientFrame(2, Buffer.alloc(1 << 19));
    let writes = 0;
    while (writes < 200 && client.socket.write(frame)) writes += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.socket.writableLength).toBeGreaterThan(0);
    expect(server.stats().messagesIn).toBe(0);
    const drained = once(client.socket, 'drain');
    connection.resumeReading();
    await drained;
  });

  it('onClose() comes after the messages kept by pauseReading()', async () => {
    const { client, connection, got, closes, closed, server } = await collecting(1);
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))), clientFrame(8, closePayload(1000)));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([got, closes]).toEqual([['1'], []]);
    connection.resumeReading();
    await closed;
    expect(got).toEqual(['1', '2', '3']);
    expect(closes).toHaveLength(1);
  });

  it('stop() does not wait for a reader that stays paused', async () => {
    const { client, got, closes, server } = await collecting(1);
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    await server.stop({ graceMs: 30 });
    expect(got).toEqual(['1']);
    expect(closes).toEqual([{ code: 1001, reason: 'server is going away', cause: 'shutdown' }]);
  });
});

describe('sendPart()', () => {
  it('sendPart() sends the bytes in between, which may change at once', async () => {
    const { connection, client } = await begin();
    const bytes = Buffer.from('__part__');
    expect(connection.sendPart(bytes, 2, 6, false)).toBe(true);
    bytes.fill('x');
    const frame = await client.frame();
    expect([frame.opcode, frame.payload.toString()]).toEqual([1, 'part']);
    connection.close();
    expect(connection.sendPart(bytes, 2, 6, true)).toBe(false);
  });
});

describe('slow consumers', () => {
  it('send() ends a client that never reads with 1008 and its queue stays bounded; others are served', async () => {
    const maxBufferedBytes = 200_000;
    const { client, connection, server, closes, closed, event, open } = await begin(
      {},
      { limits: { maxBufferedBytes, closeTimeoutMs: 50 } },
    );
    const other = await open('/echo');
    client.socket.pause();
    const message = Buffer.alloc(10_000, 'm');
    let most = 0;
    let sent = 0;
    while (connection.send(message)) {
      sent += 1;
      most = Math.max(most, connection.bufferedBytes);
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBeLessThanOrEqual(maxBufferedBytes + 10_100);
    expect((await event('slow-consumer')).connection).toBe(connection);
    await closed;
    expect(closes).toEqual([{ code: 1008, reason: 'slow consumer', cause: 'slow-consumer' }]);
    expect(server.stats().slowConsumers).toBe(1);
    other.send(clientFrame(1, 'fine'));
    expect((await other.frame()).payload.toString()).toBe('fine');
  });

  it('send() takes one message larger than the bound for a client that reads', async () => {
    const { client, connection } = await begin({}, { limits: { maxBufferedBytes: 1000 } });
    expect(connection.send(Buffer.alloc(5_000_000))).toBe(true);
    expect((await client.frame()).payload.length).toBe(5_000_000);
  });

  it.each(['that is silent otherwise', 'that keeps sending'])(
    'a client %s is ended when it takes nothing of what waits for it for stallTimeoutMs',
    async (_how) => {
      const limits = { stallTimeoutMs: 80, closeTimeoutMs: 50, pingIntervalMs: 0 };
      const { client, connection, closes, closed, event, open } = await begin({}, { limits });
      const other = await open('/echo');
      client.socket.pause();
      const trickle = setInterval(() => _how === 'that keeps sending' && client.socket.write(clientFrame(10)), 10);
      // Far below the bound of bytes, and more than the system takes.
      while (connection.bufferedBytes < 100_000) {
        connection.send(Buffer.alloc(50_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await event('slow-consumer')).connection).toBe(connection);
      await closed;
      clearInterval(trickle);
      expect(closes).toEqual([{ code: 1008, reason: 'slow consumer', cause: 'slow-consumer' }]);
      other.send(clientFrame(1, 'fine'));
      expect((await other.frame()).payload.toString()).toBe('fine');
    },
  );

  it('pings of a client that never reads count against the bound', async () => {
    const { client, closes, closed } = await begin({}, { limits: { maxBufferedBytes: 10_000, closeTimeoutMs: 50 } });
    client.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 500 }, () => clientFrame(9, Buffer.alloc(125))));
    const flood = setInterval(() => client.socket.write(pings), 1);
    await closed;
    clearInterval(flood);
    expect(closes[0]).toMatchObject({ cause: 'slow-consumer' });
  });
});

describe('keepalive', () => {
  it('a silent client is pinged and stays while it answers', async () => {
    const { client, connection } = await begin({}, { limits: { pingIntervalMs: 40, pongTimeoutMs: 10_000 } });
    for (let i = 0; i < 3; i += 1) {
      const ping = await client.frame();
      expect([ping.opcode, ping.payload.length]).toEqual([9, 0]);
      client.send(clientFrame(10));
    }
    expect(connection.open).toBe(true);
  });

  it('a half-open client is cut after the pong timeout', async () => {
    const { closed, closes, server } = await begin({}, { limits: { pingIntervalMs: 40, pongTimeoutMs: 40 } });
    await closed;
    expect(closes).toEqual([{ code: 1006, reason: '', cause: 'ping-timeout' }]);
    expect(server.stats().pingTimeouts).toBe(1);
  });

  it('an idle client is closed with 1001 where that is asked for', async () => {
    const { client } = await begin({}, { limits: { idleTimeoutMs: 60 } });
    expect(await client.closeCode()).toBe(1001);
  });

  it('a paused reader is not taken for lost', async () => {
    const { connection, client } = await begin(
      {},
      { limits: { pingIntervalMs: 20, pongTimeoutMs: 20, idleTimeoutMs: 60 } },
    );
    connection.pauseReading();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(connection.open).toBe(true);
    expect(client.ended).toBe(false);
  });
});

describe('stop()', () => {
  it('stop() sends 1001 to everyone, waits for their answers and refuses newcomers', async () => {
    const { client, server, closes, port, open } = await begin();
    const other = await open('/s');
    const stopped = server.stop();
    for (const each of [client, other]) {
      const close = await each.frame();
      expect([close.opcode, close.payload.readUInt16BE()]).toEqual([8, 1001]);
    }
    await expect(open('/s')).rejects.toThrow();
    expect(closes).toEqual([]);
    for (const each of [client, other]) each.send(clientFrame(8, closePayload(1001)));
    await stopped;
    expect(closes.map(({ cause, code }) => [cause, code])).toEqual([
      ['shutdown', 1001],
      ['shutdown', 1001],
    ]);
    expect(port).toBeGreaterThan(0);
    await expect(server.listen({ port: 0 })).rejects.toMatchObject({ code: 'LAPPS_SERVER_ERR_STATE' });
  });

  it('stop() cuts who does not answer at the deadline, connections in their handshake too', async () => {
    const { server, closes, connect, client } = await begin({}, { limits: { closeTimeoutMs: 60_000 } });
    const half = connect();
    half.send(Buffer.from('GET / HT'));
    await once(half.socket, 'connect');
    await server.stop({ graceMs: 30 });
    expect(closes).toHaveLength(1);
    await Promise.all([client.end(), half.end()]);
    expect(server.stats().connections).toBe(0);
  });
});
