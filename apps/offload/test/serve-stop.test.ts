import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../../test/support/program.js';
import { pythonCacheFolder } from '../../../test/support/python-cache.js';
import { startProgram, wsUrl } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { openWs, type WsClient } from './support/ws-client.js';

/** Pyodide takes seconds where it has no snapshot yet. */
const SLOW = 120_000;

/** Answers each text; `wait` for ever, were it not for the end of the server; `work` after a while, without looking up. */
const LUA = `
slow = {}
function slow.onStart() end
function slow.onMessage(handler, opcode, text)
  if text == "warm" then nap:new():usleep(1000) end
  if text == "wait" then
    print("begun " .. handler)
    nap:new():sleep(3600)
    -- It is woken at the first sign of the stop; this takes some turns of the event loop more.
    for i = 1, 50 do nap:new():usleep(1) end
  elseif text == "work" then
    print("begun " .. handler)
    local till = os.clock() + 0.3
    while os.clock() < till do end
  end
  return ws:send(handler, opcode, "answer to " .. text)
end
function slow.onDisconnect(handler) print("gone " .. handler) end
function slow.onShutdown() print("shutdown") end
return slow
`;

const PYTHON = `
import asyncio, time, nap, ws
def on_start(): pass
async def on_message(handler, opcode, text):
    if text == "wait":
        print("begun", handler)
        await nap.sleep(3600)
    elif text == "pause":
        print("begun", handler)
        await asyncio.sleep(0.3)
    elif text == "work":
        print("begun", handler)
        time.sleep(0.3)
    ws.send(handler, opcode, "answer to " + text)
def on_disconnect(handler): print("gone", handler)
def on_shutdown(): print("shutdown")
`;

const SERVICE = { slow: { protocol: 'raw', request_target: '/s', instances: 2, auto_start: true } };

async function serve(file: Record<string, string>, args: readonly string[]) {
  const home = temporaryFolder({ ...file, 'etc/conf/lapps.json': JSON.stringify({ services: SERVICE }) });
  const flags = ['--no-spop', '--ws', '--lapps-home', home, '--ws-listen', '127.0.0.1:0', ...args];
  const env = { OFFLOAD_PYTHON_CACHE_FOLDER: pythonCacheFolder };
  const program = startProgram('offload', ['serve', ...flags], { env });
  return { program, url: `${await wsUrl(program)}/s` };
}

/** What came on a connection until its end, which is the last of it. */
async function untilEnd({ closed, socket, next }: WsClient): Promise<unknown[]> {
  const got: unknown[] = [];
  void (async () => {
    for (;;) got.push(await next());
  })();
  if (socket.readyState !== socket.CLOSED) await closed;
  return [...got, (await closed).code];
}

/** Has connections say `texts`, stops the program once the first of each is being handled, and returns what they got. */
async function stopped(program: Program, url: string, count: number, texts: readonly string[]): Promise<unknown[][]> {
  const clients = await Promise.all(Array.from({ length: count }, () => openWs(url)));
  // The first call of a script that waits blocks its thread; those after it can be suspended.
  for (const client of clients) {
    client.socket.send('warm');
    await client.next();
  }
  const from = program.lines.length;
  for (const { socket } of clients) for (const text of texts) socket.send(text);
  await program.waitForLine(/begun/, from);
  const ends = clients.map(untilEnd);
  program.signal('SIGTERM');
  const got = await Promise.all(ends);
  expect(await program.ended).toEqual({ code: 0, signal: null });
  return got;
}

/** Each connection ended once for its service, and no instance before its connections. */
function expectEnds({ lines }: Program, count: number): void {
  const said = lines.filter((line) => /gone|shutdown/.test(line));
  const gone = said.map((line) => /gone (\d+)/.exec(line)?.[1]).filter((id) => id !== undefined);
  expect(new Set(gone).size).toBe(count);
  expect(gone).toHaveLength(count);
  expect(said).toHaveLength(count + 2);
  // Lines of one thread come in order, those of several do not.
  const threadOf = (line: string): string | undefined => /"worker":\d+/.exec(line)?.[0];
  for (const thread of new Set(said.map(threadOf))) {
    const words = said.filter((line) => threadOf(line) === thread).map((line) => /gone|shutdown/.exec(line)?.[0]);
    expect(words.join(' ')).toMatch(/^(gone )*shutdown( shutdown)*$/);
  }
}

const PLACES: readonly (readonly [string, readonly string[]])[] = [
  ['in workers', ['-n', '2']],
  ['in a worker that reads the sockets', ['-n', '1', '--ws-direct']],
  ['inline', ['--inline']],
];

describe('offload serve at SIGTERM', () => {
  test.each(PLACES)(
    'serve answers the messages that came before it closes with 1001: services in Lua %s',
    async (_where, args) => {
      for (const word of ['wait', 'work']) {
        const { program, url } = await serve({ 'apps/slow/slow.lua': LUA }, args);
        const got = await stopped(program, url, 3, [word, 'after', 'last']);
        expect(got).toEqual(
          Array.from({ length: 3 }, () => [`answer to ${word}`, 'answer to after', 'answer to last', 1001]),
        );
        expectEnds(program, 3);
      }
    },
    SLOW,
  );

  test.each(['cpython', 'pyodide'])(
    'serve answers the messages that came before it closes with 1001: services in Python on %s',
    async (engine) => {
      for (const word of ['wait', 'pause', 'work']) {
        const args = ['-n', '2', '--python-engine', engine];
        const { program, url } = await serve({ 'apps/slow/slow.py': PYTHON }, args);
        const got = await stopped(program, url, 3, [word, 'after']);
        expect(got).toEqual(Array.from({ length: 3 }, () => [`answer to ${word}`, 'answer to after', 1001]));
        expectEnds(program, 3);
      }
    },
    SLOW,
  );

  test('serve gives answers a share of --stop-timeout: who never comes to an end is closed with 1001', async () => {
    const source = LUA.replace('nap:new():sleep(3600)', 'while not must_stop() or true do nap:new():usleep(1000) end');
    const { program, url } = await serve({ 'apps/slow/slow.lua': source }, ['-n', '2', '--stop-timeout', '500']);
    const [got] = await stopped(program, url, 1, ['wait']);
    expect(got).toEqual([1001]);
  });

  test('serve ends at once at a second signal, answers or not', async () => {
    const { program, url } = await serve({ 'apps/slow/slow.lua': LUA.replace('0.3', '30') }, ['-n', '2']);
    const client = await openWs(url);
    client.socket.send('work');
    await program.waitForLine(/begun/);
    program.signal('SIGTERM');
    await program.waitForLine(/a second signal stops at once/);
    program.signal('SIGINT');
    expect(await program.ended).toMatchObject({ code: 1 });
    if (client.socket.readyState !== client.socket.CLOSED) await once(client.socket, 'close');
  });
});
