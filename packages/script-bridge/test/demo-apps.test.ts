import { describe, expect, it } from 'vitest';
import { type Client, connect } from './support/client.js';
import { type House, startHouse } from './support/house.js';

const apps = new URL('../../../examples/lapps-apps/apps/', import.meta.url).pathname;
const app = (name: string): string => `${apps}${name}/${name}.lua`;
const standalone = (name: string) => ({ [name]: { file: app(name), standalone: true } });

/** Passes broadcasts on: `subscribe(id)` over the raw protocol. */
const TAP = `
local M = {}
function M.onStart() end
function M.onMessage(h, opcode, id) return bcast:subscribe(tonumber(id), h) end
function M.onDisconnect(h) end
function M.onShutdown() end
return M`;

async function tap(house: House, id: number): Promise<Client> {
  const client = await connect(`${house.url}/tap`);
  client.send(String(id));
  return client;
}

describe.each([0, 2])('service echo, %i workers', (workers) => {
  it('echoes text and binary with their opcodes', async () => {
    const house = await startHouse({ workers, services: { echo: { file: app('echo'), instances: 2 } } });
    for (let i = 0; i < 3; i++) {
      const client = await connect(`${house.url}/echo`);
      client.send('hällo');
      client.send(Uint8Array.of(0, 255, 128));
      client.send('');
      expect(await client.next()).toBe('hällo');
      expect(await client.next()).toEqual(Buffer.from([0, 255, 128]));
      expect(await client.next()).toBe('');
    }
  });

  it('echoes messages too large for a ring', async () => {
    const house = await startHouse({ workers, services: { echo: { file: app('echo'), maxMessageBytes: 4 << 20 } } });
    const client = await connect(`${house.url}/echo`);
    const large = Buffer.alloc(3 << 20, 'ab\xff', 'latin1');
    client.send(large);
    client.send('after');
    expect(((await client.next()) as Buffer).equals(large)).toBe(true);
    expect(await client.next()).toBe('after');
  });
});

