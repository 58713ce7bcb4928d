import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { expectResults } from './support/lua.js';
import { notify } from './support/notify.js';

const SUBSCRIBER = `
local M = {}
function M.onStart() bcast:create(7) end
function M.onMessage(h, opcode, text)
  local ok, err
  if text == "on" then ok, err = bcast:subscribe(7, h)
  elseif text == "off" then ok, err = bcast:unsubscribe(7, h)
  else ok, err = bcast:send(7, nljson.decode(text)) end
  return ws:send(h, 1, tostring(ok) .. (err and ": " .. err or ""))
end
function M.onDisconnect(h) gone = {bcast:unsubscribe(7, h)} print("gone " .. tostring(gone[1])) end
function M.onShutdown() end
return M
`;

describe('bcast', () => {
  it('bcast functions answer by the conventions of LAppS', () =>
    expectResults([
      ['return bcast:create(5), bcast:create(5), bcast:create("6")', 'true, true, true'],
      ['return bcast:create()', 'false, "Usage: bcast:create(id)"'],
      ['return bcast:create(-1)', 'false, "Usage: bcast:create(id)"'],
      ['return bcast:subscribe(99, 1)', 'false, "there is no broadcast 99"'],
      ['return bcast:subscribe(5, 1)', 'false, "the handler is not open"'],
      ['return bcast:subscribe(5)', 'false, "Usage: bcast:subscribe(id, handler)"'],
      ['return bcast:unsubscribe(5, 1)', 'true'],
      ['return bcast:unsubscribe(99, 1)', 'false, "there is no broadcast 99"'],
      [`return bcast:send(5, nljson.decode('{"cid":0,"message":[]}'))`, 'true'],
      [`return bcast:send(99, nljson.decode('{"cid":0,"message":[]}'))`, 'false, "there is no broadcast 99"'],
      [`return bcast:send(5, nljson.decode('{"cid":0}'))`, 'false'],
      [`return bcast:send(5, "x")`, "error bad argument #2 to 'send' (nljson expected, got string)"],
      ['return bcast:send(5)', 'false, "Usage: bcast:send(id, nljson)"'],
    ]));

  it.each([0, 2])('bcast reaches every subscriber once, wherever its instance is (%i workers)', async (workers) => {
    const house = await startHouse({ workers, services: { sub: { source: SUBSCRIBER, instances: 2 } } });
    const clients = [
      await connect(`${house.url}/sub`),
      await connect(`${house.url}/sub`),
      await connect(`${house.url}/sub`),
    ];
    const [a, b, c] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]];
    for (const client of [a, a, b]) {
      client.send('on');
      expect(await client.next()).toBe('true');
    }
    c.send('{"cid":9,"message":[1]}');
    expect(await c.next()).toBe('true');
    expect(await a.nextCbor()).toEqual({ cid: 9, message: [1] });
    expect(await b.nextCbor()).toEqual({ cid: 9, message: [1] });
    b.send('off');
    expect(await b.next()).toBe('true');
    b.send('{"cid":9,"message":[2]}');
    expect(await b.next()).toBe('true');
    expect(await a.nextCbor()).toEqual({ cid: 9, message: [2] });
    expect(house.frontend.bus.send(7, Uint8Array.of(0))).toBe(1);
  });

  it('bcast forgets who is gone', async () => {
    const house = await startHouse({ services: { sub: { source: SUBSCRIBER } } });
    const client = await connect(`${house.url}/sub`);
    client.send('on');
    await client.next();
    client.socket.terminate();
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('gone true');
    expect(house.frontend.bus.send(7, Uint8Array.of(0))).toBe(0);
  });

  it.each([0, 2])('bcast:send() from an SPOE handler reaches a browser (%i workers)', async (workers) => {
    const script = `
      bcast:create(7)
      spoa.register_message("seen", function(args)
        local n = nljson.decode('{"cid":5,"message":[]}')
        n.message[1] = args[1].value
        bcast:send(7, n)
      end)`;
    const house = await startHouse({ workers, services: { sub: { source: SUBSCRIBER } }, scripts: { spoe: script } });
    const client = await connect(`${house.url}/sub`);
    client.send('on');
    await client.next();
    await notify(house.bridge, 'seen', [{ name: 'ip', value: { type: 'string', value: Buffer.from('10.0.0.1') } }]);
    expect(await client.nextCbor()).toEqual({ cid: 5, message: ['10.0.0.1'] });
  });

  it('a service may register SPOE messages: every worker answers them', async () => {
    const source = SUBSCRIBER.replace(
      'return M',
      `spoa.register_message("seen", function() spoa.set_var_int32("v", spoa.scope.txn, 1)
       bcast:send(7, nljson.decode('{"cid":5,"message":["seen"]}')) end)
       return M`,
    );
    const house = await startHouse({ workers: 3, services: { sub: { source, instances: 2 } } });
    const client = await connect(`${house.url}/sub`);
    client.send('on');
    await client.next();
    const actions = await Promise.all([0, 1, 2].map((worker) => notify(house.bridge, 'seen', [], worker)));
    expect(actions.map((list) => list.length)).toEqual([1, 1, 1]);
    for (let i = 0; i < 3; i++) expect(await client.nextCbor()).toEqual({ cid: 5, message: ['seen'] });
  });
});
