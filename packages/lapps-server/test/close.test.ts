import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { CloseInfo } from '../src/index.js';
import { begin } from './support/begin.js';
import { clientFrame, closePayload, type RawClient } from './support/raw-client.js';

describe('close()', () => {
  it('close() sends what was sent before, then one Close, then nothing', async () => {
    const { connection, client, closes, closed } = await begin();
    connection.send('before');
    connection.close(4001, 'enough');
    expect(connection.send('after')).toBe(false);
    connection.close(1000);
    expect((await client.frame()).payload.toString()).toBe('before');
    const close = await client.frame();
    expect([close.opcode, close.payload.readUInt16BE(), close.payload.toString('utf8', 2)]).toEqual([
      8,
      4001,
      'enough',
    ]);
    client.send(clientFrame(1, 'ignored'), clientFrame(8, closePayload(4001)));
    await client.end();
    await closed;
    expect(client.frames).toEqual([]);
    expect(closes).toEqual([{ code: 4001, reason: 'enough', cause: 'local' }]);
  });

  it('close() gives a client that never answers closeTimeoutMs', async () => {
    const { connection, client, closes, closed } = await begin({}, { limits: { closeTimeoutMs: 50 } });
    connection.close();
    await closed;
    expect(closes).toEqual([{ code: 1000, reason: '', cause: 'local' }]);
    await client.end();
  });

  it('close() cuts a reason at 123 bytes between characters', async () => {
    const { connection, client } = await begin();
    connection.close(1000, 'é'.repeat(100));
    const { payload } = await client.frame();
    expect(payload.toString('utf8', 2)).toBe('é'.repeat(61));
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN])('close() refuses code %s', async (code) => {
    const { connection } = await begin();
    expect(() => connection.close(code)).toThrow(expect.objectContaining({ code: 'LAPPS_SERVER_ERR_BAD_CLOSE_CODE' }));
    expect(connection.open).toBe(true);
  });
});

describe('onClose()', () => {
  const cut: CloseInfo = { code: 1006, reason: '', cause: 'lost' };
  const endings: readonly (readonly [name: string, act: (client: RawClient) => unknown, info: CloseInfo])[] = [
    ['a reset', (client) => client.socket.resetAndDestroy(), cut],
    ['an end of TCP without Close', (client) => client.socket.end(), cut],
    [
      'a Close and the end of TCP at once',
      (client) => {
        client.send(clientFrame(8, closePayload(1001)));
        client.socket.destroySoon();
      },
      { code: 1001, reason: '', cause: 'peer' },
    ],
    ['an end inside a frame', (client) => client.socket.end(clientFrame(2, Buffer.alloc(500)).subarray(0, 300)), cut],
  ];

  it.each(endings)('onClose() is called once for %s', async (_name, act, info) => {
    const { client, closes, closed, server } = await begin();
    act(client);
    await closed;
    await server.stop();
    expect(closes).toEqual([info]);
  });

  it('onClose() is called once for terminate()', async () => {
    const { connection, closes, closed, client } = await begin();
    connection.terminate();
    await closed;
    await client.end();
    expect(closes).toEqual([cut]);
  });

  it('onClose() is called once when both sides close at once', async () => {
    const { connection, closes, closed, client, server } = await begin();
    client.send(clientFrame(8, closePayload(1000)));
    connection.close(4000);
    await closed;
    await server.stop();
    expect(closes).toHaveLength(1);
  });
});

describe('stop()', () => {
  it('stop() sends 1001 to everyone, waits for their answers and refuses newcomers', async () => {
    const { client, server, closes, port, open } = await begin();
    const other = await open('/s');
    const stopped = server.stop();
    for (const each of [client, other]) {
      const close = await each.frame();
      expect([close.opcode, close.payload.readUInt16BE()]).toEqual([8, 1001]);
    }
    await expect(open('/s')).rejects.toThrow();
    expect(closes).toEqual([]);
    for (const each of [client, other]) each.send(clientFrame(8, closePayload(1001)));
    await stopped;
    expect(closes.map(({ cause, code }) => [cause, code])).toEqual([
      ['shutdown', 1001],
      ['shutdown', 1001],
    ]);
    expect(port).toBeGreaterThan(0);
    await expect(server.listen({ port: 0 })).rejects.toMatchObject({ code: 'LAPPS_SERVER_ERR_STATE' });
  });

  it('stop() cuts who does not answer at the deadline, connections in their handshake too', async () => {
    const { server, closes, connect, client } = await begin({}, { limits: { closeTimeoutMs: 60_000 } });
    const half = connect();
    half.send(Buffer.from('GET / HT'));
    await once(half.socket, 'connect');
    await server.stop({ graceMs: 30 });
    expect(closes).toHaveLength(1);
    await Promise.all([client.end(), half.end()]);
    expect(server.stats().connections).toBe(0);
  });
});
