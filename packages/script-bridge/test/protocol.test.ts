import { encodeRequest } from '@offload/lapps-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Client, connect } from './support/client.js';
import { type House, startHouse } from './support/house.js';

/** Answers requests with what it was told; notifications only with what they ask for. */
const SOURCE = `
local M = {}
function M.onStart() end
function M.onMessage(h, kind, m)
  if m.method == "fail" then error("boom") end
  if m.method == "answer_and_fail" then
    ws:send(h, nljson.decode('{"cid":0,"status":1,"result":["first"]}'))
    error("late")
  end
  if m.method == "endless" then while true do end end
  if m.method == "close" then return m.params[1] end
  local r = nljson.decode('{"cid":0,"status":1,"result":[]}')
  r.result[1] = kind
  r.result[2] = m.method
  r.result[3] = m.cid
  r.result[4] = m.params
  return ws:send(h, r)
end
function M.onDisconnect(h) print("gone " .. h) end
function M.onShutdown() end
return M
`;

async function start(): Promise<{ house: House; client: Client; ask: (value: object) => Promise<unknown> }> {
  const house = await startHouse({ services: { s: { source: SOURCE, protocol: 'LAppS' } }, timeoutMs: 100 });
  const client = await connect(`${house.url}/s`);
  const ask = (value: object): Promise<unknown> => {
    client.sendCbor(value as never);
    return client.nextCbor();
  };
  return { house, client, ask };
}

const result = (...items: unknown[]) => ({ cid: 0, status: 1, result: items });
const failure = (code: number) => ({ cid: 0, status: 0, error: { code, message: expect.any(String) } });

describe('LAppS service', () => {
  it('classifies messages; cid 0 is a notification too', async () => {
    const { ask } = await start();
    expect(await ask({ lapps: 1, method: 'm' })).toEqual(result(3, 'm', null, null));
    expect(await ask({ lapps: 1, method: 'm', params: [1] })).toEqual(result(4, 'm', null, [1]));
    expect(await ask({ lapps: 1, method: 'm', params: [] })).toEqual(result(3, 'm', null, []));
    expect(await ask({ lapps: 1, method: 'm', params: 'x' })).toEqual(result(3, 'm', null, 'x'));
    expect(await ask({ lapps: 1, method: 'm', cid: 0 })).toEqual(result(1, 'm', 0, null));
    expect(await ask({ lapps: 1, method: 'm', cid: -2.5, params: [{}] })).toEqual(result(2, 'm', -2.5, [{}]));
  });

  const invalid: [string, Uint8Array | string, number, number][] = [
    ['text', '{"lapps":1}', -32600, 1003],
    ['bad CBOR', Uint8Array.of(0xff), -32700, 1007],
    ['trailing bytes', Uint8Array.of(0xa0, 0), -32700, 1007],
    ['nothing', new Uint8Array(), -32700, 1007],
    ['no map', Uint8Array.of(0x80), -32600, 1002],
    ['no version', Uint8Array.of(0xa0), -32600, 1002],
    ['a method with a dot', encodeRequest('a.b'), -32600, 1002],
    ['deep nesting', new Uint8Array(5000).fill(0x81), -32700, 1007],
  ];
  it.each(invalid)('answers %s on channel 0 and closes; others go on', async (_what, data, rpcCode, closeCode) => {
    const { house, client } = await start();
    const other = await connect(`${house.url}/s`);
    client.send(data);
    expect(await client.nextCbor()).toEqual(failure(rpcCode));
    expect((await client.closed).code).toBe(closeCode);
    other.sendCbor({ lapps: 1, method: 'm' });
    expect(await other.nextCbor()).toEqual(result(3, 'm', null, null));
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('gone 1');
  });

  it('a fault costs one request: -32603, and the log has place and connection', async () => {
    const { house, ask } = await start();
    expect(await ask({ lapps: 1, method: 'fail', params: [1] })).toEqual(failure(-32603));
    expect(await ask({ lapps: 1, method: 'm' })).toEqual(result(3, 'm', null, null));
    const [fault] = house.log.filter(({ level }) => level === 'error');
    expect(fault?.message).toContain('boom');
    expect(fault?.fields).toMatchObject({ service: 's', instance: 0, conn: 1, language: 'lua', line: 5 });
    expect(fault?.fields?.traceback).toContain('s.lua:5');
  });

  it('a fault after the response, or of a notification, is only logged', async () => {
    const { house, client, ask } = await start();
    expect(await ask({ lapps: 1, method: 'answer_and_fail' })).toEqual(result('first'));
    client.sendCbor({ lapps: 1, method: 'fail', cid: 3 });
    expect(await ask({ lapps: 1, method: 'm' })).toEqual(result(3, 'm', null, null));
    expect(house.log.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  it('an endless loop is interrupted and costs one request', async () => {
    const { house, ask } = await start();
    expect(await ask({ lapps: 1, method: 'endless' })).toEqual(failure(-32603));
    expect(await ask({ lapps: 1, method: 'm' })).toEqual(result(3, 'm', null, null));
    expect(house.log.find(({ level }) => level === 'error')?.fields?.code).toBe('SCRIPT_ERR_DEADLINE');
  });

  it.each([false, 0, 1, 'true', null])('onMessage returning %j closes with 1000', async (value) => {
    const { client } = await start();
    client.sendCbor({ lapps: 1, method: 'close', params: [value] });
    expect((await client.closed).code).toBe(1000);
  });

  it('survives whatever bytes clients send, and keeps answering the others', async () => {
    const { house, ask } = await start();
    const valid = encodeRequest('m', [{ user: 'ü' }, [1, -2.5, null, true]]);
    const mutated = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }).map((edits) => {
      const bytes = Uint8Array.from(valid);
      for (const [at, byte] of edits) bytes[at] = byte;
      return bytes;
    });
    const messages = fc.sample(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), { numRuns: 150, seed: 4 });
    for (const message of messages) {
      const client = await connect(`${house.url}/s`);
      client.send(message);
      await client.next();
      client.socket.terminate();
    }
    expect(await ask({ lapps: 1, method: 'm' })).toEqual(result(3, 'm', null, null));
    expect(house.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
