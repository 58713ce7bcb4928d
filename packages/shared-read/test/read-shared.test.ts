import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readShared } from '../src/index.js';

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, onSocket).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('readShared()', () => {
  it('works with the sockets of this Node, which it is told by no documentation', async () => {
    const results: boolean[] = [];
    const port = await serve((socket) => {
      results.push(readShared(socket, () => true));
      results.push(readShared(socket, () => true));
      socket.destroy();
    });
    await once(await client(port), 'close');
    // The second time it has a buffer already.
    expect(results).toEqual([process.platform !== 'win32', false]);
  });

  it('says no to what is no plain socket, or has no handle', () => {
    class OtherSocket extends Socket {}
    for (const socket of [new Duplex(), new OtherSocket(), new Socket(), {}, undefined]) {
      expect(readShared(socket, () => true)).toBe(false);
    }
  });

  it('hands over every byte in order, and the end', async () => {
    const seen: Buffer[] = [];
    const ended = new Promise<void>((resolve) => {
      void serve((socket) => {
        readShared(socket, (length, bytes) => seen.push(Buffer.from(bytes.subarray(0, length))) > 0);
        socket.on('end', () => {
          socket.end();
          resolve();
        });
      }).then(async (port) => (await client(port)).end(Buffer.alloc(1_000_000, 'offload ')));
    });
    await ended;
    expect(Buffer.concat(seen).equals(Buffer.alloc(1_000_000, 'offload '))).toBe(true);
  });

  it('shares one buffer among sockets', async () => {
    const buffers = new Set<unknown>();
    let told: (() => void) | undefined;
    const port = await serve((socket) => {
      readShared(socket, (_length, bytes) => {
        buffers.add(bytes.buffer);
        told?.();
        return true;
      });
    });
    for (let i = 0; i < 3; i++) {
      const came = new Promise<void>((resolve) => {
        told = resolve;
      });
      (await client(port)).write('x');
      await came;
    }
    expect(buffers.size).toBe(1);
  });

  it('does not read while paused, and goes on when resumed', async () => {
    const seen: string[] = [];
    const sockets: Socket[] = [];
    let wake = (): void => {};
    const port = await serve((socket) => {
      sockets.push(socket);
      readShared(socket, (length, bytes) => {
        seen.push(bytes.toString('latin1', 0, length));
        if (seen.length === 1) socket.pause();
        wake();
        return true;
      });
    });
    const say = (peer: Socket, text: string): Promise<void> => {
      const read = new Promise<void>((resolve) => {
        wake = resolve;
      });
      peer.write(text);
      return read;
    };
    const peer = await client(port);
    await say(peer, 'one');
    peer.write('two');
    // What another socket sends later is read: the first would have been, too.
    await say(await client(port), 'other');
    await say(await client(port), 'another');
    expect(seen).toEqual(['one', 'other', 'another']);
    const read = say(peer, '');
    sockets[0]!.resume();
    await read;
    expect(seen.at(-1)).toBe('two');
  });
});
