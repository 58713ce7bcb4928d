import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Connection } from '../src/index.js';
import { start } from './support/harness.js';

const open = async (port: number, perMessageDeflate: boolean): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/s`, { perMessageDeflate });
  await once(socket, 'open');
  return socket;
};

const receive = (socket: WebSocket, count: number): Promise<string[]> =>
  new Promise((resolve) => {
    const got: string[] = [];
    socket.on('message', (data: Buffer) => {
      if (got.push(data.toString()) === count) resolve(got);
    });
  });

describe('perMessageDeflate', () => {
  const echo = {
    onMessage: (connection: Connection, data: Buffer, isBinary: boolean) => void connection.send(data, isBinary),
  };

  it('perMessageDeflate is off by default, whatever the client offers', async () => {
    const { port } = await start({ services: { '/s': echo } });
    const socket = await open(port, true);
    expect(socket.extensions).toBe('');
    socket.close();
  });

  it('perMessageDeflate compresses for who offers it and not for others, in order, broadcasts and close included', async () => {
    const { port, server, event } = await start({
      services: { '/s': { ...echo, perMessageDeflate: { threshold: 10 } } },
    });
    const [zipped, plain] = [await open(port, true), await open(port, false)];
    expect([zipped.extensions, plain.extensions]).toEqual(['permessage-deflate', '']);
    const answers = Promise.all([receive(zipped, 5), receive(plain, 5)]);
    const framed = server.frame('n'.repeat(5000), false);
    for (const connection of server.connections) {
      connection.send('first '.repeat(1000));
      connection.sendFramed(framed);
      connection.send('short');
      connection.send(Buffer.alloc(100_000, 'x'), false, true);
      connection.send('last');
      connection.close(4000);
    }
    const wanted = ['first '.repeat(1000), 'n'.repeat(5000), 'short', 'x'.repeat(100_000), 'last'];
    expect(await answers).toEqual([wanted, wanted]);
    if (zipped.readyState !== WebSocket.CLOSED) await once(zipped, 'close');
    expect((await event('closed')).info).toMatchObject({ code: 4000, cause: 'local' });
  });
});
