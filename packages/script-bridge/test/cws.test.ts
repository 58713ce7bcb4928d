import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { expectResults } from './support/lua.js';

/** A WebSocket server that echoes, and closes with 4001 when it is told to; `tls` with a certificate of its own. */
async function echoServer(tls = false): Promise<string> {
  const key = new URL('./fixtures/localhost.key.pem', import.meta.url);
  const cert = new URL('./fixtures/localhost.cert.pem', import.meta.url);
  const https: Server | undefined = tls
    ? createServer({ key: readFileSync(key), cert: readFileSync(cert) })
    : undefined;
  const server = new WebSocketServer(https === undefined ? { host: '127.0.0.1', port: 0 } : { server: https });
  https?.listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
    https?.close();
  });
  server.on('connection', (socket, request) => {
    socket.send(request.url ?? '');
    socket.on('message', (data, isBinary) => {
      if (!isBinary && String(data) === 'close') socket.close(4001, 'done');
      else socket.send(data, { binary: isBinary });
    });
  });
  await once(https ?? server, 'listening');
  const { port } = (https ?? server).address() as AddressInfo;
  return `${tls ? 'wss://localhost' : 'ws://127.0.0.1'}:${port}`;
}

const client = (uri: string): string => `
local M = {}
function M.init() end
function M.run()
  local open = true
  local function note(...) print(table.concat({...}, " ")) end
  local sock, err = cws:new("${uri}", {
    onopen = function(h)
      note("open", type(h))
      local ok, why = cws:send(h, "\\0\\255", 1)
      note("refused", tostring(ok), why)
      cws:send(h, "\\0\\255", 2)
    end,
    onmessage = function(h, data, opcode)
      note("message", #data, opcode)
      if opcode == 2 then nap:new():usleep(1000) assert(cws:send(h, "close", 1)) error("boom") end
    end,
    onerror = function(h, text) note("error", text) end,
    onclose = function(h, body) note("close", #body, body:byte(1) or "", body:byte(2) or "", body:sub(3)) open = false end,
  })
  if not sock then print("failed " .. err) return end
  while open and not must_stop() do cws:eventLoop() end
  note("sent", tostring((cws:send(1, "x", 1))))
end
return M
`;

const run = async (uri: string, plan = {}) => {
  const house = await startHouse({ services: { s: { source: client(uri), standalone: true } }, plan });
  await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain("service 's' has ended");
  return house;
};

describe('cws', () => {
  it('cws functions say what is wrong', () =>
    expectResults([
      ['return cws:new()', 'nil, "Usage: cws:new(uri, callbacks)"'],
      ['return cws:new("ws://127.0.0.1:1", 5)', 'nil, "Usage: cws:new(uri, callbacks)"'],
      ['return cws:new("nonsense", {})', 'nil, "\\"nonsense\\" is not a URI"'],
      ['return cws:new("http://127.0.0.1/", {})', 'nil, "want ws:// or wss://, got http://"'],
      ['return cws:new("ws://127.0.0.1/#x", {})', 'nil, "The URL contains a fragment identifier"'],
      ['return cws:send(9, "x", 1)', 'false, "the handler is not open"'],
      ['return cws:send(9, "x")', 'false, "Usage: cws:send(handler, data, opcode)"'],
      ['return cws:send(9, "x", 3)', 'false, "opcode must be 1 or 2. Usage: cws:send(handler, data, opcode)"'],
      ['return cws:eventLoop()', ''],
    ]));

  it('cws runs callbacks in the event loop; a fault of one is logged', async () => {
    const house = await run(`${await echoServer()}/path?query=1`);
    const printed = house.printed().filter((line) => !line.startsWith('service'));
    const refused = 'refused false text is not UTF-8: send it with opcode 2';
    expect(printed).toEqual([
      'open number',
      refused,
      'message 13 1',
      'message 2 2',
      'close 6 15 161 done',
      'sent false',
    ]);
    expect(house.log.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('boom') }),
    ]);
  });

  it('cws reports a server that is not there', async () => {
    const house = await run('ws://127.0.0.1:1/');
    expect(house.printed()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^error .*ECONNREFUSED/), 'close 0   ']),
    );
  });

  it('cws speaks TLS, and trusts only whom it is told to', async () => {
    const uri = await echoServer(true);
    const refused = await run(uri);
    expect(refused.printed()).toContainEqual(expect.stringMatching(/^error .*certificate/));
    const ca = readFileSync(new URL('./fixtures/localhost.cert.pem', import.meta.url), 'utf8');
    const house = await run(uri, { cws: { ca } });
    expect(house.printed()).toContain('close 6 15 161 done');
  });

  it('cws works in a reactive service: sockets go on while its thread serves', async () => {
    const source = `
      local M = {}
      function M.onStart() end
      function M.onMessage(h, opcode, uri)
        local answer
        local sock = cws:new(uri, { onmessage = function(_, data) answer = data end })
        while not answer do cws:eventLoop() end
        sock:close()
        return ws:send(h, 1, answer)
      end
      function M.onDisconnect(h) end
      function M.onShutdown() end
      return M`;
    const house = await startHouse({ workers: 1, services: { s: { source } } });
    const browser = await connect(`${house.url}/s`);
    browser.send(`${await echoServer()}/hello`);
    expect(await browser.next()).toBe('/hello');
  });
});
