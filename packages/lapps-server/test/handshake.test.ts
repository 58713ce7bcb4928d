import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Server } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { ServiceOptions } from '../src/index.js';
import type { RequestHandler } from '../src/listener.js';
import { refuseUpgrade } from '../src/upgrade.js';
import { start } from './support/harness.js';
import { ACCEPT, clientFrame, KEY } from './support/raw-client.js';

const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };

const statusOf = (head: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);

describe('listen()', () => {
  it('listen() reports a connection the system could not hand over, and goes on', async () => {
    // Cannot be provoked: libuv answers a lack of file descriptors by itself.
    const listened = vi.spyOn(Server.prototype, 'listen');
    const events: string[] = [];
    const { open } = await start({ services: { '/echo': echo }, onEvent: ({ type }) => events.push(type) });
    const server = listened.mock.contexts[0] as Server;
    listened.mockRestore();
    server.emit('error', new Error('accept ENOMEM'));
    expect(events).toEqual(['accept-error']);
    await open('/echo');
  });
});

describe('upgrade', () => {
  it('listen() answers a valid request with 101 and the RFC 6455 1.3 accept key', async () => {
    const { open } = await start({ services: { '/echo': echo } });
    const client = await open('/echo');
    expect(client.head).toContain(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`);
    expect(client.head).not.toMatch(/Sec-WebSocket-(Protocol|Extensions)/);
  });

  it('listen() takes a request and first frames that come byte by byte or all at once', async () => {
    const { connect } = await start({ services: { '/echo': echo } });
    const slow = connect();
    slow.socket.setNoDelay(true);
    const whole = connect();
    const lines = `GET /echo HTTP/1.1\r\nHost: x\r\nupgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n`;
    const bytes = Buffer.concat([Buffer.from(lines), clientFrame(1, 'early')]);
    whole.send(bytes);
    for (const byte of bytes) await new Promise<void>((done) => slow.socket.write(Buffer.from([byte]), () => done()));
    expect((await whole.frame()).payload.toString()).toBe('early');
    expect((await slow.frame()).payload.toString()).toBe('early');
  });

  it.each([
    '/',
    '/echo/',
    '/echo?x=1',
    '/Echo',
    '/%65cho',
    '/ech',
    'http://localhost/echo',
    '/__proto__',
    '/constructor',
  ])('listen() answers the unknown target %s with a whole 403', async (target) => {
    const { connect, events, server } = await start({ services: { '/echo': echo } });
    const client = connect();
    client.request(target);
    expect(await client.response()).toBe('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    await client.end();
    expect(events).toEqual([{ type: 'refused', status: 403, why: 'target', address: '127.0.0.1', target }]);
    expect(server.stats()).toMatchObject({ refused: 1, opened: 0, connections: 0 });
  });

  it.each([
    ['a wrong version', { 'Sec-WebSocket-Version': '12' }, 426],
    ['version 8', { 'Sec-WebSocket-Version': '8' }, 426],
    ['no version', { 'Sec-WebSocket-Version': '' }, 426],
    ['no key', { 'Sec-WebSocket-Key': '' }, 400],
    ['a short key', { 'Sec-WebSocket-Key': 'abc' }, 400],
    ['another upgrade', { Upgrade: 'h2c' }, 400],
    ['a broken protocol list', { 'Sec-WebSocket-Protocol': 'a,,b' }, 400],
  ])('listen() answers %s with an HTTP error', async (_name, headers, status) => {
    const { connect, server } = await start({ services: { '/echo': echo } });
    const client = connect();
    client.request('/echo', headers as { [name: string]: string });
    const head = await client.response();
    expect(statusOf(head)).toBe(status);
    if (status === 426) expect(head).toContain('Sec-WebSocket-Version: 13\r\n');
    await client.end();
    expect(server.stats()).toMatchObject({ refused: 1, opened: 0 });
  });

  it.each([
    ['nothing', {}, '', undefined],
    ['raw', {}, 'raw', 'raw'],
    ['LAppS of a raw service', {}, 'LAppS', undefined],
    ['LAppS', { protocol: 'LAppS' } as const, 'LAppS', 'LAppS'],
    ['unknown ones first', { protocol: 'LAppS' } as const, 'x, y , LAppS', 'LAppS'],
    ['the alias', { protoAlias: 'chat.v2' }, 'chat.v2', 'chat.v2'],
    ['the alias before raw', { protoAlias: 'chat.v2' }, 'chat.v2, raw', 'chat.v2'],
    ['nothing though there is an alias', { protoAlias: 'chat.v2' }, '', undefined],
  ])('listen() answers a client that offers %s', async (_name, options, offer, agreed) => {
    let subprotocol: string | undefined;
    const { open, event } = await start({
      services: { '/s': { ...echo, ...options, onOpen: (connection) => void (subprotocol = connection.subprotocol) } },
    });
    const client = await open('/s', { headers: { 'Sec-WebSocket-Protocol': offer } });
    expect(/Sec-WebSocket-Protocol: (.*)\r\n/.exec(client.head)?.[1]).toBe(agreed);
    await event('opened');
    expect(subprotocol).toBe(agreed ?? '');
  });

  it('listen() sends extra headers with the 101', async () => {
    const extraHeaders = { 'X-Served-By': 'offload', 'Set-Cookie': 'a=1' };
    const { open } = await start({ services: { '/s': { ...echo, extraHeaders } } });
    const { head } = await open('/s');
    expect(head).toContain('X-Served-By: offload\r\n');
    expect(head).toContain('Set-Cookie: a=1\r\n');
  });

  it('listen() applies the ACL of the server before the target, that of the service after it', async () => {
    const deny = { policy: 'deny', exclude: ['10.0.0.0/8'] } as const;
    const everywhere = await start({ acl: deny, services: { '/s': echo } });
    const client = everywhere.connect();
    client.request('/nothing');
    expect(statusOf(await client.response())).toBe(403);
    expect(everywhere.events[0]).toMatchObject({ why: 'acl' });

    const one = await start({ services: { '/closed': { ...echo, acl: deny }, '/open': echo } });
    const refused = one.connect();
    refused.request('/closed');
    expect(statusOf(await refused.response())).toBe(403);
    expect(one.events[0]).toMatchObject({ why: 'acl' });
    await one.open('/open');
  });

  it('listen() holds browsers to the origins of the service, or else of the server', async () => {
    const { connect, open, events } = await start({
      originAllowList: ['https://example.org'],
      services: { '/s': echo, '/own': { ...echo, originAllowList: ['http://localhost:8080', 'null'] } },
    });
    await open('/s', { headers: { Origin: 'https://example.org' } });
    await open('/s', { headers: { Origin: 'HTTPS://EXAMPLE.ORG' } });
    await open('/s');
    await open('/own', { headers: { Origin: 'http://localhost:8080' } });
    await open('/own', { headers: { Origin: 'null' } });
    for (const [target, origin] of [
      ['/s', 'https://example.org:444'],
      ['/s', 'http://example.org'],
      ['/s', 'https://evil.example.org'],
      ['/s', 'null'],
      ['/own', 'https://example.org'],
    ] as const) {
      const client = connect();
      client.request(target, { Origin: origin });
      expect(statusOf(await client.response())).toBe(403);
    }
    expect(events.filter((event) => event.type === 'refused').map((event) => event.why)).toEqual(
      Array(5).fill('origin'),
    );
  });

  it('listen() answers 503 at the limit of connections and takes the next when one has ended', async () => {
    const { connect, open, event } = await start({ limits: { maxConnections: 2 }, services: { '/s': echo } });
    await open('/s');
    const second = await open('/s');
    const third = connect();
    third.request('/s');
    const head = await third.response();
    expect(statusOf(head)).toBe(503);
    expect(head).toContain('Content-Length: 0\r\n');
    second.destroy();
    await event('closed');
    await open('/s');
  });

  it('listen() answers 503 at the limit of one address', async () => {
    const { connect, open, events } = await start({
      limits: { maxConnectionsPerAddress: 1 },
      services: { '/s': echo },
    });
    await open('/s');
    const second = connect();
    second.request('/s');
    expect(statusOf(await second.response())).toBe(503);
    expect(events.at(-1)).toMatchObject({ why: 'address' });
  });

  it('setService() and removeService() change what the next client finds', async () => {
    const { server, open, connect } = await start({});
    server.setService('/late', echo);
    const early = await open('/late');
    expect(server.removeService('/late')).toBe(true);
    const late = connect();
    late.request('/late');
    expect(statusOf(await late.response())).toBe(403);
    early.send(clientFrame(1, 'x'));
    expect((await early.frame()).payload.toString()).toBe('x');
  });
});

describe('HTTP', () => {
  const get = (port: number, path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      })
        .on('error', reject)
        .end();
    });

  it('listen() answers requests that are no upgrades with 426', async () => {
    const { port } = await start({ services: { '/s': echo } });
    expect(await get(port, '/s')).toEqual({ status: 426, body: '' });
  });

  it('listen() never puts an answer between the frames of an upgrade sent behind its request', async () => {
    const held: (() => void)[] = [];
    const onRequest: RequestHandler = (_request, response) => void held.push(() => response.end('page'));
    for (const options of [{ onRequest }, {}]) {
      const { connect, server } = await start({ services: { '/echo': echo }, ...options });
      const client = connect();
      let all = '';
      client.socket.on('data', (bytes: Buffer) => (all += bytes.toString('latin1')));
      const upgrade = `GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
      client.send(Buffer.from(`GET /page HTTP/1.1\r\nHost: x\r\n\r\n${upgrade}`));
      await client.end();
      for (const end of held) end();
      expect(all).not.toContain('101');
      expect(server.stats().opened).toBe(0);
    }
  });

  it('listen() ends who sends an upgrade behind a request and does not read its answer', async () => {
    const { connect, open } = await start({
      services: { '/echo': echo },
      limits: { maxConnections: 1, maxPendingHandshakes: 0, handshakeTimeoutMs: 100 },
      onRequest: (_request, response) => void response.end(Buffer.alloc(1 << 25)),
    });
    const client = connect();
    client.socket.pause();
    client.send(Buffer.from('GET /file HTTP/1.1\r\nHost: x\r\n\r\n'));
    client.request('/echo');
    await once(client.socket, 'connect');
    const tryOpen = () =>
      open('/echo').then(
        () => 'open',
        () => 'no room',
      );
    // There is room for one connection only.
    await expect.poll(tryOpen, { timeout: 10_000 }).toBe('open');
  });

  it('listen() survives a reset by who sends an upgrade behind a request', async () => {
    const { connect, open } = await start({
      services: { '/echo': echo },
      onRequest: (_request, response) => void response.write(Buffer.alloc(1 << 25)),
    });
    const client = connect();
    client.socket.pause();
    client.send(Buffer.from('GET /file HTTP/1.1\r\nHost: x\r\n\r\n'));
    client.request('/echo');
    await once(client.socket, 'readable');
    client.socket.resetAndDestroy();
    const other = await open('/echo');
    other.send(clientFrame(1, 'x'));
    expect((await other.frame()).payload.toString()).toBe('x');
  });

  it('listen() takes an upgrade on a connection whose earlier requests are answered', async () => {
    const { connect } = await start({
      services: { '/echo': echo },
      onRequest: (_request, response) => response.writeHead(204).end(),
    });
    const client = connect();
    client.send(Buffer.from('GET /page HTTP/1.1\r\nHost: x\r\n\r\n'));
    await client.response();
    client.head = '';
    client.request('/echo');
    client.send(clientFrame(1, 'x'));
    expect((await client.frame()).payload.toString()).toBe('x');
  });

  it('listen() leaves them to onRequest where there is one', async () => {
    const { port } = await start({ onRequest: (request, response) => response.end(`page ${request.url}`) });
    expect(await get(port, '/x')).toEqual({ status: 200, body: 'page /x' });
  });

  it('listen() keeps plain requests from those who may not connect', async () => {
    const { port } = await start({ acl: { policy: 'deny', exclude: [] }, onRequest: (_request, r) => r.end('page') });
    expect(await get(port, '/x')).toEqual({ status: 403, body: '' });
  });

  it('listen() answers headers beyond the limit with 431 and rubbish with 400', async () => {
    const { connect } = await start({ limits: { maxHeaderBytes: 2048 }, services: { '/s': echo } });
    const long = connect();
    long.request('/s', { 'X-Long': 'x'.repeat(3000) });
    expect(statusOf(await long.response())).toBe(431);
    const rubbish = connect();
    rubbish.send(Buffer.from('\x16\x03\x01 not http\r\n\r\n'));
    expect(statusOf(await rubbish.response())).toBe(400);
  });

  it('listen() ends handshakes that take too long: silent, half, and dripping ones', async () => {
    const { connect, open, port } = await start({ limits: { handshakeTimeoutMs: 1500 }, services: { '/s': echo } });
    expect(port).toBeGreaterThan(0);
    const patient = await open('/s');
    const silent = connect();
    const half = connect();
    half.send(Buffer.from('GET /s HTTP/1.1\r\nHost: x\r\n'));
    const dripping = connect();
    dripping.send(Buffer.from('GET /s HTTP/1.1\r\n'));
    const drip = setInterval(() => dripping.socket.write('X-a: b\r\n'), 20);
    await Promise.all([silent.end(), half.end(), dripping.end()]);
    clearInterval(drip);
    patient.send(clientFrame(1, 'x'));
    expect((await patient.frame()).payload.toString()).toBe('x');
  });
});

describe('refuseUpgrade()', () => {
  it('refuseUpgrade() cuts who does not read the answer', async () => {
    // A stream whose peer takes nothing.
    const socket = new Duplex({ read: () => undefined, write: () => undefined });
    refuseUpgrade(socket, 403, 20);
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });
});
