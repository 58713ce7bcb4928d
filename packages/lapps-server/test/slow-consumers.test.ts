import { describe, expect, it } from 'vitest';
import { begin } from './support/begin.js';
import { clientFrame } from './support/raw-client.js';

describe('slow consumers', () => {
  it('send() ends a client that never reads with 1008 and its queue stays bounded; others are served', async () => {
    const maxBufferedBytes = 200_000;
    const { client, connection, server, closes, closed, event, open } = await begin(
      {},
      { limits: { maxBufferedBytes, closeTimeoutMs: 50 } },
    );
    const other = await open('/echo');
    client.socket.pause();
    const message = Buffer.alloc(10_000, 'm');
    let most = 0;
    let sent = 0;
    while (connection.send(message)) {
      sent += 1;
      most = Math.max(most, connection.bufferedBytes);
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBeLessThanOrEqual(maxBufferedBytes + 10_100);
    expect((await event('slow-consumer')).connection).toBe(connection);
    await closed;
    expect(closes).toEqual([{ code: 1008, reason: 'slow consumer', cause: 'slow-consumer' }]);
    expect(server.stats().slowConsumers).toBe(1);
    other.send(clientFrame(1, 'fine'));
    expect((await other.frame()).payload.toString()).toBe('fine');
  });

  it('send() takes one message larger than the bound for a client that reads', async () => {
    const { client, connection } = await begin({}, { limits: { maxBufferedBytes: 1000 } });
    expect(connection.send(Buffer.alloc(5_000_000))).toBe(true);
    expect((await client.frame()).payload.length).toBe(5_000_000);
  });

  it.each(['that is silent otherwise', 'that keeps sending'])(
    'a client %s is ended when it takes nothing of what waits for it for stallTimeoutMs',
    async (_how) => {
      const limits = { stallTimeoutMs: 80, closeTimeoutMs: 50, pingIntervalMs: 0 };
      const { client, connection, closes, closed, event, open } = await begin({}, { limits });
      const other = await open('/echo');
      client.socket.pause();
      const trickle = setInterval(() => _how === 'that keeps sending' && client.socket.write(clientFrame(10)), 10);
      // Far below the bound of bytes, and more than the system takes.
      while (connection.bufferedBytes < 100_000) {
        connection.send(Buffer.alloc(50_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await event('slow-consumer')).connection).toBe(connection);
      await closed;
      clearInterval(trickle);
      expect(closes).toEqual([{ code: 1008, reason: 'slow consumer', cause: 'slow-consumer' }]);
      other.send(clientFrame(1, 'fine'));
      expect((await other.frame()).payload.toString()).toBe('fine');
    },
  );

  it('pings of a client that never reads count against the bound', async () => {
    const { client, closes, closed } = await begin({}, { limits: { maxBufferedBytes: 10_000, closeTimeoutMs: 50 } });
    client.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 500 }, () => clientFrame(9, Buffer.alloc(125))));
    const flood = setInterval(() => client.socket.write(pings), 1);
    await closed;
    clearInterval(flood);
    expect(closes[0]).toMatchObject({ cause: 'slow-consumer' });
  });
});
