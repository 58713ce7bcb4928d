import { decodeServerMessage, encodeClientNotification, encodeRequest, type ServerMessage } from '@offload/lapps-codec';
import { describe, expect, it } from 'vitest';
import { type LappsServiceOptions, lappsService, notify, RequestError } from '../src/index.js';
import { start } from './support/harness.js';
import { clientFrame, type RawClient } from './support/raw-client.js';

const begin = async (options: LappsServiceOptions) => {
  const harness = await start({ services: { '/lapps': lappsService(options) } });
  const client = await harness.open('/lapps', { headers: { 'Sec-WebSocket-Protocol': 'LAppS' } });
  return { ...harness, client };
};

const ask = (client: RawClient, ...messages: Uint8Array[]): void =>
  client.send(...messages.map((m) => clientFrame(2, m)));
const answer = async (client: RawClient): Promise<ServerMessage> => {
  const frame = await client.frame();
  expect(frame.opcode).toBe(2);
  return decodeServerMessage(frame.payload);
};

describe('lappsService()', () => {
  it('lappsService() answers requests with what their methods return', async () => {
    const { client } = await begin({
      methods: {
        echo: ({ params }) => params,
        later: async ({ method, cid }) => [method, cid ?? null],
        nothing: () => undefined,
        user: ({ params }) => [(params[0] as { name: string }).name],
      },
    });
    ask(client, encodeRequest('echo', [1, 'zwei', [3.5]]), encodeRequest('later'), encodeRequest('nothing'));
    ask(client, encodeRequest('user', [{ name: 'admin' }]));
    expect(await answer(client)).toMatchObject({ kind: 'result', result: [1, 'zwei', [3.5]] });
    expect(await answer(client)).toMatchObject({ kind: 'result', result: ['later', null] });
    expect(await answer(client)).toMatchObject({ kind: 'result', result: [] });
    expect(await answer(client)).toMatchObject({ kind: 'result', result: ['admin'] });
  });

  it('lappsService() answers in the order of the requests, however long each takes', async () => {
    const release: (() => void)[] = [];
    const { client } = await begin({
      methods: {
        slow: ({ params }) => new Promise((resolve) => release.push(() => resolve([params[0] as number]))),
        quick: ({ params }) => [params[0] as number],
      },
    });
    ask(
      client,
      encodeRequest('slow', [1]),
      encodeRequest('quick', [2]),
      encodeRequest('slow', [3]),
      encodeRequest('quick', [4]),
    );
    while (release.length < 2) await new Promise((resolve) => setImmediate(resolve));
    release[1]!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.frames).toEqual([]);
    release[0]!();
    for (const n of [1, 2, 3, 4]) expect(await answer(client)).toMatchObject({ result: [n] });
  });

  it('lappsService() answers what is no result with -32603 and tells of every fault', async () => {
    const told: string[] = [];
    const notAnArray = (): never => 5 as unknown as never;
    const { client } = await begin({
      onFault: (fault, { method }) => told.push(`${method}: ${(fault as Error).message}`),
      methods: {
        number: notAnArray,
        later: async () => notAnArray(),
        thrown: () => {
          throw new Error('oops');
        },
        refused: () => {
          throw new RequestError(7, 'no');
        },
      },
    });
    ask(client, ...['number', 'later', 'thrown', 'refused'].map((method) => encodeRequest(method)));
    for (const code of [-32603, -32603, -32603, 7]) expect(await answer(client)).toMatchObject({ kind: 'error', code });
    const why = 'Cannot send LAppS message: member result is not an array';
    expect(told.sort()).toEqual([`later: ${why}`, `number: ${why}`, 'thrown: oops']);
  });

  it('lappsService() reads no further while too many requests are unanswered', async () => {
    const release: (() => void)[] = [];
    const { client, event } = await begin({
      maxPendingRequests: 3,
      methods: { slow: () => new Promise((resolve) => release.push(() => resolve([]))) },
    });
    ask(client, ...Array.from({ length: 10 }, () => encodeRequest('slow')));
    const { connection } = await event('opened');
    while (release.length < 3) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect([release.length, connection.paused]).toEqual([3, true]);
    for (let i = 0; i < 10; i += 1) {
      while (release.length <= i) await new Promise((resolve) => setImmediate(resolve));
      release[i]!();
      await answer(client);
    }
    expect(connection.paused).toBe(false);
  });

  it.each(['nope', 'constructor', '__proto', 'toString', 'hasOwnProperty'])(
    'lappsService() answers the unknown method %s with -32601',
    async (method) => {
      const { client } = await begin({ methods: {} });
      ask(client, encodeRequest(method.replace(/^_+/, '')));
      expect(await answer(client)).toMatchObject({ kind: 'error', code: -32601 });
      ask(client, encodeRequest('again'));
      expect(await answer(client)).toMatchObject({ kind: 'error', code: -32601 });
    },
  );

  it('lappsService() answers a RequestError as it is and any other fault with -32603', async () => {
    const { client } = await begin({
      methods: {
        refuse: () => {
          throw new RequestError(10, 'authentication error', { tries: 3 });
        },
        secret: () => {
          throw new Error('password is hunter2');
        },
        odd: () => Promise.reject(undefined),
        unencodable: () => [(() => 1) as never],
      },
    });
    ask(client, ...['refuse', 'secret', 'odd', 'unencodable'].map((method) => encodeRequest(method)));
    expect(await answer(client)).toMatchObject({
      kind: 'error',
      code: 10,
      text: 'authentication error',
      data: new Map([['tries', 3]]),
    });
    for (let i = 0; i < 3; i += 1) {
      expect(await answer(client)).toMatchObject({ kind: 'error', code: -32603, text: 'Internal error' });
    }
  });

  it('lappsService() hands notifications over, channel 0 included, and answers none', async () => {
    const got: unknown[] = [];
    const { client } = await begin({
      methods: { echo: ({ params }) => params },
      onNotification: ({ connection, cid, method, params }) => {
        got.push([cid, method, params]);
        notify(connection, 5, ['heard', cid ?? null]);
      },
    });
    ask(
      client,
      encodeClientNotification(0, 'zero'),
      encodeClientNotification(7, 'seven', [1]),
      encodeRequest('echo', [1]),
    );
    expect(await answer(client)).toMatchObject({ kind: 'notification', cid: 5, items: ['heard', 0] });
    expect(await answer(client)).toMatchObject({ kind: 'notification', cid: 5, items: ['heard', 7] });
    expect(await answer(client)).toMatchObject({ kind: 'result', result: [1] });
    expect(got).toEqual([
      [0, 'zero', []],
      [7, 'seven', [1]],
    ]);
  });

  it.each([
    ['a text frame', clientFrame(1, '{"lapps":1}'), -32600, 1003],
    ['an empty message', clientFrame(2, ''), -32700, 1007],
    ['bad CBOR', clientFrame(2, Uint8Array.of(0xff)), -32700, 1007],
    ['a tag', clientFrame(2, Uint8Array.of(0xc0, 0x60)), -32700, 1007],
    ['another map', clientFrame(2, Uint8Array.of(0xa0)), -32600, 1002],
    ['a forbidden method', clientFrame(2, encodeRequest('_private')), -32600, 1002],
  ])('lappsService() answers %s with an error on channel 0 and closes', async (_name, frame, rpcCode, closeCode) => {
    const { client, server, open } = await begin({ methods: { echo: ({ params }) => params } });
    const other = await open('/lapps');
    client.send(frame);
    expect(await answer(client)).toMatchObject({ kind: 'error', code: rpcCode });
    expect(await client.closeCode()).toBe(closeCode);
    client.destroy();
    ask(other, encodeRequest('echo', ['fine']));
    expect(await answer(other)).toMatchObject({ result: ['fine'] });
    expect(server.stats().handlerErrors).toBe(0);
  });
});
