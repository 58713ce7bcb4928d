import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { FULL, SLOW, TIMEOUT_MS } from './support/python-services.js';

describe.each(['pyodide', 'cpython'])('a standalone service in Python (%s)', (engine) => {
  it(
    'with coroutines, talks to servers and clients until the server stops',
    async () => {
      const echo = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      onTestFinished(() => {
        for (const client of echo.clients) client.terminate();
        echo.close();
      });
      echo.on('connection', (socket) => {
        socket.on('message', (data, isBinary) => {
          if (!isBinary && String(data) === 'close') socket.close(4001, 'done');
          else socket.send(data, { binary: isBinary });
        });
      });
      await once(echo, 'listening');
      const uri = `ws://127.0.0.1:${(echo.address() as AddressInfo).port}`;
      const source = `
import cws, nap, offload

ended = False

async def on_open(socket):
    await nap.usleep(1)
    socket.send("grüß")

def on_message(socket, data):
    print("message", repr(data))
    socket.send(b"\\0\\xff" if isinstance(data, str) else "close")

def on_close(socket, code, reason):
    global ended
    print("close", code, reason)
    ended = True

async def init():
    await nap.sleep(0)
    print("init")

async def run():
    cws.connect("${uri}", on_open=on_open, on_message=on_message, on_close=on_close)
    while not ended:
        await cws.event_loop()
    try:
        cws.connect("http://x")
    except cws.error as error:
        print(error)
    while not offload.must_stop():
        await nap.sleep(60)
    print("stopped")
`;
      const house = await startHouse({
        timeoutMs: TIMEOUT_MS,
        services: { s: { source, extension: '.py', engine, standalone: true } },
      });
      await expect
        .poll(() => house.printed(), { timeout: TIMEOUT_MS })
        .toEqual(
          expect.arrayContaining([
            'init',
            "message 'grüß'",
            "message b'\\x00\\xff'",
            'close 4001 done',
            'want ws:// or wss://, got http://',
          ]),
        );
      await house.stop();
      expect(house.printed()).toContain('stopped');
    },
    SLOW,
  );

  it(
    'blocking: what it sends while it loops is heard, and it ends when it is told to',
    async () => {
      const source = FULL('def on_message(handler, opcode, message): bcast.create(1); bcast.subscribe(1, handler)');
      const ticker = `
import bcast, nap, offload, ws
def init(): bcast.create(1)
def run():
    n = 0
    while not offload.must_stop():
        n += 1
        bcast.send(1, {"cid": 3, "message": [n]})
        ws.send(1, f"n {n}")
        nap.sleep(0.01)
    print("stopped")
`;
      const house = await startHouse({
        timeoutMs: TIMEOUT_MS,
        services: {
          s: { source, extension: '.py', engine },
          ticker: { source: ticker, extension: '.py', engine, standalone: true },
        },
      });
      const client = await connect(`${house.url}/s`);
      client.send('x');
      const kinds = new Set<string>();
      while (kinds.size < 2) kinds.add(typeof (await client.next()));
      await house.stop();
      expect(house.printed()).toContain('stopped');
    },
    SLOW,
  );
});
