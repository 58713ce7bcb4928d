import { describe, expect, it } from 'vitest';
import { begin } from './support/begin.js';
import { clientFrame } from './support/raw-client.js';

describe('keepalive', () => {
  it('a silent client is pinged and stays while it answers', async () => {
    const { client, connection } = await begin({}, { limits: { pingIntervalMs: 40, pongTimeoutMs: 10_000 } });
    for (let i = 0; i < 3; i += 1) {
      const ping = await client.frame();
      expect([ping.opcode, ping.payload.length]).toEqual([9, 0]);
      client.send(clientFrame(10));
    }
    expect(connection.open).toBe(true);
  });

  it('a half-open client is cut after the pong timeout', async () => {
    const { closed, closes, server } = await begin({}, { limits: { pingIntervalMs: 40, pongTimeoutMs: 40 } });
    await closed;
    expect(closes).toEqual([{ code: 1006, reason: '', cause: 'ping-timeout' }]);
    expect(server.stats().pingTimeouts).toBe(1);
  });

  it('an idle client is closed with 1001 where that is asked for', async () => {
    const { client } = await begin({}, { limits: { idleTimeoutMs: 60 } });
    expect(await client.closeCode()).toBe(1001);
  });

  it('a paused reader is not taken for lost', async () => {
    const { connection, client } = await begin(
      {},
      { limits: { pingIntervalMs: 20, pongTimeoutMs: 20, idleTimeoutMs: 60 } },
    );
    connection.pauseReading();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(connection.open).toBe(true);
    expect(client.ended).toBe(false);
  });
});
