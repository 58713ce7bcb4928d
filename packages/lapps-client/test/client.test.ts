import { once } from 'node:events';
import { createServer } from 'node:net';
import { encodeCbor, encodeResult } from '@offload/lapps-codec';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, connect, connectRaw, LappsClientError } from '../src/index.js';
import { startServer, usual } from './server.js';

const QUICK = { reconnect: { minDelayMs: 1, maxDelayMs: 5 } } as const;

const begin = async (options: ClientOptions = {}) => {
  const server = await startServer(usual);
  const client = await connect(server.url, { reconnect: false, ...options });
  return { ...server, client };
};

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof LappsClientError ? error.code : String(error)),
  );

describe('request()', () => {
  it('request() resolves to the result, maps as plain objects', async () => {
    const { client } = await begin();
    expect(client.state).toBe('open');
    const [first, second] = await client.request('echo', [{ user: 'admin', deep: [{ a: 1 }] }, 2n ** 60n]);
    expect(JSON.stringify(first)).toBe('{"deep":[{"a":1}],"user":"admin"}');
    expect(Object.getPrototypeOf(first)).toBeNull();
    expect(second).toBe(2n ** 60n);
    expect(await client.request('echo')).toEqual([]);
    await client.close();
  });

  it('request() many at once are answered in order', async () => {
    const { client } = await begin();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => client.request('echo', [i])));
    expect(answers.map(([i]) => i)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await client.close();
  });

  it('request() rejects with the error object of the server', async () => {
    const { client } = await begin();
    await expect(client.request('fail')).rejects.toMatchObject({
      name: 'LappsClientError',
      code: 'LAPPS_CLIENT_ERR_RESPONSE',
      message: 'no',
      rpcCode: 10,
      data: { left: 2 },
    });
    expect(await client.request('echo', [1])).toEqual([1]);
    await client.close();
  });

  it('request() that timed out or was aborted keeps its place: late answers reach nobody else', async () => {
    const { client, sockets } = await begin();
    const aborter = new AbortController();
    const late = codeOf(client.request('silent', [], { timeoutMs: 20 }));
    const aborted = client.request('silent', [], { signal: aborter.signal });
    const answered = client.request('silent', [], { timeoutMs: 0 });
    aborter.abort('enough');
    await expect(aborted).rejects.toMatchObject({ code: 'LAPPS_CLIENT_ERR_ABORTED', cause: 'enough' });
    expect(await late).toBe('LAPPS_CLIENT_ERR_TIMEOUT');
    for (const n of [1, 2, 3]) sockets[0]!.send(encodeResult([n]));
    expect(await answered).toEqual([3]);
    await client.close();
  });

  it('request() is not sent when its signal is aborted already', async () => {
    const { client, messages } = await begin();
    expect(await codeOf(client.request('echo', [], { signal: AbortSignal.abort() }))).toBe('LAPPS_CLIENT_ERR_ABORTED');
    await client.request('echo');
    expect(messages).toHaveLength(1);
    await client.close();
  });

  it('request() fails when the connection ends first', async () => {
    const { client } = await begin();
    const waiting = client.request('silent');
    const last = client.request('bye');
    for (const promise of [waiting, last]) {
      await expect(promise).rejects.toMatchObject({ code: 'LAPPS_CLIENT_ERR_CLOSED', closeCode: 4001 });
    }
    expect(client.state).toBe('closed');
    expect(await codeOf(client.request('echo'))).toBe('LAPPS_CLIENT_ERR_NOT_CONNECTED');
  });

  it('request() holds to the number of unanswered ones', async () => {
    const { client } = await begin({ maxPendingRequests: 2 });
    const waiting = [client.request('silent'), client.request('silent')].map(codeOf);
    expect(await codeOf(client.request('echo'))).toBe('LAPPS_CLIENT_ERR_TOO_MANY');
    await client.close();
    expect(await Promise.all(waiting)).toEqual(['LAPPS_CLIENT_ERR_CLOSED', 'LAPPS_CLIENT_ERR_CLOSED']);
  });

  it('request() refuses what cannot be encoded and goes on', async () => {
    const { client } = await begin();
    await expect(client.request('echo', [(() => 1) as never])).rejects.toMatchObject({ code: 'LAPPS_ERR_ENCODE_TYPE' });
    expect(await client.request('echo', [1])).toEqual([1]);
    await client.close();
  });
});

