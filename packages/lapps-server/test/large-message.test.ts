import { describe, expect, it } from 'vitest';
import type { Connection } from '../src/index.js';
import { start } from './support/harness.js';
import { clientFrame, closePayload, type RawClient } from './support/raw-client.js';

const payload = Buffer.alloc(100_000, 'large');
const frame = clientFrame(2, payload);
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const begin = async (lendData: boolean, tls = {}) => {
  const got: string[] = [];
  const harness = await start({
    ...tls,
    services: {
      '/s': {
        lendData,
        onMessage: (connection, data, isBinary) => {
          got.push(data.equals(payload) ? 'large' : data.toString());
          connection.send(data, isBinary);
        },
      },
    },
  });
  const client = await harness.open('/s');
  const { connection } = await harness.event('opened');
  return { ...harness, client, connection, got };
};

/** The first half of a large message, and the server has it. */
const halfSent = async (client: RawClient, connection: Connection): Promise<void> => {
  client.send(clientFrame(1, 'first'), frame.subarray(0, 50_000));
  await client.frame();
  while (!connection.inbound.holdsKey) await soon();
};

describe('a message that comes in several reads', () => {
  it.each([false, true])('is answered, and so are those around it (lendData: %s)', async (lendData) => {
    const { client } = await begin(lendData);
    for (let round = 0; round < 5; round += 1) {
      for (let i = 0; i < 10; i += 1) client.send(frame, clientFrame(1, `${i}`), clientFrame(9, `ping ${i}`));
      for (let i = 0; i < 10; i += 1) {
        expect((await client.frame()).payload.equals(payload)).toBe(true);
        expect((await client.frame()).payload.toString()).toBe(`${i}`);
        expect((await client.frame()).payload.toString()).toBe(`ping ${i}`);
      }
    }
  });

  it('is answered after a pause in its middle', async () => {
    const { client, connection, got } = await begin(true);
    await halfSent(client, connection);
    connection.pauseReading();
    client.send(frame.subarray(50_000), clientFrame(1, 'next'));
    for (let i = 0; i < 10; i += 1) await soon();
    expect(got).toEqual(['first']);
    connection.resumeReading();
    expect((await client.frame()).payload.equals(payload)).toBe(true);
    expect((await client.frame()).payload.toString()).toBe('next');
  });

  it('is dropped when the connection is closed in its middle; the Close behind it is heard', async () => {
    const { client, connection, event, got } = await begin(false);
    await halfSent(client, connection);
    connection.close(4000, 'enough');
    client.send(frame.subarray(50_000), clientFrame(8, closePayload(4000)));
    expect(await client.closeCode()).toBe(4000);
    await client.end();
    expect((await event('closed')).info).toEqual({ code: 4000, reason: 'enough', cause: 'local' });
    expect(got).toEqual(['first']);
  });

  it.each([
    ['terminate()', (connection: Connection) => connection.terminate()],
    ['a reset', (_connection: Connection, client: RawClient) => client.socket.resetAndDestroy()],
    ['the end of TCP', (_connection: Connection, client: RawClient) => client.socket.end()],
  ])('is dropped at %s in its middle', async (_what, act) => {
    const { client, connection, event, got } = await begin(false);
    await halfSent(client, connection);
    act(connection, client);
    expect((await event('closed')).info).toEqual({ code: 1006, reason: '', cause: 'lost' });
    expect([got, connection.inbound.holdsKey]).toEqual([['first'], false]);
  });

  it('is answered with 1007 when it is text and not UTF-8, and nothing behind it is delivered', async () => {
    const { client, got, event } = await begin(true);
    const bad = clientFrame(1, Buffer.concat([payload, Buffer.of(0xff)]));
    client.send(clientFrame(1, 'first'), bad.subarray(0, 50_000));
    await client.frame();
    client.send(bad.subarray(50_000), clientFrame(1, 'behind'));
    expect(await client.closeCode()).toBe(1007);
    expect((await event('closed')).info).toMatchObject({ code: 1007, cause: 'protocol' });
    expect(got).toEqual(['first']);
  });

  it('may have a control frame before and behind, but inside it is payload', async () => {
    const { client } = await begin(false);
    const inside = Buffer.concat([Buffer.alloc(60_000, 'x'), clientFrame(9, 'ping'), Buffer.alloc(10_000, 'y')]);
    const stream = Buffer.concat([clientFrame(9, 'before'), clientFrame(2, inside), clientFrame(9, 'behind')]);
    for (let at = 0; at < stream.length; at += 7000) {
      client.send(stream.subarray(at, at + 7000));
      await soon();
    }
    expect((await client.frame()).payload.toString()).toBe('before');
    expect((await client.frame()).payload.equals(inside)).toBe(true);
    expect((await client.frame()).payload.toString()).toBe('behind');
  });

  it('costs the others nothing when many announce one and send little', async () => {
    const { open, client, server } = await begin(true);
    const half = await Promise.all(Array.from({ length: 100 }, () => open('/s')));
    for (const one of half) one.send(frame.subarray(0, 20_000));
    await soon();
    for (let i = 0; i < 3; i += 1) {
      client.send(frame);
      expect((await client.frame()).payload.equals(payload)).toBe(true);
    }
    for (const one of half) one.send(frame.subarray(20_000));
    for (const one of half) expect((await one.frame()).payload.equals(payload)).toBe(true);
    expect(server.stats().messagesIn).toBe(103);
  });
});
