import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../src/index.js';
import { begin } from './support/begin.js';
import { clientFrame, closePayload } from './support/raw-client.js';

describe('pauseReading()', () => {
  const collecting = async (pauseAt: number) => {
    const got: string[] = [];
    const harness = await begin({
      onMessage: (connection, data) => {
        got.push(data.toString());
        if (got.length === pauseAt) connection.pauseReading();
      },
    });
    return { ...harness, got };
  };

  it('pauseReading() keeps the rest of a chunk until resumeReading()', async () => {
    const { client, connection, got, server } = await collecting(2);
    client.send(...[1, 2, 3, 4, 5].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual(['1', '2']);
    expect(connection.paused).toBe(true);
    connection.resumeReading();
    expect(got).toEqual(['1', '2', '3', '4', '5']);
    client.send(clientFrame(1, '6'));
    while (server.stats().messagesIn < 6) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toHaveLength(6);
  });

  it('pauseReading() inside delivery of kept messages keeps the rest again', async () => {
    const got: string[] = [];
    const { client, connection, server } = await begin({
      onMessage: (target: Connection, data) => {
        got.push(data.toString());
        target.pauseReading();
      },
    });
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual(['1']);
    connection.resumeReading();
    expect(got).toEqual(['1', '2']);
    connection.resumeReading();
    expect(got).toEqual(['1', '2', '3']);
  });

  it('pauseReading() makes TCP push back: a client cannot send without end', async () => {
    const { client, connection, server } = await begin({}, { limits: { maxMessageBytes: 1 << 20 } });
    connection.pauseReading();
    const frame = clientFrame(2, Buffer.alloc(1 << 19));
    let writes = 0;
    while (writes < 200 && client.socket.write(frame)) writes += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.socket.writableLength).toBeGreaterThan(0);
    expect(server.stats().messagesIn).toBe(0);
    const drained = once(client.socket, 'drain');
    connection.resumeReading();
    await drained;
  });

  it('onClose() comes after the messages kept by pauseReading()', async () => {
    const { client, connection, got, closes, closed, server } = await collecting(1);
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))), clientFrame(8, closePayload(1000)));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([got, closes]).toEqual([['1'], []]);
    connection.resumeReading();
    await closed;
    expect(got).toEqual(['1', '2', '3']);
    expect(closes).toHaveLength(1);
  });

  it('pauseReading() is over with close(): what was kept is dropped, and the Close of the client is seen', async () => {
    const { client, connection, got, closes, closed, server } = await collecting(1);
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    connection.close(4001);
    connection.pauseReading();
    expect((await client.frame()).opcode).toBe(8);
    client.send(clientFrame(1, 'more'), clientFrame(8, closePayload(4001)));
    await client.end();
    await closed;
    connection.resumeReading();
    expect(got).toEqual(['1']);
    expect(closes).toEqual([{ code: 4001, reason: '', cause: 'local' }]);
  });

  it('resumeReading() delivers nothing more once a handler has closed', async () => {
    const { client, connection, closed, server } = await begin({
      onMessage: (target: Connection, data) => {
        if (String(data) === '1') target.pauseReading();
        else target.close(4002);
      },
    });
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    connection.resumeReading();
    expect(await client.closeCode()).toBe(4002);
    client.send(clientFrame(8, closePayload(4002)));
    await closed;
    expect(server.stats().messagesIn).toBe(2);
  });

  it('stop() does not wait for a reader that stays paused', async () => {
    const { client, got, closes, server } = await collecting(1);
    client.send(...[1, 2, 3].map((n) => clientFrame(1, String(n))));
    while (server.stats().messagesIn < 1) await new Promise((resolve) => setImmediate(resolve));
    await server.stop({ graceMs: 30 });
    expect(got).toEqual(['1']);
    expect(closes).toEqual([{ code: 1001, reason: 'server is going away', cause: 'shutdown' }]);
  });
});
