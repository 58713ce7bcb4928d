import { beforeAll, describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { type House, type HouseOptions, startHouse } from './support/house.js';
import { CALLS, ECHO, FULL, SLOW, TIMEOUT_MS } from './support/python-services.js';

describe.each(['pyodide', 'cpython'])('a service in Python (%s)', (engine) => {
  const start = (source: string, spec: object = {}, more: Partial<HouseOptions> = {}): Promise<House> =>
    startHouse({
      timeoutMs: TIMEOUT_MS,
      ...more,
      services: { s: { source, extension: '.py', engine, ...spec } },
    });
  const lapps = (source: string): Promise<House> => start(source, { protocol: 'LAppS' });
  const request = (method: string, ...params: never[] | unknown[]) => ({ lapps: 1, method, params }) as never;

  it(
    'gets text as str and binary as bytes, and is told of every end',
    async () => {
      const house = await start(ECHO);
      const client = await connect(`${house.url}/s`);
      client.send('hällo');
      expect([await client.next(), await client.next(), await client.next()]).toEqual(['str 1', 'hällo', 'hällo']);
      client.send(Uint8Array.of(0, 255));
      const bytes = Buffer.from([0, 255]);
      expect([await client.next(), await client.next(), await client.next()]).toEqual(['bytes 2', bytes, bytes]);
      client.socket.terminate();
      await expect.poll(() => house.printed(), { timeout: TIMEOUT_MS }).toContain('gone 1');
      await house.stop();
      expect(house.printed()).toContain('bye s 0');
    },
    SLOW,
  );

  it(
    'may use the names of LAppS, and documents of nljson',
    async () => {
      const source = `
import nljson, ws
def onStart(): pass
def onDisconnect(handler): pass
def onShutdown(): pass
def onMessage(handler, kind, message):
    answer = nljson.decode('{"cid":0,"status":1,"result":[]}')
    answer["result"] = [kind, message["method"], {"given": message["params"]}]
    return ws.send(handler, answer)
`;
      const house = await lapps(source);
      const client = await connect(`${house.url}/s`);
      client.sendCbor(request('m', 1, { a: 'ü' }));
      expect(await client.nextCbor()).toEqual({ cid: 0, status: 1, result: [4, 'm', { given: [1, { a: 'ü' }] }] });
    },
    SLOW,
  );

  it(
    'that lacks a function does not start, and says which',
    async () => {
      const starts = start('def on_start(): pass\ndef on_message(handler, opcode, message): pass\n');
      await expect(starts).rejects.toThrow('its module lacks on_disconnect, on_shutdown; needed: on_start, on_message');
    },
    SLOW,
  );

  it(
    'closes with 1000 when it returns False, and only then',
    async () => {
      const house = await start(
        FULL('def on_message(handler, opcode, message): return {"f": False, "n": 0}.get(message)'),
      );
      const client = await connect(`${house.url}/s`);
      for (const message of ['', 'n', 'f']) client.send(message);
      expect(await client.closed).toEqual({ code: 1000, reason: '' });
    },
    SLOW,
  );

  it(
    'a fault costs one connection of a raw service, and is logged with its traceback',
    async () => {
      const house = await start(FULL('def on_message(handler, opcode, message):\n    raise ValueError(message)'));
      const client = await connect(`${house.url}/s`);
      client.send('this');
      expect((await client.closed).code).toBe(1011);
      const line = house.log.find(({ level }) => level === 'error');
      expect(line?.fields).toMatchObject({ service: 's', line: 7, language: 'python' });
      expect(String(line?.fields?.traceback)).toContain('raise ValueError(message)');
    },
    SLOW,
  );

  describe('of the LAppS protocol', () => {
    let call: (method: string, ...params: unknown[]) => Promise<unknown>;
    let house: House;
    let open: () => ReturnType<typeof connect>;

    beforeAll(async () => {
      house = await start(CALLS, { protocol: 'LAppS' }, { keep: true });
      open = () => connect(`${house.url}/s`);
      return () => house.stop();
    }, SLOW);

    const calls = async () => {
      const client = await open();
      call = async (method, ...params) => {
        client.sendCbor(request(method, ...params));
        return client.nextCbor();
      };
      return client;
    };
    const ok = (result: unknown) => ({ cid: 0, status: 1, result: [result] });

    it('gets and sends messages as plain values', async () => {
      await calls();
      const values = [null, true, 1.5, -7, 2 ** 40, 'ü€\u{1f600}', [], {}, [{ a: [1, { b: '' }] }]];
      expect(await call('back', ...values)).toEqual(ok(values));
      expect(await call('back', 2n ** 63n - 1n)).toEqual(ok([2n ** 63n - 1n]));
      expect(await call('sets')).toEqual(
        ok({
          tuple: [1, 2],
          enum: 7,
          bytes: Uint8Array.of(0, 255),
          empty: {},
          none: [],
          '7': 'key',
          big: 2n ** 63n - 1n,
          float: 1.5,
          address: '::1',
        }),
      );
    });

    it('a fault costs one request, which gets an error', async () => {
      await calls();
      expect(await call('fails')).toMatchObject({ cid: 0, status: 0, error: { code: -32603 } });
      expect(await call('back', 1)).toEqual(ok([1]));
    });

    it('coroutines of one connection are answered in order, those of others go on', async () => {
      const client = await calls();
      const other = await open();
      client.sendCbor(request('slow', 0.4, 'first'));
      client.sendCbor(request('back', 'second'));
      other.sendCbor(request('back', 'meanwhile'));
      const came: string[] = [];
      const note = async (next: Promise<unknown>): Promise<void> => {
        came.push(JSON.stringify(await next));
      };
      const own = note(client.nextCbor()).then(() => note(client.nextCbor()));
      await Promise.all([own, note(other.nextCbor())]);
      const order = came.map((text) => /first|second|meanwhile/.exec(text)?.[0]);
      expect(order.filter((word) => word !== 'meanwhile')).toEqual(['first', 'second']);
      expect(order).toContain('meanwhile');
    });

    it('nap and mqr are awaited', async () => {
      await calls();
      expect(await call('nap_then', 3)).toEqual(ok(3));
      expect(await call('queue', 7)).toEqual(ok([{ n: 7 }, null]));
      expect(await call('tasks')).toEqual(ok([0, 1, 2, null]));
    });

    const result = (values: string): string => `ws.send(1, {"cid": 0, "status": 1, "result": [${values}]})`;
    const refused: [code: string, message: string][] = [
      ['ws.send("1", "x")', "bad argument #1 to 'send' (handler expected, got str)"],
      ['ws.send(1, 3, "x")', "bad argument #2 to 'send' (opcode 1 (text) or 2 (binary) expected)"],
      ['ws.send(1, 1, None)', "bad argument #3 to 'send' (str or bytes expected, got NoneType)"],
      ['ws.send(1, "\\ud800")', "bad argument #2 to 'send' (text cannot be sent: surrogates not allowed at index 0)"],
      [
        'ws.send(1, 2, "\\ud800")',
        "bad argument #3 to 'send' (text cannot be sent: surrogates not allowed at index 0)",
      ],
      ['ws.send(1, "ok\\udcff")', "bad argument #2 to 'send' (text cannot be sent: surrogates not allowed at index 2)"],
      ['ws.send(1, 1, b"ok\\xff")', "bad argument #3 to 'send' (text cannot be sent: invalid start byte at index 2)"],
      ['ws.send(1, b"x" * 17000000)', '17000000 bytes, more than 16777216'],
      [
        'ws.send(1, {"cid": 0, "status": 1, "result": [print]})',
        "cannot hand a value of type 'builtin_function_or_method'",
      ],
      [result('2 ** 64'), '18446744073709551616 does not fit 64 bits'],
      [result('[-2 ** 63 - 1]'), '-9223372036854775809 does not fit 64 bits'],
      [result('2 ** 9999'), 'a number of 10000 bits does not fit 64 bits'],
      [result('"ok\\udcff"'), 'text cannot be sent: surrogates not allowed at index 2'],
      [result('{"\\udcff": 1}'), 'text cannot be sent: surrogates not allowed at index 0'],
      [result('b"x" * 9000000, "x" * 9000000'), 'more than 16777216 bytes'],
      [result('*[0] * 1000000'), 'more than 1000000 values'],
      ['ws.close(1, 1006)', '1006 is no code to close with'],
      ['ws.close("x")', 'handler and code must be numbers'],
      ['bcast.create(-1)', 'Usage: bcast:create(id)'],
      ['bcast.send(77, {"cid": 1, "message": []})', 'there is no broadcast 77'],
      ['bcast.send(77, {"cid": 1})', 'a broadcast needs a number cid and an array message'],
      ['mqr.create("")', 'Usage: mqr.create(name)'],
      ['mqr.create("q").post("\\udcff")', 'not UTF-8'],
      ['nap.sleep("x")', 'number expected, got string'],
    ];

    it.each(refused)('%s raises an error of its module', async (code, message) => {
      await calls();
      const [name, text] = ((await call('raised', code)) as { result: [[string, string]] }).result[0];
      expect(name).toBe(`${code.slice(0, code.indexOf('.'))}.error`);
      expect(text).toContain(message);
    });

    it.each(['ws.close(999)', 'bcast.create(9) and bcast.subscribe(9, 999)'])(
      '%s is False for who is gone',
      async (code) => {
        await calls();
        expect(await call('raised', code)).toEqual(ok(false));
      },
    );

    it('ws.send() sends as binary what is not UTF-8', async () => {
      await calls();
      expect(await call('raised', 'ws.send(999, 2, "\\udcff")')).toEqual(ok(true));
      expect(await call('raised', 'ws.send(999, 1, "\\u00fc".encode())')).toEqual(ok(true));
    });

    it('ws.send() to who is gone is dropped', async () => {
      await calls();
      expect(await call('raised', 'ws.send(999, "x")')).toEqual(ok(true));
      expect(await call('raised', 'ws.send(999, {"cid": 1, "status": 1, "message": []})')).toEqual(ok(true));
    });

    // What checkOutMessage of the codec refuses, in the same words: it is the second to look.
    const invalid: [message: object, why: string][] = [
      [{}, 'member cid is not a number'],
      [{ cid: true }, 'member cid is not a number'],
      [{ cid: 1 }, 'member status is neither 0 nor 1'],
      [{ cid: 1, status: 2 }, 'member status is neither 0 nor 1'],
      [{ cid: 1, status: true }, 'member status is neither 0 nor 1'],
      [{ cid: 0, status: 1 }, 'member result is not an array'],
      [{ cid: 2, status: 1, message: {} }, 'member message is not an array'],
      [{ cid: 2, status: 0 }, 'an error belongs on channel 0'],
      [{ cid: 0, status: 0, error: [] }, 'member error is not a map'],
      [{ cid: 0, status: 0, error: { code: '1' } }, 'error.code is not a number'],
      [{ cid: 0, status: 0, error: { code: 1, message: 2 } }, 'error.message is not a string'],
    ];

    it.each(invalid)('ws.send() refuses %o', async (message, why) => {
      await calls();
      expect(await call('invalid', message)).toEqual(ok(['ws.error', `Cannot send LAppS message: ${why}`]));
    });
  });
});
