import type { ScriptCall, WorkerPort } from '@offload/script-runtime';
import { describe, expect, it } from 'vitest';
import { Queues } from '../src/io/queues.js';
import { QueueWaits } from '../src/worker/queue-waits.js';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { expectResults } from './support/lua.js';

const item = (n: number) => Uint8Array.of(n);

describe('mqr', () => {
  it('mqr functions answer by the conventions of LAppS', () =>
    expectResults([
      ['return mqr.create()', 'nil, "Usage: mqr.create(name)"'],
      ['return mqr.create({})', 'nil, "Usage: mqr.create(name)"'],
      ['return mqr.create("a", "b")', 'nil, "Usage: mqr.create(name)"'],
      // A number is a name, as everywhere in Lua.
      ['mqr.create(5):post(nljson.decode("7")) return nljson.encode(mqr.create("5"):try_recv())', '"7"'],
      ['return mqr.create("a"):post()', 'false, "Usage: queue:post(nljson)"'],
      ['return mqr.create("a"):try_recv(1)', 'false, "Usage: queue:try_recv()"'],
      ['return mqr.create("a"):recv(1)', 'false, "Usage: queue:recv()"'],
      ...['try_recv', 'recv'].map((name): [string, string] => [
        `return mqr.create("a").${name}(nap:new())`,
        `error calling '${name}' on bad self (mqr expected, got`,
      ]),
      [
        'return mqr.create("a").post(1, nljson.decode("5"))',
        "error calling 'post' on bad self (mqr expected, got number)",
      ],
      ['return type(mqr.create("a")), mqr.create("a"):try_recv()', '"userdata", nil'],
      [
        `local q, o = mqr.create("a"), nljson.decode('{"n":1,"big":9007199254740993}')
         local ok = q:post(o) o.n = 2
         return ok, nljson.encode(mqr.create("a"):try_recv()), q:try_recv()`,
        'true, "{\\"big\\":9007199254740993,\\"n\\":1}", nil',
      ],
      ['local q = mqr.create("a") q:post(nljson.decode("5")) return nljson.encode(q:recv())', '"5"'],
      ['return mqr.create("a"):post("x")', "error bad argument #1 to 'post' (nljson expected, got string)"],
      [
        `local q, o = mqr.create("full"), nljson.decode('[]') o[1] = string.rep("x", 2^20)
         local ok, err repeat ok, err = q:post(o) until not ok return ok, err:match("^the queue is full")`,
        'false, "the queue is full"',
      ],
    ]));

  it.each([0, 2])('q:recv() waits for what another instance posts (%i workers)', async (workers) => {
    const source = `
      local M = {}
      function M.onStart() q = mqr.create("work") end
      function M.onMessage(h, opcode, text)
        if text == "recv" then return ws:send(h, 1, q:recv().text) end
        local o = nljson.decode("{}") o.text = text
        return q:post(o)
      end
      function M.onDisconnect(h) end
      function M.onShutdown() end
      return M`;
    const house = await startHouse({ workers, services: { s: { source, instances: 2 } } });
    const [receiver, sender] = [await connect(`${house.url}/s`), await connect(`${house.url}/s`)];
    receiver.send('recv');
    sender.send('one');
    expect(await receiver.next()).toBe('one');
    sender.send('two');
    receiver.send('recv');
    expect(await receiver.next()).toBe('two');
  });

  it('q:recv() of a cancelled handler takes nothing', async () => {
    const source = `
      local M = {}
      function M.onStart() q = mqr.create("work") end
      function M.onMessage(h, opcode, text)
        if text == "recv" then return ws:send(h, 1, nljson.encode(q:recv())) end
        return q:post(nljson.decode(text))
      end
      function M.onDisconnect(h) end
      function M.onShutdown() end
      return M`;
    const house = await startHouse({ services: { s: { source } }, plan: { waitTimeoutMs: 50 } });
    const lost = await connect(`${house.url}/s`);
    lost.send('recv');
    expect((await lost.closed).code).toBe(1011);
    const client = await connect(`${house.url}/s`);
    client.send('[1]');
    client.send('recv');
    expect(await client.next()).toBe('[1]');
  });

  it.each([0, 1])('q:recv() of cancelled handlers leaves nothing behind (%i workers)', async (workers) => {
    const source = `
      local M = {}
      function M.onStart() q = mqr.create("empty") end
      function M.onMessage(h, opcode, text) return ws:send(h, 1, q:recv().text) end
      function M.onDisconnect(h) end
      function M.onShutdown() end
      return M`;
    const house = await startHouse({ workers, services: { s: { source } }, plan: { waitTimeoutMs: 20 } });
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all(Array.from({ length: 20 }, () => connect(`${house.url}/s`)));
      for (const client of clients) client.send('recv');
      for (const client of clients) expect((await client.closed).code).toBe(1011);
    }
    // One for the thread, not one for each of sixty.
    expect(house.bridge.queues.waiters('empty')).toBe(1);
  });

  it('QueueWaits asks once per queue, wakes all, and forgets who was cancelled', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const call = ({ queue }: { queue: string }): Promise<unknown> => {
      asked.push(queue);
      return new Promise((resolve) => answers.push(() => resolve(true)));
    };
    const waits = new QueueWaits({ call } as unknown as WorkerPort);
    const woken: number[] = [];
    const wait = async (n: number, over: boolean): Promise<void> => {
      await waits.wait('a', { settled: () => {}, over } as ScriptCall);
      woken.push(n);
    };
    const first = wait(0, false);
    for (let n = 1; n <= 1000; n++) void wait(n, true);
    const last = wait(1001, false);
    answers[0]?.();
    await Promise.all([first, last]);
    expect(asked).toEqual(['a']);
    expect([woken[0], woken.at(-1)]).toEqual([0, 1001]);
    expect(woken.length).toBeLessThan(40);
    void wait(2, false);
    expect(asked).toEqual(['a', 'a']);
  });

  it('q:recv() answers nil when the server stops', async () => {
    const source = `
      local M = {}
      function M.init() end
      function M.run() print("got " .. tostring(mqr.create("none"):recv())) end
      return M`;
    const house = await startHouse({ services: { s: { source, standalone: true } } });
    await house.stop();
    expect(house.printed()).toContain('got nil');
  });
});

