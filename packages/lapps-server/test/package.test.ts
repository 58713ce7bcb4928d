import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  createLappsServer,
  DEFAULT_SERVER_LIMITS,
  LAPPS_SERVER_ERROR_CODES,
  type ServerLimits,
  type ServiceOptions,
} from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('README', () => {
  it('README lists exactly the error codes', () => {
    const listed = [...readme.matchAll(/^\| `(LAPPS_SERVER_ERR_[A-Z_]+)` /gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual([...LAPPS_SERVER_ERROR_CODES].toSorted());
  });

  it('README lists every limit with its default', () => {
    const listed = [...readme.matchAll(/^\| `(\w+)` +\| +([\d ]+?) +\|/gm)].map(([, name, value]) => [
      name,
      Number(value!.replaceAll(' ', '')),
    ]);
    expect(Object.fromEntries(listed)).toEqual(DEFAULT_SERVER_LIMITS);
  });
});

describe('createLappsServer()', () => {
  const service: ServiceOptions = { onMessage: () => undefined };

  it.each([
    ['maxConnections', 0],
    ['maxConnections', 1.5],
    ['maxMessageBytes', -1],
    ['maxMessageBytes', 2 ** 31],
    ['handshakeTimeoutMs', Number.NaN],
    ['closeTimeoutMs', Number.POSITIVE_INFINITY],
    ['pingIntervalMs', -1],
  ] satisfies [keyof ServerLimits, number][])('createLappsServer() refuses the limit %s %s', (name, value) => {
    expect(() => createLappsServer({ limits: { [name]: value } })).toThrow(
      expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_LIMIT' }),
    );
  });

  it.each([
    ['echo', service],
    ['', service],
    ['/with space', service],
    ['/ümlaut', service],
    ['/s', {}],
    ['/s', { ...service, protocol: 'http' }],
    ['/s', { ...service, protoAlias: 'a b' }],
    ['/s', { ...service, protoAlias: '' }],
    ['/s', { ...service, extraHeaders: { 'X Y': '1' } }],
    ['/s', { ...service, extraHeaders: { X: 'a\r\nSet-Cookie: b' } }],
    ['/s', { ...service, extraHeaders: { X: 5 } }],
    ['/s', { ...service, extraHeaders: { Upgrade: 'h2c' } }],
    ['/s', { ...service, extraHeaders: { 'sec-websocket-accept': 'x' } }],
    ['/s', { ...service, extraHeaders: { 'Content-Length': '5' } }],
  ])('createLappsServer() refuses the service "%s" %o', (target, options) => {
    expect(() => createLappsServer({ services: { [target]: options as ServiceOptions } })).toThrow(
      expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_SERVICE' }),
    );
  });

  it('createLappsServer() refuses a message limit of a service that is none', () => {
    expect(() => createLappsServer({ services: { '/s': { ...service, maxMessageBytes: 0 } } })).toThrow(
      expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_LIMIT' }),
    );
  });

  it('listen() adds an address each time, and a port in use says so', async () => {
    const server = createLappsServer();
    const address = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
    const second = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
    expect(server.address).toEqual(address);
    for (const { port } of [address, second]) expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426);
    await expect(server.listen(address)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = createLappsServer();
    await expect(other.listen(second)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await Promise.all([server.stop(), other.stop()]);
    expect(server.address).toBeNull();
    await expect(server.listen({ host: '127.0.0.1', port: 0 })).rejects.toMatchObject({
      code: 'LAPPS_SERVER_ERR_STATE',
    });
  });
});
