import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, connect, connectRaw, type SocketLike } from '../src/index.js';
import { startServer, usual } from './server.js';
import { codeOf } from './support/error-code.js';

const QUICK = { reconnect: { minDelayMs: 1, maxDelayMs: 5 } } as const;

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

describe('close()', () => {
  it('close() refuses codes and reasons that browsers do not take, and the connection stays', async () => {
    const server = await startServer(usual);
    const client = await connect(server.url, { reconnect: false });
    for (const code of [999, 1001, 1005, 2999, 5000, 3000.5, Number.NaN]) {
      expect(await codeOf(client.close(code))).toBe('LAPPS_CLIENT_ERR_BAD_OPTION');
    }
    expect(await codeOf(client.close(1000, 'ü'.repeat(62)))).toBe('LAPPS_CLIENT_ERR_BAD_OPTION');
    expect(await client.request('echo', [1])).toEqual([1]);
    const ended = once(server.sockets[0]!, 'close');
    const closed = client.close(4999, 'ü'.repeat(61));
    expect(await codeOf(client.request('echo', [2]))).toBe('LAPPS_CLIENT_ERR_NOT_CONNECTED');
    await closed;
    const [code, reason] = (await ended) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4999, 'ü'.repeat(61)]);
  });
});

/** A socket that does nothing by itself. */
const idle = (): SocketLike & { closed: boolean } => ({
  binaryType: '',
  onopen: null,
  onmessage: null,
  onclose: null,
  onerror: null,
  closed: false,
  send: () => undefined,
  close() {
    this.closed = true;
  },
});

describe('socketFactory', () => {
  it('socketFactory that is slower than connectTimeoutMs: the socket of an attempt given up is closed, not used', async () => {
    const sockets: ReturnType<typeof idle>[] = [];
    const gifts: (() => void)[] = [];
    const connecting = connect('ws://nowhere/', {
      reconnect: { minDelayMs: 1, maxDelayMs: 1 },
      connectTimeoutMs: 200,
      socketFactory: (): SocketLike | Promise<SocketLike> => {
        const socket = idle();
        if (sockets.push(socket) === 1) return socket;
        return new Promise((resolve) => gifts.push(() => resolve(socket)));
      },
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await turn();
    sockets[0]!.onopen!({} as never);
    const client = await connecting;
    sockets[0]!.onclose!({ code: 1006, reason: '' } as never);
    while (gifts.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const give of gifts) give();
    await turn();
    const last = gifts.length;
    expect(sockets.map(({ closed, onopen }) => [closed, onopen !== null])).toEqual(
      sockets.map((_socket, i) => (i < last ? [true, false] : [false, true])),
    );
    sockets[last]!.onopen!({} as never);
    expect(client.state).toBe('open');
    void client.close();
    sockets[last]!.onclose!({ code: 1000, reason: '' } as never);
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