describe('Queues', () => {
  it('Queues.wait() keeps one wait for each waiter of a queue', async () => {
    const queues = new Queues();
    queues.create('a');
    const given = queues.wait('a', 'x');
    const kept = queues.wait('a', 'x');
    expect([await given, queues.waiters('a'), queues.waiters('b')]).toEqual([false, 1, 0]);
    queues.post('a', item(1));
    expect([await kept, queues.waiters('a')]).toEqual([true, 0]);
  });

  it('Queues keep order and are bounded in number, items and bytes', () => {
    const queues = new Queues({ maxQueues: 1, maxItems: 3, maxBytes: 10 });
    expect(queues.create('a')).toBeUndefined();
    expect(queues.create('a')).toBeUndefined();
    expect(queues.create('b')).toMatch(/1 queues already/);
    expect(queues.post('b', item(1))).toMatch(/no queue/);
    for (const n of [1, 2, 3]) expect(queues.post('a', item(n))).toBeUndefined();
    expect(queues.post('a', item(4))).toMatch(/full: 3 items, 3 bytes/);
    expect(queues.take('a')).toEqual(item(1));
    expect(queues.post('a', new Uint8Array(9))).toMatch(/full/);
    expect([queues.take('a'), queues.take('a'), queues.take('a')]).toEqual([item(2), item(3), undefined]);
    expect(queues.post('a', new Uint8Array(10))).toBeUndefined();
  });

  it('Queues.wait() tells every waiter, and takes nothing for any', async () => {
    const queues = new Queues();
    queues.create('a');
    const waits = [queues.wait('a', 'x'), queues.wait('a', 'y')];
    queues.post('a', item(1));
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(queues.wait('a', 'x')).toBe(true);
    expect(queues.take('a')).toEqual(item(1));
    const last = queues.wait('a', 'x');
    queues.stop();
    expect([await last, queues.wait('a', 'x')]).toEqual([false, false]);
  });
});
