import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenUnix, UNIX_SOCKET_ERROR_CODES } from '../src/index.js';

let folder = '';
let servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unix-socket-'));
});
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

const made = (server: Server = createServer((socket) => socket.on('error', () => undefined).end('hello'))): Server => {
  servers.push(server);
  return server;
};
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const says = (path: string): Promise<string> => text(connect(path));

describe('listenUnix()', () => {
  it('listenUnix() serves, and the file goes with the server', async () => {
    const path = join(folder, 's');
    const server = made();
    await listenUnix(server, { path });
    expect(await says(path)).toBe('hello');
    await new Promise((resolve) => server.close(resolve));
    expect(existsSync(path)).toBe(false);
  });

  it('listenUnix() takes servers of http', async () => {
    const path = join(folder, 's');
    const server = made(createHttpServer((_request, response) => response.end('hi')));
    await listenUnix(server, { path, mode: 0o600, backlog: 5 });
    const socket = connect(path);
    socket.end('GET / HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK.*hi$/s);
  });

  it('listenUnix() replaces a socket that no one answers on', async () => {
    const [path, moved] = [join(folder, 's'), join(folder, 'moved')];
    const server = createServer();
    await listenUnix(server, { path });
    // A server that is closed removes its path: moved away it stays.
    renameSync(path, moved);
    await new Promise((resolve) => server.close(resolve));
    await listenUnix(made(), { path: moved });
    expect(await says(moved)).toBe('hello');
  });

  it('listenUnix() leaves a socket alone that is answered', async () => {
    const path = join(folder, 's');
    await listenUnix(made(), { path });
    await expect(listenUnix(createServer(), { path })).rejects.toMatchObject({ code: 'UNIX_SOCKET_ERR_IN_USE' });
    expect(await says(path)).toBe('hello');
  });

  it('listenUnix() leaves a file alone that is no socket', async () => {
    const path = join(folder, 'precious');
    writeFileSync(path, 'data');
    const refused = listenUnix(createServer(), { path });
    await expect(refused).rejects.toMatchObject({ code: 'UNIX_SOCKET_ERR_NOT_A_SOCKET' });
    expect(readFileSync(path, 'latin1')).toBe('data');
  });

  it('listenUnix() refuses a path that the system would cut, and one with a NUL', async () => {
    const most = process.platform === 'linux' ? 107 : 103;
    const path = join(folder, 'ü'.repeat((most - folder.length - 2) / 2));
    const longest = path + 'x'.repeat(most - Buffer.byteLength(path));
    await listenUnix(made(), { path: longest });
    expect(statSync(longest).isSocket()).toBe(true);
    const long = { code: 'UNIX_SOCKET_ERR_PATH', message: expect.stringContaining(`this has ${most + 1}`) };
    await expect(listenUnix(createServer(), { path: `${longest}x` })).rejects.toMatchObject(long);
    const nul = listenUnix(createServer(), { path: '\0name' });
    await expect(nul).rejects.toMatchObject({ code: 'UNIX_SOCKET_ERR_PATH' });
    const away = listenUnix(createServer(), { path: '/nowhere/at/all.sock' });
    await expect(away).rejects.toMatchObject({
      code: 'UNIX_SOCKET_ERR_PATH',
      message: 'there is no folder /nowhere/at',
    });
  });

  it.each([0o600, 0o660, 0o666, 0o777, 0])('listenUnix() sets mode %i whatever the umask is', async (mode) => {
    const path = join(folder, 's');
    await listenUnix(made(), { path, mode });
    expect(modeOf(path)).toBe(mode);
  });

  it('listenUnix() lets nobody in before the mode is set, and gives the umask back', async () => {
    const path = join(folder, 's');
    const server = made();
    const listen = server.listen.bind(server) as (...args: unknown[]) => Server;
    const before = process.umask();
    let bound = -1;
    let other = -1;
    server.listen = (...args: unknown[]) => {
      const result = listen(...args);
      bound = modeOf(path);
      writeFileSync(join(folder, 'other'), '', { mode: 0o777 });
      other = modeOf(join(folder, 'other'));
      return result;
    };
    await listenUnix(server, { path, mode: 0o666 });
    expect(bound & ~0o666).toBe(0);
    // What others make in the meantime gets no more than the umask would have let it.
    expect(other & before).toBe(0);
    expect(process.umask()).toBe(before);
    expect(modeOf(path)).toBe(0o666);
  });

  it.each([-1, 0o1000, 1.5, Number.NaN])('listenUnix() refuses mode %d', async (mode) => {
    const path = join(folder, 's');
    await expect(listenUnix(createServer(), { path, mode })).rejects.toMatchObject({ code: 'UNIX_SOCKET_ERR_MODE' });
    expect(existsSync(path)).toBe(false);
  });

  it('listenUnix() stops listening where the mode cannot be set', async () => {
    const path = join(folder, 's');
    const server = createServer();
    server.prependOnceListener('listening', () => rmSync(path));
    await expect(listenUnix(server, { path, mode: 0o600 })).rejects.toMatchObject({
      code: 'UNIX_SOCKET_ERR_MODE',
      cause: { code: 'ENOENT' },
    });
    expect(server.listening).toBe(false);
  });

  it('listenUnix() passes on what the system says', async () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 's');
    await expect(listenUnix(createServer(), { path })).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('UNIX_SOCKET_ERROR_CODES', () => {
  it('UNIX_SOCKET_ERROR_CODES are those the README lists', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const listed = [...readme.matchAll(/^\| `(UNIX_SOCKET_ERR_\w+)`/gm)].map(([, code]) => code);
    expect(listed).toEqual([...UNIX_SOCKET_ERROR_CODES]);
  });
});