describe('service echo_lapps', () => {
  const services = {
    echo_lapps: { file: app('echo_lapps'), protocol: 'LAppS' as const, instances: 3, depends: ['time_broadcast'] },
    ...standalone('time_broadcast'),
    ...standalone('broadcast_blob'),
  };
  const error = (code: number) => ({ cid: 0, status: 0, error: { code, message: expect.any(String) } });

  async function login(house: House): Promise<{ client: Client; authkey: number }> {
    const client = await connect(`${house.url}/echo_lapps`);
    client.sendCbor({ lapps: 1, method: 'login', params: [{ user: 'admin', password: 'admin' }] });
    const answer = (await client.nextCbor()) as { result: [{ authkey: number }] };
    expect(answer).toMatchObject({ cid: 0, status: 1, result: [{ authkey: expect.any(Number) }] });
    return { client, authkey: answer.result[0].authkey };
  }

  it('logs in, echoes, subscribes and logs out', async () => {
    const house = await startHouse({ workers: 2, services });
    const { client, authkey } = await login(house);
    client.sendCbor({ lapps: 1, method: 'echo', params: [{ authkey }, [1, 2, 'ü']] });
    expect(await client.nextCbor()).toEqual({ cid: 0, status: 1, result: [{ authkey }, [1, 2, 'ü']] });
    client.sendCbor({ lapps: 1, method: 'subscribe', cid: 5, params: [{ authkey }] });
    expect(await client.nextCbor()).toEqual({ cid: 5, message: [expect.stringMatching(/^Server time: /)] });
    client.sendCbor({ lapps: 1, method: 'logout', cid: 3 });
    expect(await client.closed).toEqual({ code: 1000, reason: 'Bye' });
    expect(house.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('sends the block of text on channel 6', async () => {
    const house = await startHouse({ workers: 1, services });
    const { client, authkey } = await login(house);
    client.sendCbor({ lapps: 1, method: 'subscribe', cid: 6, params: [{ authkey }] });
    const blob = await client.nextCbor();
    expect(blob).toEqual({ cid: 6, message: [1, 2, 3, 4, 5, expect.stringMatching(/^[ .:\-=+*#%@\n]{4000,}$/)] });
  });

  const refused: [object, number, number][] = [
    [{ method: 'login', params: [{ user: 'admin', password: 'x' }] }, 10, 1000],
    [{ method: 'login', params: [5] }, -32602, 1003],
    [{ method: 'login', params: [{ user: 5, password: 'x' }] }, -32602, 1003],
    [{ method: 'echo', params: [{ authkey: 1 }] }, -32000, 1000],
    [{ method: 'echo', params: ['x'] }, -32000, 1000],
    [{ method: 'echo' }, -32601, 1003],
    [{ method: 'nothing', params: [1] }, -32601, 1003],
    [{ method: 'subscribe', cid: 5 }, -32600, 1003],
    [{ method: 'subscribe', cid: 5, params: [{ authkey: 1 }] }, -32000, 1000],
  ];
  it('answers what it cannot do as the reference says', async () => {
    const house = await startHouse({ services: { echo_lapps: { file: app('echo_lapps'), protocol: 'LAppS' } } });
    for (const [request, code, close] of refused) {
      const client = await connect(`${house.url}/echo_lapps`);
      client.sendCbor({ lapps: 1, ...request });
      expect(await client.nextCbor()).toEqual(error(code));
      expect((await client.closed).code).toBe(close);
    }
    expect(house.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('services mqr_sender and mqr_receiver', () => {
  it('pass numbered documents from one thread to the other', async () => {
    const services = { tap: { source: TAP }, ...standalone('mqr_sender'), ...standalone('mqr_receiver') };
    const house = await startHouse({ workers: 1, services });
    const client = await tap(house, 3000);
    const first = (await client.nextCbor()) as { cid: number; message: [{ number: number; from: string }] };
    expect(first).toEqual({ cid: 7, message: [{ number: expect.any(Number), from: expect.stringMatching(/^\d+$/) }] });
    const second = (await client.nextCbor()) as typeof first;
    expect(second.message[0].number).toBe(first.message[0].number + 1);
  });
});

describe('service benchmark', () => {
  it('keeps messages going round with an echo service and reports', async () => {
    const echo = await startHouse({ workers: 1, services: { echo: { file: app('echo') } } });
    const house = await startHouse({
      workers: 1,
      services: { tap: { source: TAP }, ...standalone('benchmark') },
      environment: { BENCHMARK_URI: `${echo.url}/echo` },
    });
    const client = await tap(house, 4000);
    // Messages since the last report: however slow the machine, at some point more than the connections' first ones.
    for (let rounds = 0; rounds <= 10; ) {
      const report = await client.nextCbor();
      expect(report).toEqual({ cid: 8, message: [expect.any(Number)] });
      rounds += (report as { message: [number] }).message[0];
    }
  });
});

/** In the shape of scripts of the original, with the mistakes they were seen to make (`lapps.md 6.4`). */
const ORIGINAL = `
app = {}
app.__index = app
maps = { keys = nljson.decode('{}') }
local methods = {
  _request_w_params_method = {
    login = function(handler, params)
      local res = nljson.decode('{"status":1,"result":[{}],"cid":0}')
      maps.keys[tostring(handler)] = math.random(4294967296)
      res.result[1].authkey = maps.keys[tostring(handler)]
      ws:send(handler, res)
      return true
    end,
    kind = function(handler, params)
      local res = nljson.decode('{"status":1,"result":[],"cid":0}')
      res.result[1] = nljson.typename(params[1])
      return ws:send(handler, res)
    end,
    logout = function(handler)
      local gone = nljson.erase(maps.keys, handler)
      local err = nljson.decode('{"cid":3,"status":0,"error":{"code":20,"message":"Can not log out"}}')
      local sent = ws:send(handler, err)
      print("erased " .. tostring(gone) .. ", sent " .. tostring(sent))
      ws:close(handler, 1000)
      return true
    end,
  },
}
app.onStart = function() bcast:create(1000) end
app.onDisconnect = function(handler)
  bcast:unsubscribe(1000, handler)
  nljson.erase(maps.keys, tostring(handler))
end
app.onMessage = function(handler, msg_type, message)
  local switch = {
    [4] = function()
      local method = methods._request_w_params_method[message.method] or echo.method_not_found
      return method(handler, message.params)
    end,
    [3] = function() return echo.method_not_found(handler) end,
  }
  return switch[msg_type]()
end
app.onShutdown = function() end
return app
`;

describe('a service in the shape of the original', () => {
  it('lives on after its own mistakes, and so do its clients', async () => {
    const house = await startHouse({ services: { app: { source: ORIGINAL, protocol: 'LAppS' } } });
    const client = await connect(`${house.url}/app`);
    const ask = (value: object) => {
      client.sendCbor({ lapps: 1, ...value });
      return client.nextCbor();
    };
    const internal = { cid: 0, status: 0, error: { code: -32603, message: 'Internal error' } };
    expect(await ask({ method: 'login', params: [1] })).toMatchObject({ cid: 0, status: 1 });
    expect(await ask({ method: 'unknown', params: [1] })).toEqual(internal);
    expect(await ask({ method: 'unknown' })).toEqual(internal);
    expect(await ask({ method: 'kind', params: [5] })).toEqual(internal);
    expect(await ask({ method: 'kind', params: [{}] })).toEqual({ cid: 0, status: 1, result: ['object'] });
    client.sendCbor({ lapps: 1, method: 'logout', params: [1] });
    expect((await client.closed).code).toBe(1000);
    expect(house.printed()).toContain('erased false, sent false');
  });
});
