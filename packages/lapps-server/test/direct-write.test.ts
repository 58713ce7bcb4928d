import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directHandle, type SocketHandle, writeDirect } from '../src/direct-write.js';
import { Outbox, OutboxGroup } from '../src/outbox.js';

/** A server's socket and the client's; the client reads nothing yet. */
async function pair(): Promise<{ socket: Socket; client: Socket; handle: SocketHandle }> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new Socket();
  const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
  client.connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  const socket = (await accepted).on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    client.destroy();
    server.close();
  });
  return { socket, client, handle: directHandle(socket)! };
}

const heard = async (client: Socket): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  client.on('data', (chunk) => void chunks.push(chunk));
  await finished(client, { writable: false });
  return Buffer.concat(chunks);
};

describe('writeDirect()', () => {
  it('has the system take the bytes between start and end at once', async () => {
    const { socket, client, handle } = await pair();
    expect(writeDirect(socket, handle, handle.fd, Buffer.from('-hello-'), 1, 6)).toBe(5);
    expect(socket.writableLength).toBe(0);
    socket.end('!');
    expect((await heard(client)).toString()).toBe('hello!');
  });

  it('takes part of what is more than the system has room for, and then nothing', async () => {
    const { socket, client, handle } = await pair();
    const bytes = Buffer.alloc(32 << 20, 'x');
    const taken = writeDirect(socket, handle, handle.fd, bytes, 0, bytes.length);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(bytes.length);
    // The system has no room at all: no error comes of it.
    while (writeDirect(socket, handle, handle.fd, bytes, 0, 1) > 0);
    socket.end('!');
    expect((await heard(client)).at(-1)).toBe('!'.charCodeAt(0));
  });

  it('does not overtake what waits in the stream', async () => {
    const { socket, client, handle } = await pair();
    socket.cork();
    socket.write('first');
    expect(writeDirect(socket, handle, handle.fd, Buffer.from('second'), 0, 6)).toBe(0);
    socket.uncork();
    socket.end();
    expect((await heard(client)).toString()).toBe('first');
  });

  it('writes nothing after the end of the stream', async () => {
    const { socket, client, handle } = await pair();
    socket.end('end');
    expect(writeDirect(socket, handle, handle.fd, Buffer.from('more'), 0, 4)).toBe(0);
    expect((await heard(client)).toString()).toBe('end');
  });

  it('writes nothing to whoever has the descriptor of a closed socket now', async () => {
    const { socket, handle } = await pair();
    const { fd } = handle;
    socket.destroy();
    const folder = mkdtempSync(join(tmpdir(), 'offload-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'other');
    const opened: number[] = [];
    onTestFinished(() => opened.forEach(closeSync));
    // The system gives the lowest number that is free.
    while (opened.length < 64 && !opened.includes(fd)) opened.push(openSync(path, 'a'));
    expect(opened).toContain(fd);
    expect(writeDirect(socket, handle, fd, Buffer.from('secret'), 0, 6)).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('leaves the error of a peer that is gone to the stream', async () => {
    const { socket, client, handle } = await pair();
    const ended = new Promise<Error>((resolve) => void socket.once('error', resolve));
    client.resetAndDestroy();
    let taken = 1;
    // Until the reset has arrived.
    while (taken > 0) {
      taken = writeDirect(socket, handle, handle.fd, Buffer.from('x'), 0, 1);
      await new Promise(setImmediate);
    }
    socket.write('x');
    expect(await ended).toMatchObject({ code: expect.stringMatching(/EPIPE|ECONNRESET/) });
  });

  it('is for plain sockets that are open alone', async () => {
    const { socket, handle } = await pair();
    expect(handle.fd).toBeGreaterThan(0);
    expect(directHandle(new TLSSocket(socket))).toBeUndefined();
    expect(directHandle(new Socket())).toBeUndefined();
    expect(directHandle({ _handle: { fd: 1 } })).toBeUndefined();
    socket.destroy();
    expect(directHandle(socket)).toBeUndefined();
  });
});

describe('Outbox on a real socket', () => {
  it('keeps the order of everything for a client that reads in fits and starts', async () => {
    const step = fc.record({ size: fc.integer({ min: 1, max: 400_000 }), reads: fc.boolean(), turns: fc.nat(2) });
    const anySteps = fc.array(step, { minLength: 20, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const { socket, client } = await pair();
        client.pause();
        const got: Buffer[] = [];
        client.on('data', (chunk) => void got.push(chunk)).pause();
        const group = new OutboxGroup();
        const outbox = new Outbox(group, socket);
        const sent: Buffer[] = [];
        for (const [i, { size, reads, turns }] of steps.entries()) {
          const bytes = Buffer.alloc(size, i + 1);
          sent.push(bytes);
          outbox.addFramed(bytes);
          if (reads) client.resume();
          else client.pause();
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        }
        outbox.write();
        socket.end();
        client.resume();
        await finished(client, { writable: false });
        expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});
