import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { type HouseOptions, startHouse } from './support/house.js';

/** A raw service whose onMessage is given; it prints what else happens to it. */
function service(onMessage: string, name = 's'): string {
  return `
local M = {}
local function note(text) print("${name}" .. instance_id:sub(0, 0) .. " " .. text) end
function M.onStart() note("start") end
function M.onMessage(h, opcode, text) ${onMessage} end
function M.onDisconnect(h) note("gone " .. h) end
function M.onShutdown() note("shutdown") end
return M
`;
}

const standalone = (run: string, init = ''): string => `
local M = {}
function M.init() ${init} end
function M.run() ${run} end
return M
`;

async function failure(options: HouseOptions): Promise<string> {
  const house = startHouse(options);
  return house.then(
    () => 'started',
    (error: Error) => error.message,
  );
}

describe('reactive service', () => {
  it('calls onStart, onDisconnect exactly once for each end, onShutdown', async () => {
    const source = service(`
      if text == "false" then return false end
      if text == "close" then return ws:close(h, 3000) end
      if text == "error" then error("boom") end
      return true`);
    const house = await startHouse({ services: { s: { source } } });
    const ends: [string, number][] = [
      ['false', 1000],
      ['close', 3000],
      ['error', 1011],
    ];
    for (const [text, code] of ends) {
      const client = await connect(`${house.url}/s`);
      client.send(text);
      expect((await client.closed).code).toBe(code);
    }
    const polite = await connect(`${house.url}/s`);
    polite.socket.close(1001);
    expect((await polite.closed).code).toBe(1001);
    const rude = await connect(`${house.url}/s`);
    rude.socket.terminate();
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('s gone 5');
    const last = await connect(`${house.url}/s`);
    await house.stop();
    expect((await last.closed).code).toBe(1001);
    const gone = [1, 2, 3, 4, 5, 6].map((id) => `s gone ${id}`);
    expect(house.printed()).toEqual(['s start', ...gone, 's shutdown']);
  });

  it('keeps the order of one connection while its handler waits, and serves others', async () => {
    const source = service(`
      if text == "wait" then nap:new():usleep(50000) end
      return ws:send(h, 1, text)`);
    const house = await startHouse({ services: { s: { source } } });
    const slow = await connect(`${house.url}/s`);
    const quick = await connect(`${house.url}/s`);
    const order: string[] = [];
    slow.socket.on('message', (data: Buffer) => order.push(`slow ${data}`));
    quick.socket.on('message', (data: Buffer) => order.push(`quick ${data}`));
    slow.send('wait');
    slow.send('after');
    quick.send('now');
    await expect.poll(() => order, { timeout: 10_000 }).toEqual(['quick now', 'slow wait', 'slow after']);
  });

  it('reads a client no further while its messages wait, then goes on', async () => {
    const source = service(`
      if text == "wait" then nap:new():usleep(100000) end
      return ws:send(h, 1, text)`);
    const house = await startHouse({ services: { s: { source } } });
    const client = await connect(`${house.url}/s`);
    client.send('wait');
    for (let i = 0; i < 500; i++) client.send(String(i));
    const [connection] = [...house.frontend.server.connections];
    await expect.poll(() => connection?.paused, { timeout: 10_000 }).toBe(true);
    expect(await client.next()).toBe('wait');
    for (let i = 0; i < 500; i++) expect(await client.next()).toBe(String(i));
    expect(connection?.paused).toBe(false);
  });

  it('cancels a handler that waits too long, and runs onDisconnect behind what waits', async () => {
    const source = service(`nap:new():sleep(3600) return true`);
    const house = await startHouse({ services: { s: { source } }, plan: { waitTimeoutMs: 50 } });
    const client = await connect(`${house.url}/s`);
    client.send('x');
    client.send('y');
    expect((await client.closed).code).toBe(1011);
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('s gone 1');
    expect(house.log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('gives instances states of their own and connections in turn', async () => {
    const source = service(`n = (n or 0) + 1 return ws:send(h, 1, tostring(n))`);
    const house = await startHouse({ workers: 2, services: { s: { source, instances: 3 } } });
    const clients = await Promise.all([1, 2, 3, 4].map(() => connect(`${house.url}/s`)));
    const counts: string[] = [];
    for (const client of clients) {
      client.send('x');
      counts.push((await client.next()) as string);
    }
    expect(counts).toEqual(['1', '1', '1', '2']);
  });

  it('closes the connections of a lost worker with 1011, says so, and serves new ones', async () => {
    const source = service(`return ws:send(h, 1, text)`);
    const house = await startHouse({ workers: 2, services: { s: { source, instances: 2 } } });
    const [a, b] = [await connect(`${house.url}/s`), await connect(`${house.url}/s`)];
    house.bridge.pool.post(0, 'die');
    expect(await a.closed).toEqual({ code: 1011, reason: 'service instance lost' });
    expect(house.log.map(({ message }) => message)).toContainEqual(expect.stringContaining('onDisconnect cannot run'));
    for (let i = 0; i < 3; i++) {
      const client = await connect(`${house.url}/s`);
      client.send('again');
      expect(await client.next()).toBe('again');
    }
    b.send('still here');
    expect(await b.next()).toBe('still here');
    await expect.poll(() => house.printed().filter((line) => line === 's start').length, { timeout: 10_000 }).toBe(3);
  });

  const broken: [string, string, RegExp][] = [
    ['a syntax error', 'local x = = 1', /s\.lua:1/],
    ['a runtime error', 'error("no")', /no/],
    ['no table', 'return 5', /must return a table of functions, got number/],
    ['missing functions', 'return {onStart=print,onMessage=print}', /lacks onDisconnect, onShutdown/],
    ['an error in onStart', service('').replace('note("start")', 'error("not today")'), /not today/],
  ];
  it.each(broken)('does not start with %s', async (_what, source, wanted) => {
    expect(await failure({ services: { s: { source } } })).toMatch(wanted);
  });

  it('finds the modules of its own folder and of others, and is a global of its name', async () => {
    const house = await startHouse({
      services: {
        other: {
          source:
            'helper = {answer = 42} return {onStart=print, onMessage=print, onDisconnect=print, onShutdown=print}',
        },
        s: { source: service(`require("other") return ws:send(h, 1, helper.answer .. type(s.onMessage))`) },
      },
    });
    const client = await connect(`${house.url}/s`);
    client.send('x');
    expect(await client.next()).toBe('42function');
  });
});

describe('start order', () => {
  it('starts services after those they depend on, in whatever thread they live', async () => {
    const house = await startHouse({
      workers: 2,
      services: {
        a: { source: service('', 'a'), depends: ['c', 'gone', 'a'] },
        b: { source: service('', 'b'), autoStart: false },
        c: { source: service('', 'c'), depends: ['z', 'd'], autoStart: false },
        d: { source: service('', 'd'), instances: 2 },
        z: { source: standalone('', 'nap:new():usleep(50000) print("z start")'), standalone: true },
      },
    });
    const started = house.printed().filter((line) => line.endsWith(' start'));
    expect(started.sort()).toEqual(['a start', 'c start', 'd start', 'd start', 'z start']);
    const order = house.printed();
    expect(order.indexOf('z start')).toBeLessThan(order.indexOf('c start'));
    expect(order.lastIndexOf('d start')).toBeLessThan(order.indexOf('c start'));
    expect(order.indexOf('c start')).toBeLessThan(order.indexOf('a start'));
  });
});

describe('standalone service', () => {
  it('runs until it is told to stop, in as many threads as it has instances', async () => {
    const house = await startHouse({
      services: {
        s: {
          standalone: true,
          instances: 2,
          source: standalone(`
            print("run " .. instance_id)
            local n = nap:new()
            while not must_stop() do n:sleep(3600) end
            print("end " .. instance_id)`),
        },
      },
    });
    await expect.poll(() => new Set(house.printed()).size, { timeout: 10_000 }).toBe(2);
    await house.stop();
    expect(house.printed().map((line) => line.slice(0, 3))).toEqual(['run', 'run', 'end', 'end']);
    expect(new Set(house.printed()).size).toBe(4);
  });

  it('ends with run, is not started again, and its fault is logged', async () => {
    const house = await startHouse({
      services: {
        done: { standalone: true, source: standalone('print("once")') },
        fails: { standalone: true, source: standalone('error("boom")') },
      },
    });
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain("service 'fails' has ended");
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain("service 'done' has ended");
    expect(house.printed().filter((line) => line === 'once')).toHaveLength(1);
    expect(house.log.find(({ level }) => level === 'error')).toMatchObject({
      message: expect.stringContaining('boom'),
      fields: { service: 'fails', instance: 0 },
    });
  });

  it('that does not ask must_stop is ended with its thread', async () => {
    const house = await startHouse({ services: { s: { standalone: true, source: standalone('while true do end') } } });
    await house.lapps.stop(50);
    expect(house.log.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: "service 's' did not end within 50 ms: its thread is ended; ask must_stop()",
        fields: { service: 's' },
      },
    ]);
  });

  it('does not start without init and run', async () => {
    expect(await failure({ services: { s: { standalone: true, source: 'return {run=print}' } } })).toMatch(
      /lacks init/,
    );
  });
});
