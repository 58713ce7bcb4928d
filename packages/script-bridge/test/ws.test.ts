import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';

/** A raw service that runs each message as Lua, with `handler` in scope, and answers with its results as text. */
const EVAL = `
local M = {}
local function texts(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
  return table.concat(t, ", ")
end
function M.onStart() end
function M.onMessage(h, opcode, source)
  handler = h
  local text = texts(select(2, pcall(assert(loadstring(source)))))
  ws:send(h, 1, text)
  return true
end
function M.onDisconnect(h) end
function M.onShutdown() end
return M
`;

async function evalClient() {
  const house = await startHouse({ services: { eval: { source: EVAL } } });
  const client = await connect(`${house.url}/eval`);
  const run = async (code: string): Promise<string> => {
    client.send(code);
    return (await client.next()) as string;
  };
  return { house, client, run };
}

const DOC = (json: string): string => `nljson.decode('${json}')`;

describe('ws:send()', () => {
  it('ws:send() sends text, binary and LAppS messages', async () => {
    const { client, run } = await evalClient();
    client.send('ws:send(handler, 1, "t\\195\\188") ws:send(handler, 2, "\\0\\255") return ws:send(handler, 1, 5)');
    expect(await client.next()).toBe('tü');
    expect(await client.next()).toEqual(Buffer.from([0, 255]));
    expect(await client.next()).toBe('5');
    expect(await client.next()).toBe('true');
    client.send(`return ws:send(handler, ${DOC('{"cid":0,"status":1,"result":[]}')})`);
    expect(await client.nextCbor()).toEqual({ cid: 0, status: 1, result: [] });
    expect(await client.next()).toBe('true');
    expect(await run('return type(handler), handler')).toBe('number, 1');
  });

  it('ws:send() says what is wrong', async () => {
    const { run } = await evalClient();
    const cases: [string, RegExp][] = [
      ['ws:send()', /^false, handler must be a number/],
      ['ws:send(handler)', /^false, opcode must be 1 or 2/],
      ['ws:send({}, 1, "x")', /^false, handler must be a number/],
      ['ws:send(handler, 3, "x")', /^false, opcode must be 1 or 2/],
      ['ws:send(handler, 1, {})', /^false, payload must be a string/],
      ['ws:send(handler, 1, "x", 2)', /^false, Usage/],
      ['ws:send(handler, {})', /^false, Usage/],
      ['ws:send(handler, nap:new())', /nljson expected, got nap$/],
      ['ws:send(4711, 1, "x")', /^false, the handler is not open$/],
      ['ws:send(-1, 1, "x")', /^false, the handler is not open$/],
      ['ws:send(1.5, 1, "x")', /^false, the handler is not open$/],
      ['ws:send(1e300, 1, "x")', /^false, the handler is not open$/],
      ['ws:send(0/0, 1, "x")', /^false, the handler is not open$/],
      ['ws:send(handler + 64, 1, "x")', /^false, the handler is not open$/],
      [`ws:send(handler, ${DOC('{"cid":0}')})`, /^false, Cannot send LAppS message: member status/],
      [`ws:send(handler, ${DOC('{"cid":3,"status":0,"error":{"code":20,"message":""}}')})`, /^false, .*channel 0/],
      [`ws:send(99, ${DOC('{"cid":0,"status":1,"result":[]}')})`, /^false, the handler is not open$/],
    ];
    for (const [code, wanted] of cases)
      expect([code, await run(`return ${code}`)]).toEqual([code, expect.stringMatching(wanted)]);
    expect(await run('return ws:send(tostring(handler), "1", "x")')).toBe('x');
  });
});

describe('ws:send() of text', () => {
  const LONG = 'string.rep("x", 200000)';
  it.each([
    '"\\255"',
    '"a\\195"',
    '"\\237\\160\\128"',
    '"\\192\\128"',
    `${LONG} .. "\\255"`,
    'string.rep("x", 2000) .. "\\195"',
  ])('ws:send() refuses %s, which is not UTF-8, and the connection goes on', async (text) => {
    const { client, run } = await evalClient();
    const why = 'false, text is not UTF-8: send it with opcode 2';
    expect(await run(`return ws:send(handler, 1, ${text})`)).toBe(why);
    client.send(`return ws:send(handler, 2, ${text})`);
    expect(await client.next()).toBeInstanceOf(Buffer);
    expect(await client.next()).toBe('true');
  });

  it.each([
    ['""', ''],
    ['string.rep("\\195\\188", 1000)', 'ü'.repeat(1000)],
    [`${LONG} .. "\\240\\159\\152\\128"`, `${'x'.repeat(200_000)}\u{1f600}`],
    ['"\\0\\127"', '\0\x7f'],
  ])('ws:send() sends %s', async (code, text) => {
    const { client } = await evalClient();
    client.send(`return ws:send(handler, 1, ${code})`);
    expect(await client.next()).toBe(text);
    expect(await client.next()).toBe('true');
  });
});

describe('ws:close()', () => {
  it('ws:close() closes once; nothing can be sent after it', async () => {
    const { house, client } = await evalClient();
    client.send('a = {ws:close(handler, 3000, "bye")} b = {ws:close(handler, 3000)} c = {ws:send(handler, 1, "x")}');
    expect(await client.closed).toEqual({ code: 3000, reason: 'bye' });
    const other = await connect(`${house.url}/eval`);
    other.send('return a[1], b[1], b[2], c[1], c[2]');
    expect(await other.next()).toBe('true, false, the handler is not open, false, the handler is not open');
  });

  it('ws:close() refuses what it must not send', async () => {
    const { run } = await evalClient();
    const cases: [string, RegExp][] = [
      ['ws:close(handler)', /^false, Usage/],
      ['ws:close(handler, 1000, "x", 1)', /^false, Usage/],
      ['ws:close({}, 1000)', /^false, handler and code must be numbers/],
      ['ws:close(handler, 1000, {})', /^false, reason must be a string/],
      ...[999, 1004, 1005, 1006, 1012, 2999, 5000, 1000.5].map((code): [string, RegExp] => [
        `ws:close(handler, ${code})`,
        /^false, .* is no code to close with/,
      ]),
      ['ws:close(77, 1000)', /^false, the handler is not open$/],
    ];
    for (const [code, wanted] of cases)
      expect([code, await run(`return ${code}`)]).toEqual([code, expect.stringMatching(wanted)]);
  });

  it('ws:close() cuts a long reason between characters', async () => {
    const { client } = await evalClient();
    client.send('return ws:close(handler, 1000, string.rep("\\195\\164", 100))');
    expect(await client.closed).toEqual({ code: 1000, reason: 'ä'.repeat(61) });
  });

  it('ws:close() from another connection ends this one', async () => {
    const { house, client, run } = await evalClient();
    const other = await connect(`${house.url}/eval`);
    other.send('other = handler return 1');
    await other.next();
    expect(await run('return ws:close(other, 1001)')).toBe('true');
    expect((await other.closed).code).toBe(1001);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
});
