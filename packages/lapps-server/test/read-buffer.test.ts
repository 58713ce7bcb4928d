import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readShared } from '../src/read-buffer.js';
import { start } from './support/harness.js';
import { clientFrame } from './support/raw-client.js';

describe('readShared()', () => {
  it('readShared() works with the sockets of this Node, which it is told by no documentation', async () => {
    const results: boolean[] = [];
    const server = createServer().on('upgrade', (_request, socket) => {
      results.push(
        readShared(socket, () => true),
        readShared(socket, () => true),
      );
      socket.destroy();
    });
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    await once(client, 'close');
    server.close();
    // The second time it has a buffer already.
    expect(results).toEqual([process.platform !== 'win32', false]);
  });

  it('readShared() says no to what is no plain socket, or has no handle', () => {
    class OtherSocket extends Socket {}
    for (const socket of [new Duplex(), new OtherSocket(), new Socket(), {}, undefined]) {
      expect(readShared(socket, () => true)).toBe(false);
    }
  });
});

describe('lendData', () => {
  const keeping = async (lendData: boolean) => {
    const kept: Buffer[] = [];
    const harness = await start({
      services: {
        '/s': {
          lendData,
          onMessage: (connection, data) => {
            kept.push(data);
            connection.send('thanks');
          },
        },
      },
    });
    for (const client of [await harness.open('/s'), await harness.open('/s')]) {
      for (const message of ['one', 'two', 'x'.repeat(10_000), 'y'.repeat(150_000)]) {
        client.send(clientFrame(1, message));
        await client.frame();
      }
    }
    return kept;
  };

  it('without lendData messages may be kept', async () => {
    const kept = await keeping(false);
    const wanted = ['one', 'two', 'x'.repeat(10_000), 'y'.repeat(150_000)];
    expect(kept.map(String)).toEqual([...wanted, ...wanted]);
  });

  it('with lendData the memory is used again, for messages of other connections too', async () => {
    const kept = await keeping(true);
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBeLessThan(kept.length);
    expect(kept[0]!.buffer).toBe(kept[4]!.buffer);
  });
});
