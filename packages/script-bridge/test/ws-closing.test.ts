import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { type House, type HouseOptions, startHouse } from './support/house.js';
import { PLACES } from './support/places.js';

const SOURCE = `
local M = {}
function M.onStart() end
function M.onMessage(h, opcode, text)
  if text == "wait" then nap:new():usleep(50000) end
  if text == "ever" then nap:new():sleep(3600) end
  if text == "close" then return ws:close(h, 3999, "ours") end
  if text == "join" then
    bcast:create(7)
    bcast:subscribe(7, h)
    bcast:send(7, nljson.decode('{"cid":7,"message":["news"]}'))
  end
  print("message " .. text)
  return ws:send(h, 1, "answer to " .. text)
end
function M.onDisconnect(h)
  print("gone " .. h .. " " .. tostring(ws:send(h, 1, "too late")))
end
function M.onShutdown() end
return M
`;

const begin = (options: Partial<HouseOptions>): Promise<House> =>
  startHouse({ ...options, services: { s: { source: SOURCE } } });

/** What comes on a connection whose client sends some texts and its Close in one go. */
async function said(house: House, ...texts: string[]): Promise<unknown[]> {
  const client = await connect(`${house.url}/s`);
  const got: unknown[] = [];
  client.socket.on('message', (data: Buffer, isBinary: boolean) => got.push(isBinary ? 'broadcast' : String(data)));
  for (const text of texts) client.send(text);
  client.socket.close(3456, 'bye');
  const { code, reason } = await client.closed;
  return [...got, code, reason];
}

/** A connection without manners of its own. */
async function upgraded(house: House): Promise<Socket> {
  const { hostname, port } = new URL(house.url);
  const socket = connectTcp({ host: hostname, port: Number(port), allowHalfOpen: true });
  const request = 'GET /s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  socket.write(`${request}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

const frame = (text: string): Buffer =>
  Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text, 'latin1')]);

const gone = (house: House): string[] => house.printed().filter((line) => line.startsWith('gone'));

describe.each(PLACES)('Close behind messages of a service %s', (_where, options) => {
  it('is answered behind the answers to them', async () => {
    const house = await begin(options);
    const texts = Array.from({ length: 100 }, (_, i) => String(i));
    const answers = texts.map((text) => `answer to ${text}`);
    expect(await said(house, ...texts)).toEqual([...answers, 3456, 'bye']);
    expect(await said(house)).toEqual([3456, 'bye']);
    await expect.poll(() => gone(house), { timeout: 10_000 }).toEqual(['gone 1 false', 'gone 2 false']);
    expect(house.printed().at(-2)).toBe('gone 1 false');
    await house.stop();
    expect(gone(house)).toHaveLength(2);
  });

  it('is answered behind the answer of a handler that waits, and holds up nobody else', async () => {
    const house = await begin(options);
    // The first call that waits blocks its thread; those after it can be suspended.
    await said(house, 'wait');
    const order: string[] = [];
    const slow = said(house, 'wait', 'after').then((got) => {
      order.push('slow');
      return got;
    });
    expect(await said(house, 'quick')).toEqual(['answer to quick', 3456, 'bye']);
    order.push('quick');
    expect(await slow).toEqual(['answer to wait', 'answer to after', 3456, 'bye']);
    expect(order).toEqual(['quick', 'slow']);
    await expect.poll(() => gone(house), { timeout: 10_000 }).toHaveLength(3);
  });

  it('is answered after closeTimeoutMs whatever its handler does, and onDisconnect follows the message', async () => {
    const house = await begin({ ...options, plan: { waitTimeoutMs: 200 }, server: { limits: { closeTimeoutMs: 50 } } });
    await said(house, 'wait');
    expect(await said(house, 'quick', 'ever')).toEqual(['answer to quick', 3456, 'bye']);
    await expect.poll(() => gone(house), { timeout: 10_000 }).toEqual(['gone 1 false', 'gone 2 false']);
    await house.stop();
    expect(gone(house)).toHaveLength(2);
  });

  it('crosses the Close of the service', async () => {
    const house = await begin(options);
    expect(await said(house, 'quick', 'close', 'more')).toEqual(['answer to quick', 3999, 'ours']);
    await expect.poll(() => gone(house), { timeout: 10_000 }).toEqual(['gone 1 false']);
  });

  it('is answered behind a broadcast that is an answer, too', async () => {
    const house = await begin(options);
    expect(await said(house, 'join')).toEqual(['broadcast', 'answer to join', 3456, 'bye']);
  });

  it('is not needed: a client that ends its half of TCP gets the answers', async () => {
    const house = await begin(options);
    const socket = await upgraded(house);
    socket.end(Buffer.concat([frame('wait'), frame('after')]));
    expect(await textOf(socket)).toMatch(/answer to wait.*answer to after$/s);
    await expect.poll(() => gone(house), { timeout: 10_000 }).toEqual(['gone 1 false']);
  });

  it('is that of the server behind the answers where a frame is wrong', async () => {
    const house = await begin(options);
    const socket = await upgraded(house);
    socket.write(Buffer.concat([frame('wait'), frame('after'), Buffer.from([0x83, 0x80, 0, 0, 0, 0]), frame('more')]));
    const text = textOf(socket);
    socket.once('end', () => socket.end());
    expect(await text).toMatch(/answer to wait.*answer to after\P{L}+$/su);
    // Close 1002.
    expect((await text).at(-2)).toBe('\u0003');
    await expect.poll(() => gone(house), { timeout: 10_000 }).toEqual(['gone 1 false']);
  });
});

describe('Close behind messages of a worker that is lost', () => {
  it('is answered', async () => {
    const house = await begin({ workers: 2 });
    const client = await connect(`${house.url}/s`);
    client.send('ever');
    client.socket.close(3456);
    await expect.poll(() => client.socket.readyState, { timeout: 10_000 }).toBe(client.socket.CLOSING);
    for (const worker of [0, 1]) house.bridge.pool.post(worker, 'die');
    expect([1011, 3456]).toContain((await client.closed).code);
    expect(await said(house, 'again')).toEqual(['answer to again', 3456, 'bye']);
  });
});
