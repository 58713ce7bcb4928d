import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreadPool } from '@offload/script-runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connectDirectLapps, connectDirectSpop, createBridge, planLapps, type ServiceSpec } from '../src/index.js';
import { type Client, connect } from './support/client.js';
import { type House, type HouseOptions, startHouse } from './support/house.js';
import { SpopEngine } from './support/spop-engine.js';

const direct = (options: Omit<HouseOptions, 'direct'>): Promise<House> => startHouse({ ...options, direct: true });

/** A raw service; what happens to it is printed. */
const service = (onMessage: string): string => `
local M = {}
function M.onStart() bcast:create(7) print("start") end
function M.onMessage(h, opcode, text)
  if text == "who" then return ws:send(h, 1, tostring(h)) end
  ${onMessage}
  return ws:send(h, opcode, text)
end
function M.onDisconnect(h) print("gone " .. h) end
function M.onShutdown() print("shutdown") end
return M
`;

/** A standalone service: it does what it is posted, as Lua. */
const THREAD = `
local M = {}
function M.init() queue = mqr.create("jobs") end
function M.run()
  while not must_stop() do
    local job = queue:recv()
    if job then assert(loadstring(job.code))() end
  end
end
return M
`;

const idOf = async (client: Client): Promise<number> => {
  client.send('who');
  return Number(await client.next());
};

