import { once } from 'node:events';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Connection } from '../src/index.js';
import { start } from './support/harness.js';
import { clientFrame, type RawClient } from './support/raw-client.js';

const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };

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

describe('the end of TCP on a connection with compression', () => {
  const deflated = (text: string): Buffer => {
    const bytes = deflateRawSync(text, SYNC);
    return clientFrame(1, bytes.subarray(0, -4), { rsv: 4 });
  };

  const received = ({ frames }: RawClient): string[] =>
    frames.map(({ rsv, opcode, payload }) => {
      if (opcode === 8) return `close ${payload.readUInt16BE()}`;
      const tail = Buffer.from([0, 0, 0xff, 0xff]);
      return String(rsv === 4 ? inflateRawSync(Buffer.concat([payload, tail]), SYNC) : payload);
    });

  it.each([
    ['at once', (connection: Connection, data: Buffer) => void connection.send(String(data))],
    [
      'later',
      async (connection: Connection, data: Buffer) => {
        await new Promise((resolve) => setImmediate(resolve));
        connection.send(String(data));
      },
    ],
  ])('comes behind the replies to what came before it, given %s', async (_when, onMessage) => {
    const { open } = await start({
      services: { '/s': { onMessage, perMessageDeflate: { threshold: 0, serverNoContextTakeover: true } } },
    });
    const headers = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_no_context_takeover' };
    const client = await open('/s', { headers });
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(20_000));
    client.socket.end(Buffer.concat(texts.map(deflated)));
    await client.end();
    expect(received(client)).toEqual(texts);
  });

  it('holds no socket of a client that does not read its replies longer than closeTimeoutMs', async () => {
    const { open, event } = await start({
      limits: { closeTimeoutMs: 50, maxBufferedBytes: 100_000_000 },
      services: {
        '/s': {
          perMessageDeflate: { threshold: 1_000_000 },
          maxMessageBytes: 1_000_000,
          onMessage: (connection) => {
            for (let i = 0; i < 16; i++) connection.send(Buffer.alloc(900_000));
          },
        },
      },
    });
    const client = await open('/s', { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } });
    client.socket.pause();
    client.socket.end(Buffer.concat([clientFrame(1, '1'), clientFrame(1, '2')]));
    expect((await event('closed')).info).toMatchObject({ cause: 'lost' });
  });
});