describe('notify() and on()', () => {
  it('on() hears its channel until it is stopped', async () => {
    const { client } = await begin();
    const got: unknown[] = [];
    const stop = client.on(5, (items, cid) => got.push([cid, items]));
    client.on(6, (items) => got.push(items));
    client.on(5, () => got.push('second'));
    client.notify(5, 'a', [{ x: 1 }]);
    client.notify(7, 'nobody');
    client.notify(6, 'b');
    await client.request('echo');
    expect(got).toEqual([[5, ['a', { x: 1 }]], 'second', ['b']]);
    stop();
    client.notify(5, 'c');
    await client.request('echo');
    expect(got).toHaveLength(4);
    await client.close();
  });

  it('onAny() hears every channel until it is stopped', async () => {
    const { client } = await begin();
    const got: unknown[] = [];
    const stop = client.onAny((items, cid) => got.push([cid, items]));
    client.notify(5, 'a');
    client.notify(7, 'b');
    await client.request('echo');
    stop();
    client.notify(5, 'c');
    await client.request('echo');
    expect(got).toEqual([
      [5, ['a']],
      [7, ['b']],
    ]);
    await client.close();
  });
});

describe('faults of the server', () => {
  it('onProtocolError() hears of messages that are not LAppS and answers to nothing; the client goes on', async () => {
    const errors: string[] = [];
    const { client, sockets } = await begin({ onProtocolError: (error) => errors.push(error.code) });
    for (const bytes of [Buffer.from([0xff]), encodeCbor([1]), encodeCbor({ cid: 0, status: 1 }), encodeResult([])]) {
      sockets[0]!.send(bytes);
    }
    sockets[0]!.send('text');
    while (errors.length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(await client.request('echo', [1])).toEqual([1]);
    expect(errors).toEqual(Array(5).fill('LAPPS_CLIENT_ERR_PROTOCOL'));
    await client.close();
  });

  it('onRaw() gets what is not LAppS instead', async () => {
    const raw: (string | Uint8Array)[] = [];
    const { client, sockets } = await begin({ onRaw: (data) => raw.push(data) });
    sockets[0]!.send('text');
    sockets[0]!.send(Buffer.from([1, 2]));
    await client.request('echo');
    expect(raw).toEqual(['text', Uint8Array.of(1, 2)]);
    await client.close();
  });

  it('cborLimits bound what is decoded', async () => {
    const errors: unknown[] = [];
    const { client } = await begin({
      cborLimits: { maxItems: 10 },
      requestTimeoutMs: 50,
      onProtocolError: (error) => errors.push(error.cause),
    });
    expect(await codeOf(client.request('echo', [Array(50).fill(1)]))).toBe('LAPPS_CLIENT_ERR_TIMEOUT');
    expect(errors).toMatchObject([{ code: 'LAPPS_ERR_CBOR_ITEMS' }]);
    await client.close();
  });
});

describe('connect()', () => {
  it('connect() rejects when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    expect(await codeOf(connect(`ws://127.0.0.1:${port}/`))).toBe('LAPPS_CLIENT_ERR_CONNECT');
    expect(await codeOf(connect('nonsense:'))).toBe('LAPPS_CLIENT_ERR_CONNECT');
  });

  it('connect() gives up at its timeout and when aborted', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `ws://127.0.0.1:${(silent.address() as { port: number }).port}/`;
    expect(await codeOf(connect(url, { connectTimeoutMs: 30 }))).toBe('LAPPS_CLIENT_ERR_TIMEOUT');
    const aborter = new AbortController();
    const attempt = codeOf(connect(url, { signal: aborter.signal }));
    aborter.abort();
    expect(await attempt).toBe('LAPPS_CLIENT_ERR_ABORTED');
    expect(await codeOf(connect(url, { signal: AbortSignal.abort() }))).toBe('LAPPS_CLIENT_ERR_ABORTED');
    silent.close();
  });

  it.each([
    { requestTimeoutMs: -1 },
    { connectTimeoutMs: Number.NaN },
    { reconnect: { minDelayMs: 2 ** 31 } },
    { reconnect: { maxAttempts: -1 } },
  ])('connect() refuses the options %o', async (options) => {
    expect(await codeOf(connect('ws://127.0.0.1:1/', options))).toBe('LAPPS_CLIENT_ERR_BAD_OPTION');
  });

  it('connect() offers subprotocols', async () => {
    const server = await startServer(usual);
    const client = await connect(server.url, { protocols: 'LAppS', reconnect: false });
    expect(server.sockets[0]!.protocol).toBe('LAppS');
    await client.close();
  });
});

