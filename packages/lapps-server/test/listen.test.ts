import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLappsServer, type LappsServer } from '../src/index.js';
import { echo } from './support/begin.js';

let folder = '';
let servers: LappsServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lapps-server-'));
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop({ graceMs: 0 })));
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

const make = (): LappsServer => {
  const server = createLappsServer({ services: { '/echo': echo } });
  servers.push(server);
  return server;
};

/** What a server answers to a plain request. */
const answer = (path: string): Promise<string> => {
  const socket = connect(path);
  socket.end('GET /echo HTTP/1.1\r\nHost: x\r\n\r\n');
  return text(socket);
};

describe('listen()', () => {
  it('listen() serves on a unix socket, whose file goes with it', async () => {
    const path = join(folder, 'ws.sock');
    const server = make();
    expect(await server.listen({ path })).toBe(path);
    expect(await answer(path)).toMatch(/^HTTP\/1.1 426 /);
    await server.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('listen() refuses a path that the system would cut', async () => {
    const most = process.platform === 'linux' ? 107 : 103;
    const path = join(folder, 'x'.repeat(most - folder.length - 1));
    const server = make();
    expect(await server.listen({ path })).toBe(path);
    const long = { code: 'LAPPS_SERVER_ERR_LISTEN', message: expect.stringContaining(`${most} bytes at most`) };
    await expect(server.listen({ path: `${path}x` })).rejects.toMatchObject(long);
    expect(existsSync(path)).toBe(true);
  });

  it('listen() sets the mode of a unix socket', async () => {
    const path = join(folder, 'ws.sock');
    const server = make();
    await server.listen({ path, mode: 0o660 });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const bad = server.listen({ path: `${path}2`, mode: 0o1000 });
    await expect(bad).rejects.toMatchObject({ code: 'LAPPS_SERVER_ERR_LISTEN' });
  });

  it('listen() replaces a socket that no one answers on, and leaves others alone', async () => {
    const [path, stale, precious] = [join(folder, 'ws.sock'), join(folder, 'stale'), join(folder, 'precious')];
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(path, resolve));
    renameSync(path, stale);
    await new Promise((resolve) => dead.close(resolve));
    const server = make();
    await server.listen({ path: stale });
    expect(await answer(stale)).toMatch(/^HTTP\/1.1 426 /);
    const refused = { code: 'LAPPS_SERVER_ERR_LISTEN' };
    await expect(make().listen({ path: stale })).rejects.toMatchObject(refused);
    expect(await answer(stale)).toMatch(/^HTTP\/1.1 426 /);
    writeFileSync(precious, 'data');
    await expect(server.listen({ path: precious })).rejects.toMatchObject(refused);
    expect(statSync(precious).size).toBe(4);
  });

  it('listen() opens nothing that a stop meanwhile would have to close, on TCP and on a unix socket', async () => {
    const path = join(folder, 'ws.sock');
    for (const at of [{ path }, { host: '127.0.0.1', port: 0 }]) {
      const server = make();
      const opening = expect(server.listen(at)).rejects.toMatchObject({ code: 'LAPPS_SERVER_ERR_STATE' });
      await server.stop();
      await opening;
      expect(server.address).toBe(null);
    }
    expect(existsSync(path)).toBe(false);
  });

  it.each([[{ port: 70_000 }], [{ path: '/nonexistent/folder/ws.sock' }]])(
    'listen() passes on why %j cannot be had',
    async (at) => {
      await expect(make().listen(at)).rejects.toThrow(/.+/);
    },
  );
});