/** Until the successor of a lost worker listens again. */
async function reconnect(url: string): Promise<Client> {
  for (;;) {
    try {
      return await connect(url);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('connectDirectLapps()', () => {
  it('answers raw and LAppS services on the thread that reads', async () => {
    const lapps = `
      local M = {}
      function M.onStart() end
      function M.onMessage(h, type, message)
        if message.method == "boom" then error("no") end
        return ws:send(h, nljson.decode('{"status":1,"cid":0,"result":["' .. message.method .. '"]}'))
      end
      function M.onDisconnect() end
      function M.onShutdown() end
      return M`;
    const house = await direct({
      services: { raw: { source: service('') }, calls: { source: lapps, protocol: 'LAppS' } },
    });
    const [raw, calls] = [await connect(`${house.url}/raw`), await connect(`${house.url}/calls`)];
    for (let i = 0; i < 200; i++) raw.send(`m${i}`);
    for (let i = 0; i < 200; i++) expect(await raw.next()).toBe(`m${i}`);
    raw.send(Uint8Array.of(0, 255));
    expect(await raw.next()).toEqual(Buffer.of(0, 255));
    calls.sendCbor({ lapps: 1, method: 'hello' });
    expect(await calls.nextCbor()).toMatchObject({ cid: 0, result: ['hello'] });
    calls.sendCbor({ lapps: 1, method: 'boom', params: [1] });
    expect(await calls.nextCbor()).toMatchObject({ status: 0, error: { code: -32603 } });
    expect(house.log.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('calls.lua:5'), fields: { service: 'calls', conn: 2 } },
    ]);
    calls.send('text');
    expect(await calls.nextCbor()).toMatchObject({ error: { code: -32600 } });
    expect((await calls.closed).code).toBe(1003);
  });

  it('answers the messages of one connection in order, also when a handler waits, and others meanwhile', async () => {
    const source = service('if text == "wait" then nap:new():usleep(50000) end');
    const house = await direct({ services: { s: { source } } });
    const [slow, quick] = [await connect(`${house.url}/s`), await connect(`${house.url}/s`)];
    const order: string[] = [];
    slow.socket.on('message', (data: Buffer) => order.push(`slow ${data}`));
    quick.socket.on('message', (data: Buffer) => order.push(`quick ${data}`));
    slow.send('wait');
    for (let i = 0; i < 300; i++) slow.send(String(i));
    quick.send('now');
    const rest = Array.from({ length: 300 }, (_, i) => `slow ${i}`);
    await expect.poll(() => order, { timeout: 10_000 }).toEqual(['quick now', 'slow wait', ...rest]);
  });

  it('carries what the thread of a standalone service sends, broadcasts and closes', async () => {
    const house = await direct({
      services: {
        s: { source: service('if text == "on" then bcast:subscribe(7, h) end') },
        thread: { source: THREAD, standalone: true },
      },
    });
    const client = await connect(`${house.url}/s`);
    const id = await idOf(client);
    client.send('on');
    await client.next();
    const post = (code: string): unknown =>
      house.bridge.queues.post(
        'jobs',
        Buffer.from([0xa1, 0x64, ...Buffer.from('code'), 0x78, code.length, ...Buffer.from(code)]),
      );
    post(`ws:send(${id}, 1, 'from a thread')`);
    expect(await client.next()).toBe('from a thread');
    post(`bcast:send(7, nljson.decode('{"cid":5,"message":[1]}'))`);
    expect(await client.nextCbor()).toEqual({ cid: 5, message: [1] });
    post(`ws:close(${id}, 3001, 'bye')`);
    expect(await client.closed).toEqual({ code: 3001, reason: 'bye' });
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain(`gone ${id}`);
  });

  it('holds back a thread that says more than the worker can take, and loses nothing of it', async () => {
    const COUNT = 10_000;
    const flood = `
      local M = {}
      function M.init() queue = mqr.create("go") end
      function M.run()
        queue:recv()
        for i = 1, ${COUNT} do
          local n = nljson.decode('{"cid":5,"message":[]}')
          n.message[1] = i
          n.message[2] = ('x'):rep(1000)
          bcast:send(7, n)
        end
      end
      return M`;
    const source = service(`
      if text == "on" then bcast:subscribe(7, h) end
      if text == "busy" then mqr.create("go"):post(nljson.decode("1")) local t = time.now() while time.now() < t + 300 do end end`);
    const house = await direct({ services: { s: { source }, flood: { source: flood, standalone: true } } });
    const client = await connect(`${house.url}/s`);
    client.send('on');
    await client.next();
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, house.bridge.pool.stats().queued);
    }, 5);
    onTestFinished(() => clearInterval(timer));
    client.send('busy');
    const seen: unknown[] = [];
    expect(await client.next()).toBe('busy');
    while (seen.length < COUNT) seen.push(((await client.nextCbor()) as { message: unknown[] }).message[0]);
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
    // What one ring holds, of all that was said: the rest waited in the thread that said it.
    expect(most).toBeLessThan(1500);
  });

  it('goes on behind a worker that died: says how many were cut, listens again, gives no id twice', async () => {
    const source = service('if text == "ask" then return ws:send(h, 1, tostring(ws:send(1, 1, "stale"))) end');
    const house = await direct({ services: { s: { source } } });
    const [a, b] = [await connect(`${house.url}/s`), await connect(`${house.url}/s`)];
    expect([await idOf(a), await idOf(b)]).toEqual([1, 2]);
    house.bridge.pool.post(0, 'die');
    expect((await a.closed).code).toBe(1006);
    expect((await b.closed).code).toBe(1006);
    const client = await reconnect(`${house.url}/s`);
    expect(await idOf(client)).toBe(3);
    client.send('ask');
    expect(await client.next()).toBe('false');
    expect(house.log.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^2 connections cut: .* died with worker 0; onDisconnect cannot run/),
    );
    expect(house.printed().filter((line) => line === 'start')).toHaveLength(2);
  });

  it('stops with 1001 for everyone, onDisconnect for each, then onShutdown', async () => {
    const source = service('').replace('print("gone', 'nap:new():usleep(20000) print("gone');
    const house = await direct({ services: { s: { source } } });
    const clients = [await connect(`${house.url}/s`), await connect(`${house.url}/s`)];
    await house.stop();
    for (const client of clients) expect((await client.closed).code).toBe(1001);
    expect(house.printed().sort()).toEqual(['gone 1', 'gone 2', 'shutdown', 'start']);
    expect(house.printed().at(-1)).toBe('shutdown');
    await expect(connect(`${house.url}/s`)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for an onDisconnect longer than it has time', async () => {
    const source = service('').replace('print("gone', 'while true do nap:new():usleep(1000) end print("gone');
    const house = await direct({ services: { s: { source } } });
    const client = await connect(`${house.url}/s`);
    await house.lapps.stop(100);
    expect((await client.closed).code).toBe(1001);
    expect(house.printed()).toEqual(['start']);
  });

  it('reports events without what cannot cross threads', async () => {
    const events: unknown[] = [];
    const house = await direct({
      services: { s: { source: service('') } },
      server: { onEvent: (event) => events.push(event), limits: { maxConnections: 1 } },
    });
    const client = await connect(`${house.url}/s`);
    await expect(connect(`${house.url}/s`)).rejects.toThrow('503');
    client.socket.close(1000);
    await client.closed;
    await expect.poll(() => events.length, { timeout: 10_000 }).toBe(3);
    const connection = { id: 1, remoteAddress: '127.0.0.1', service: { target: '/s' } };
    expect(events).toEqual([
      { type: 'opened', connection },
      { type: 'refused', status: 503, why: 'connections', address: '127.0.0.1', target: '/s' },
      { type: 'closed', connection, info: { code: 1000, reason: '', cause: 'peer' } },
    ]);
  });

  it('shares its worker with an SPOP agent: what HAProxy sends is seen by browsers', async () => {
    const house = await direct({
      services: { s: { source: service('if text == "on" then bcast:subscribe(7, h) end') } },
      scripts: {
        spoe: `spoa.register_message("seen", function(args)
          bcast:send(7, nljson.decode('{"cid":5,"message":["seen"]}'))
          spoa.set_var_int32("n", spoa.scope.txn, 4)
        end)`,
      },
    });
    const spop = connectDirectSpop(house.bridge);
    onTestFinished(() => spop.stop({ graceMs: 100 }));
    const engine = await SpopEngine.open(await spop.listen({ port: 0 }));
    const client = await connect(`${house.url}/s`);
    client.send('on');
    await client.next();
    expect(await engine.notify('seen')).toMatchObject([{ name: 'n', value: { value: 4 } }]);
    expect(await client.nextCbor()).toEqual({ cid: 5, message: ['seen'] });
  });

  it('says at once what is wrong with its options, and why an address cannot be had', async () => {
    const services = { s: { source: service('') } };
    await expect(direct({ services, server: { tls: { cert: 'no', key: 'pem' } } })).rejects.toMatchObject({
      code: 'LAPPS_SERVER_ERR_BAD_TLS',
    });
    const bad = { s: { source: service(''), extraHeaders: { 'a b': 'c' } } };
    await expect(direct({ services: bad })).rejects.toMatchObject({ code: 'LAPPS_SERVER_ERR_BAD_SERVICE' });
    const house = await direct({ services });
    await expect(house.lapps.listen({ path: join(tmpdir(), 'x.sock') })).rejects.toThrow('no TCP address');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    await expect(house.lapps.listen({ host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE');
  });

  it.each([
    ['two workers', 2, { direct: {} }, 'Cannot serve WebSockets directly in 2 workers'],
    ['a plan for sockets in this thread', 1, {}, 'Cannot serve directly: the plan is another'],
  ])('refuses %s', (_name, workers, plan, message) => {
    const services: ServiceSpec[] = [{ name: 's', file: 's.lua', protocol: 'raw', requestTarget: '/s' }];
    const made = planLapps({ services, workers, ...plan });
    const entry = new URL('./support/worker-entry.mjs', import.meta.url);
    const bridge = createBridge(
      (handlers) => createThreadPool({ workers, entry, data: {} }, handlers),
      () => {},
    );
    expect(() => connectDirectLapps(bridge, made)).toThrow(
      expect.objectContaining({ code: 'BRIDGE_ERR_DIRECT', message: expect.stringContaining(message) }),
    );
  });

  it('keeps answering while clients come, break the protocol and vanish', async () => {
    const house = await direct({ services: { s: { source: service('') } } });
    const good = await connect(`${house.url}/s`);
    for (let i = 0; i < 50; i++) {
      const bad = new WebSocket(`${house.url}/s`);
      bad.on('error', () => {});
      await once(bad, 'open');
      // A frame with a reserved bit, then silence; or no goodbye at all.
      if (i % 2 === 0)
        (bad as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
          Buffer.of(0xf1, 0x80, 0, 0, 0, 0),
        );
      else bad.terminate();
      good.send(String(i));
      expect(await good.next()).toBe(String(i));
    }
    await expect
      .poll(() => house.printed().filter((line) => line.startsWith('gone')).length, { timeout: 10_000 })
      .toBe(50);
  });
});