describe('reconnecting', () => {
  it('a lost connection is made again; channels stay, onOpen is called each time', async () => {
    const server = await startServer(usual);
    let opened = 0;
    const closes: [number, boolean][] = [];
    const client = await connect(server.url, {
      ...QUICK,
      onOpen: () => (opened += 1),
      onClose: ({ code }, delayMs) => closes.push([code, delayMs !== undefined]),
    });
    const got: unknown[] = [];
    client.on(5, (items) => got.push(items));
    const lost = codeOf(client.request('silent'));
    server.sockets[0]!.terminate();
    expect(await lost).toBe('LAPPS_CLIENT_ERR_CLOSED');
    expect(client.state).toBe('waiting');
    await server.connected(2);
    while (client.state !== 'open') await new Promise((resolve) => setImmediate(resolve));
    client.notify(5, 'again');
    expect(await client.request('echo', [2])).toEqual([2]);
    expect([opened, got, closes]).toEqual([2, [['again']], [[1006, true]]]);
    await client.close();
    expect([client.state, closes.at(-1)]).toEqual(['closed', [1000, false]]);
  });

  it('a server that is away is tried again and again until it is back', async () => {
    const first = await startServer(usual);
    const port = Number(new URL(first.url).port);
    let failures = 0;
    const client = await connect(first.url, { ...QUICK, onClose: () => (failures += 1) });
    first.server.close();
    first.sockets[0]!.terminate();
    while (failures < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    const second = await startServer(usual, port);
    await second.connected(1);
    while (client.state !== 'open') await new Promise((resolve) => setImmediate(resolve));
    expect(await client.request('echo', [1])).toEqual([1]);
    await client.close();
  });

  it('maxAttempts, a normal close and shouldReconnect end it', async () => {
    const server = await startServer(usual);
    const ended = (options: ClientOptions, code: number) =>
      new Promise<void>((resolve) => {
        void connect(server.url, {
          ...QUICK,
          ...options,
          onClose: (_info, delayMs) => delayMs === undefined && resolve(),
        }).then(() => server.sockets.at(-1)!.close(code));
      });
    await ended({}, 1000);
    await ended({ shouldReconnect: ({ code }) => code !== 4003 }, 4003);
    await ended({ reconnect: { maxAttempts: 0 } }, 1011);
    expect(server.sockets).toHaveLength(3);
  });

  it('close() while waiting or connecting ends it', async () => {
    const server = await startServer(usual);
    const client = await connect(server.url, { reconnect: { minDelayMs: 60_000, maxDelayMs: 60_000 } });
    server.sockets[0]!.terminate();
    while (client.state !== 'waiting') await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    await client.close();
    expect(client.state).toBe('closed');
  });
});

describe('connectRaw()', () => {
  it('connectRaw() sends and receives text and bytes', async () => {
    const server = await startServer(usual);
    server.server.on('connection', (socket) => {
      socket.removeAllListeners('message');
      socket.on('message', (data, binary) => socket.send(data, { binary }));
    });
    const client = await connectRaw(server.url, { reconnect: false });
    const got: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      client.onMessage((data) => {
        if (got.push(data) === 2) resolve();
      });
    });
    client.send('text');
    client.send(Uint8Array.of(1, 2));
    await done;
    expect(got).toEqual(['text', Uint8Array.of(1, 2)]);
    await client.close();
    expect(() => client.send('x')).toThrow(expect.objectContaining({ code: 'LAPPS_CLIENT_ERR_NOT_CONNECTED' }));
  });
});
