import { describe, expect, it } from 'vitest';
import { type Client, connect } from './support/client.js';
import { type House, type HouseOptions, startHouse } from './support/house.js';
import { PLACES } from './support/places.js';

const SOURCE = `
local M = {}
function M.onStart() end
function M.onMessage(h, opcode, text)
  print("message " .. text)
  if text == "warm" then nap:new():usleep(1000) end
  if text == "wait" then nap:new():sleep(3600) end
  if text == "stubborn" then while true do nap:new():usleep(1000) end end
  if text == "close" then return ws:close(h, 3999, "ours") end
  if text == "join" then
    bcast:create(7)
    bcast:subscribe(7, h)
    bcast:send(7, nljson.decode('{"cid":7,"message":["news"]}'))
  end
  return ws:send(h, 1, "answer to " .. text)
end
function M.onDisconnect(h)
  print("gone " .. h .. " " .. tostring(ws:send(h, 1, "too late")))
end
function M.onShutdown() print("shutdown") end
return M
`;

const begin = (options: Partial<HouseOptions>): Promise<House> =>
  startHouse({ ...options, services: { s: { source: SOURCE } } });

/** A connection that keeps all that comes; `end` resolves to it, the close code last. */
async function listener(house: House): Promise<Client & { readonly end: Promise<unknown[]> }> {
  const client = await connect(`${house.url}/s`);
  // The first call that waits blocks its thread; those after it can be suspended.
  client.send('warm');
  await client.next();
  const got: unknown[] = [];
  client.socket.on('message', (data: Buffer, isBinary: boolean) => got.push(isBinary ? 'broadcast' : String(data)));
  return { ...client, end: client.closed.then(({ code }) => [...got, code]) };
}

const ends = (house: House): string[] => house.printed().filter((line) => /^(gone|shutdown)/.test(line));

describe.each(PLACES)('stop() behind messages of a service %s', (_where, options) => {
  it('answers them, then closes with 1001; onDisconnect once for each connection, then onShutdown', async () => {
    const house = await begin(options);
    const clients = [await listener(house), await listener(house), await listener(house)];
    for (const { send } of clients) for (const text of ['wait', 'join', 'last']) send(text);
    await expect
      .poll(() => house.printed().filter((line) => line === 'message wait'), { timeout: 10_000 })
      .toHaveLength(3);
    await house.stop();
    for (const { end } of clients) {
      const got = await end;
      expect(got.filter((item) => item !== 'broadcast')).toEqual([
        'answer to wait',
        'answer to join',
        'answer to last',
        1001,
      ]);
      expect(got).toContain('broadcast');
    }
    const [last] = ends(house).slice(-1);
    expect(last).toBe('shutdown');
    expect(ends(house).slice(0, -1).sort()).toEqual(['gone 1 false', 'gone 2 false', 'gone 3 false']);
  });

  it('leaves the Close to a service that says one', async () => {
    const house = await begin(options);
    const { send, end } = await listener(house);
    for (const text of ['wait', 'close', 'more']) send(text);
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('message wait');
    await house.stop();
    expect(await end).toEqual(['answer to wait', 3999]);
    expect(ends(house)).toEqual(['gone 1 false', 'shutdown']);
  });

  it('closes who waits for a handler that has no end, and calls onDisconnect behind it', async () => {
    const house = await begin({ ...options, plan: { waitTimeoutMs: 1000 } });
    const [idle, stuck] = [await listener(house), await listener(house)];
    stuck.send('stubborn');
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('message stubborn');
    const stopping = house.lapps.stop(500);
    expect(await idle.end).toEqual([1001]);
    expect(await stuck.end).toEqual([1001]);
    await stopping;
    await house.stop();
    expect(ends(house).slice(0, -1).sort()).toEqual(['gone 1 false', 'gone 2 false']);
  });
});

describe('stop() and a worker that is lost meanwhile', () => {
  it('closes its connections and comes to its end', async () => {
    const house = await begin({ workers: 2 });
    const { send, closed } = await listener(house);
    send('stubborn');
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('message stubborn');
    const stopping = house.lapps.stop(60_000);
    for (const worker of [0, 1]) house.bridge.pool.post(worker, 'die');
    expect((await closed).code).toBe(1011);
    await stopping;
  });
});

describe('a connection that is not read for its handler, and its worker', () => {
  it('comes to its end although the worker is lost', async () => {
    const service = { source: SOURCE, perMessageDeflate: true };
    const house = await startHouse({ workers: 2, services: { s: service } });
    const { send } = await listener(house);
    // Many more than wait in the worker: some are still being inflated when it says stop.
    send('stubborn');
    for (let i = 0; i < 2000; i++) send('more');
    const [connection] = house.frontend.server.connections;
    await expect.poll(() => connection!.paused, { timeout: 10_000 }).toBe(true);
    // It is lost while its messages are kept for a handler that will never ask for them.
    connection!.terminate();
    for (const worker of [0, 1]) house.bridge.pool.post(worker, 'die');
    await expect.poll(() => house.frontend.server.stats().connections, { timeout: 10_000 }).toBe(0);
  });
});
