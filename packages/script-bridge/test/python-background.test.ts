import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { FULL, SLOW, TIMEOUT_MS } from './support/python-services.js';

/** A thread of its own: it sleeps for good where nobody tells it that something is to come. */
async function start(engine: string, body: string) {
  const house = await startHouse({
    workers: 1,
    timeoutMs: TIMEOUT_MS,
    services: { s: { source: FULL(body), extension: '.py', engine } },
  });
  const client = await connect(`${house.url}/s`);
  client.send('go');
  return { house, client };
}

describe.each(['cpython', 'pyodide'])('a service in Python (%s)', (engine) => {
  it(
    'runs the tasks a handler has left behind, while nothing else comes',
    async () => {
      const { client, house } = await start(
        engine,
        `
import asyncio
async def later(handler):
    for i in range(3):
        await asyncio.sleep(0.01)
        ws.send(handler, str(i))
async def on_message(handler, opcode, message):
    asyncio.create_task(later(handler))
    return True
`,
      );
      expect([await client.next(), await client.next(), await client.next()]).toEqual(['0', '1', '2']);
      await house.stop();
    },
    SLOW,
  );

  it(
    'runs the tasks of a handler that is no coroutine, and tells in one line of the log how one failed',
    async () => {
      const { client, house } = await start(
        engine,
        `
import asyncio
async def later(handler):
    await asyncio.sleep(0.01)
    ws.send(handler, "late")
    raise ValueError("no good")
def on_message(handler, opcode, message):
    asyncio.get_event_loop().create_task(later(handler))
`,
      );
      expect(await client.next()).toBe('late');
      const fault = () => house.log.find(({ level }) => level === 'error');
      while (fault() === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      const message = expect.stringMatching(/s\.py:\d+: a background task failed: ValueError: no good$/);
      const traceback = expect.stringContaining('raise ValueError("no good")\n');
      expect(fault()).toMatchObject({ message, fields: { script: expect.stringMatching(/s\.py$/), traceback } });
      expect(house.log.filter(({ level }) => level === 'warn' || level === 'error')).toHaveLength(1);
      await house.stop();
    },
    SLOW,
  );

  it(
    'tells nothing of a task whose failure somebody awaits',
    async () => {
      const { client, house } = await start(
        engine,
        `
import asyncio
async def fails(): raise ValueError("no good")
async def on_message(handler, opcode, message):
    task = asyncio.create_task(fails())
    await asyncio.sleep(0.05)
    try: await task
    except ValueError as error: ws.send(handler, str(error))
`,
      );
      expect(await client.next()).toBe('no good');
      await house.stop();
      expect(house.log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    },
    SLOW,
  );
});

describe('a service in Python (cpython)', () => {
  const work = `
import asyncio, mqr, threading, time
loop = asyncio.get_event_loop()

def attempt(call):
    try: call()
    except Exception as error: return f"{type(error).__module__}: {error}"

def work(handler):
    time.sleep(0.05)
    calls = (
        lambda: ws.send(handler, "x"), lambda: ws.send(handler, {"cid": 1, "status": 1, "message": []}),
        lambda: ws.close(handler), lambda: bcast.send(5, {"cid": 1, "message": []}), lambda: mqr.create("q"),
    )
    for call in calls: loop.call_soon_threadsafe(ws.send, handler, attempt(call))
    print("thread", "done")

def on_message(handler, opcode, message):
    threading.Thread(target=work, args=(handler,)).start()
`;

  it(
    'refuses functions of the host in threads, which hand them over with call_soon_threadsafe(), while nothing else comes',
    async () => {
      const { client, house } = await start('cpython', work);
      const refused = 'functions of the host can only be called in the main thread: hand the call over with';
      for (const module of ['ws', 'ws', 'ws', 'bcast', 'mqr']) {
        expect(await client.next()).toBe(`${module}: ${refused} loop.call_soon_threadsafe()`);
      }
      await house.stop();
      expect(house.printed()).toContain('thread done');
    },
    SLOW,
  );

  it(
    'calls what a handler wants to be called later, while nothing else comes',
    async () => {
      const body = `
import asyncio
loop = asyncio.get_event_loop()
def on_message(handler, opcode, message):
    loop.call_later(0.05, ws.send, handler, "later")
`;
      const { client, house } = await start('cpython', body);
      expect(await client.next()).toBe('later');
      await house.stop();
    },
    SLOW,
  );
});
