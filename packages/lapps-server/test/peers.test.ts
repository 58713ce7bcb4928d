import { execFile, spawn, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { describe, expect, it } from 'vitest';
import type { ServiceOptions } from '../src/index.js';
import { start } from './support/harness.js';

// Peers nobody here wrote. Debian: openssl, python3-websockets.
const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const pythons = ['python3', '/usr/bin/python3'];
const python = pythons.find((command) => runs(command, '-c', 'import websockets'));
const hasOpenssl = runs('openssl', 'version');
if (python === undefined) console.warn('SKIPPED: python3-websockets is not installed');
if (!hasOpenssl) console.warn('SKIPPED: openssl is not installed');

const SCRIPT = `
import asyncio, sys, websockets

async def main(url):
    async with websockets.connect(url, max_size=None) as ws:
        for size in [0, 1, 125, 126, 65535, 65536, 200000]:
            await ws.send(b"x" * size)
            assert await ws.recv() == b"x" * size
            await ws.send("é" * (size // 2))
            assert await ws.recv() == "é" * (size // 2)
        await ws.send(["frag", "ment", "ed"])
        assert await ws.recv() == "fragmented"
        await (await ws.ping())
        for i in range(500):
            await ws.send(f"message {i}")
        for i in range(500):
            assert await ws.recv() == f"message {i}"
        await ws.close(4321, "bye")
        assert ws.close_code == 4321
    try:
        await websockets.connect(url + "/nothing")
    except Exception as error:
        assert "403" in str(error), error
    print("fine")

asyncio.run(main(sys.argv[1]))
`;

describe.skipIf(python === undefined)('python3-websockets', () => {
  it('python3-websockets is served: sizes, fragments, pings, many at once, close code, 403', async () => {
    const { port, event } = await start({ services: { '/echo': echo } });
    const { stdout } = await promisify(execFile)(python!, ['-c', SCRIPT, `ws://127.0.0.1:${port}/echo`]);
    expect(stdout.trim()).toBe('fine');
    expect((await event('closed')).info).toEqual({ code: 4321, reason: 'bye', cause: 'peer' });
  });
});

const REQUEST =
  'GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

/** What `openssl s_client` prints until `until` is in it or it ends. */
const sClient = async (port: number, args: string[], input: string, until: string): Promise<string> => {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args]);
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  try {
    return await new Promise<string>((resolve) => {
      let text = '';
      const take = (chunk: Buffer): void => {
        text += chunk.toString('latin1');
        if (text.includes(until)) resolve(text);
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.on('close', () => resolve(text));
    });
  } finally {
    child.kill();
  }
};

describe.skipIf(!hasOpenssl)('openssl s_client', () => {
  it.each([
    ['-tls1_3', 'TLSv1.3'],
    ['-tls1_2', 'TLSv1.2'],
  ])('openssl s_client %s upgrades over %s', async (option, version) => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
    const { port } = await start({ tls: { cert: made.cert, key: made.private }, services: { '/echo': echo } });
    const text = await sClient(port, [option, '-ign_eof'], REQUEST, 'Sec-WebSocket-Accept');
    expect(text).toContain(version);
    expect(text).toContain('HTTP/1.1 101 Switching Protocols');
    expect(text).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it('openssl s_client -tls1_1 is refused', async () => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
    const { port } = await start({ tls: { cert: made.cert, key: made.private }, services: { '/echo': echo } });
    const text = await sClient(port, ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], REQUEST, 'Sec-WebSocket-Accept');
    expect(text).not.toContain('101 Switching');
  });
});
