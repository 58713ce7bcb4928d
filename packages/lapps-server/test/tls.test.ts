import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLappsServer, type ServiceOptions, type TlsOptions } from '../src/index.js';
import { start } from './support/harness.js';
import { clientFrame, closePayload } from './support/raw-client.js';

const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };
let pair: { cert: string; key: string };

beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  pair = { cert: made.cert, key: made.private };
});

const protocolOf = async (port: number, options: ConnectionOptions): Promise<string | null> => {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
};

describe('tls', () => {
  it('listen() serves wss: small, large, many at once, close', async () => {
    const { open, event } = await start({ tls: pair, services: { '/s': echo }, limits: { maxMessageBytes: 1 << 20 } });
    const client = await open('/s', { tls: true });
    const sizes = [0, 5, 126, 70_000, 500_000, 3];
    client.send(...sizes.map((size) => clientFrame(2, Buffer.alloc(size, 'y'))));
    for (const size of sizes) expect((await client.frame()).payload.equals(Buffer.alloc(size, 'y'))).toBe(true);
    for (let i = 0; i < 2000; i += 1) client.send(clientFrame(1, `message ${i} ${'z'.repeat(i % 100)}`));
    for (let i = 0; i < 2000; i += 1) {
      expect((await client.frame()).payload.toString()).toBe(`message ${i} ${'z'.repeat(i % 100)}`);
    }
    client.send(clientFrame(8, closePayload(1000)));
    expect(await client.closeCode()).toBe(1000);
    expect((await event('closed')).info.code).toBe(1000);
  });

  it('listen() speaks TLS 1.2 and 1.3 by default, and only what is asked for', async () => {
    const both = await start({ tls: pair });
    expect(await protocolOf(both.port, {})).toBe('TLSv1.3');
    expect(await protocolOf(both.port, { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
    await expect(
      protocolOf(both.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
    ).rejects.toThrow();
    const only13 = await start({ tls: { ...pair, minVersion: 'TLSv1.3' } });
    await expect(protocolOf(only13.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    const only12 = await start({ tls: { ...pair, maxVersion: 'TLSv1.2' } });
    expect(await protocolOf(only12.port, {})).toBe('TLSv1.2');
  });

  it('listen() asks for client certificates where told to', async () => {
    const { port } = await start({ tls: { ...pair, ca: pair.cert, requestCert: true, rejectUnauthorized: true } });
    // TLS 1.3 servers refuse after the client thinks it is done; 1.2 within the handshake.
    await expect(protocolOf(port, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect(await protocolOf(port, { maxVersion: 'TLSv1.2', ...pair })).toBe('TLSv1.2');
  });

  it('listen() survives plain text and silence on a TLS port', async () => {
    const { connect, open } = await start({
      tls: pair,
      services: { '/s': echo },
      limits: { handshakeTimeoutMs: 1500 },
    });
    const plain = connect();
    plain.request('/s');
    const silent = connect();
    await Promise.all([plain.end(), silent.end()]);
    const client = await open('/s', { tls: true });
    client.send(clientFrame(1, 'x'));
    expect((await client.frame()).payload.toString()).toBe('x');
  });

  it('createLappsServer() refuses TLS options that cannot work, at once', async () => {
    const other = await generate([{ name: 'commonName', value: 'other' }], { keySize: 2048 });
    const wrong: readonly unknown[] = [
      {},
      { cert: pair.cert },
      { ...pair, cert: 'nonsense' },
      { ...pair, key: other.private },
      {
        ...pair,
        key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
      },
      { ...pair, minVersion: 'TLSv1' },
      { ...pair, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
    ];
    for (const tls of wrong) {
      expect(() => createLappsServer({ tls: tls as TlsOptions })).toThrow(
        expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_TLS' }),
      );
    }
  });
});
