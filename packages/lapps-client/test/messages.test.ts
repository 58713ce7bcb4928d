import { encodeCbor, encodeError, encodeResult } from '@offload/lapps-codec';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, connect, type LappsClient } from '../src/index.js';
import { startServer, usual } from './server.js';
import { codeOf } from './support/error-code.js';

const begin = async (options: ClientOptions = {}) => {
  const server = await startServer(usual);
  const client = await connect(server.url, { reconnect: false, ...options });
  return { ...server, client };
};

describe('request()', () => {
  it('request() resolves to the result, maps as plain objects', async () => {
    const { client } = await begin();
    expect(client.state).toBe('open');
    const [first, second] = await client.request('echo', [{ user: 'admin', deep: [{ a: 1 }] }, 2n ** 60n]);
    expect(JSON.stringify(first)).toBe('{"deep":[{"a":1}],"user":"admin"}');
    expect('constructor' in (first as object)).toBe(false);
    expect(second).toBe(2n ** 60n);
    expect(await client.request('echo')).toEqual([]);
    await client.close();
  });

  it('request() many at once are answered in order', async () => {
    const { client } = await begin();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => client.request('echo', [i])));
    expect(answers.map(([i]) => i)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await client.close();
  });

  it.each<[what: string, call: (client: LappsClient) => unknown]>([
    ['a method with an underscore in front', (client) => client.request('_m')],
    ['a method with a dot', (client) => client.request('a.b')],
    ['no method', (client) => client.request('')],
    ['parameters that are no array', (client) => client.request('echo', { a: 1 } as never)],
    ['a channel that is no number', async (client) => client.notify('5' as never, 'echo')],
    ['a channel that is NaN', async (client) => client.notify(Number.NaN, 'echo')],
  ])('request() and notify() refuse %s, and the connection stays', async (_what, call) => {
    const { client } = await begin();
    const before = client.request('echo', [1]);
    await expect(call(client)).rejects.toMatchObject({ code: 'LAPPS_CLIENT_ERR_BAD_OPTION' });
    expect(await before).toEqual([1]);
    expect(await client.request('echo', [2])).toEqual([2]);
    await client.close();
  });

  it('request() rejects with the error object of the server', async () => {
    const { client } = await begin();
    await expect(client.request('fail')).rejects.toMatchObject({
      name: 'LappsClientError',
      code: 'LAPPS_CLIENT_ERR_RESPONSE',
      message: 'no',
      rpcCode: 10,
      data: { left: 2 },
    });
    expect(await client.request('echo', [1])).toEqual([1]);
    await client.close();
  });

  it('request() that timed out or was aborted keeps its place: late answers reach nobody else', async () => {
    const { client, sockets } = await begin();
    const aborter = new AbortController();
    const late = codeOf(client.request('silent', [], { timeoutMs: 20 }));
    const aborted = client.request('silent', [], { signal: aborter.signal });
    const answered = client.request('silent', [], { timeoutMs: 0 });
    aborter.abort('enough');
    await expect(aborted).rejects.toMatchObject({ code: 'LAPPS_CLIENT_ERR_ABORTED', cause: 'enough' });
    expect(await late).toBe('LAPPS_CLIENT_ERR_TIMEOUT');
    for (const n of [1, 2, 3]) sockets[0]!.send(encodeResult([n]));
    expect(await answered).toEqual([3]);
    await client.close();
  });

  it('request() is not sent when its signal is aborted already', async () => {
    const { client, messages } = await begin();
    expect(await codeOf(client.request('echo', [], { signal: AbortSignal.abort() }))).toBe('LAPPS_CLIENT_ERR_ABORTED');
    await client.request('echo');
    expect(messages).toHaveLength(1);
    await client.close();
  });

  it('request() fails when the connection ends first', async () => {
    const { client } = await begin();
    const waiting = client.request('silent');
    const last = client.request('bye');
    for (const promise of [waiting, last]) {
      await expect(promise).rejects.toMatchObject({ code: 'LAPPS_CLIENT_ERR_CLOSED', closeCode: 4001 });
    }
    expect(client.state).toBe('closed');
    expect(await codeOf(client.request('echo'))).toBe('LAPPS_CLIENT_ERR_NOT_CONNECTED');
  });

  it('request() holds to the number of unanswered ones', async () => {
    const { client } = await begin({ maxPendingRequests: 2 });
    const waiting = [client.request('silent'), client.request('silent')].map(codeOf);
    expect(await codeOf(client.request('echo'))).toBe('LAPPS_CLIENT_ERR_TOO_MANY');
    await client.close();
    expect(await Promise.all(waiting)).toEqual(['LAPPS_CLIENT_ERR_CLOSED', 'LAPPS_CLIENT_ERR_CLOSED']);
  });

  it('request() refuses what cannot be encoded and goes on', async () => {
    const { client } = await begin();
    await expect(client.request('echo', [(() => 1) as never])).rejects.toMatchObject({ code: 'LAPPS_ERR_ENCODE_TYPE' });
    expect(await client.request('echo', [1])).toEqual([1]);
    await client.close();
  });
});

describe('notify() and on()', () => {
  it('on() hears its channel until it is stopped', async () => {
    const { client } = await begin();
    const got: unknown[] = [];
    const stop = client.on(5, (items, cid) => got.push([cid, items]));
    client.on(6, (items) => got.push(items));
    client.on(5, () => got.push('second'));
    client.notify(5, 'a', [{ x: 1 }]);
    client.notify(7, 'nobody');
    client.notify(6, 'b');
    await client.request('echo');
    expect(got).toEqual([[5, ['a', { x: 1 }]], 'second', ['b']]);
    stop();
    client.notify(5, 'c');
    await client.request('echo');
    expect(got).toHaveLength(4);
    await client.close();
  });

  it('onAny() hears every channel until it is stopped', async () => {
    const { client } = await begin();
    const got: unknown[] = [];
    const stop = client.onAny((items, cid) => got.push([cid, items]));
    client.notify(5, 'a');
    client.notify(7, 'b');
    await client.request('echo');
    stop();
    client.notify(5, 'c');
    await client.request('echo');
    expect(got).toEqual([
      [5, ['a']],
      [7, ['b']],
    ]);
    await client.close();
  });
});

describe('faults of the server', () => {
  it('onProtocolError() hears of messages that are not LAppS and answers to nothing; the client goes on', async () => {
    const errors: string[] = [];
    const { client, sockets } = await begin({ onProtocolError: (error) => errors.push(error.code) });
    for (const bytes of [Buffer.from([0xff]), encodeCbor([1]), encodeCbor({ cid: 0, status: 1 }), encodeResult([])]) {
      sockets[0]!.send(bytes);
    }
    sockets[0]!.send('text');
    while (errors.length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(await client.request('echo', [1])).toEqual([1]);
    expect(errors).toEqual(Array(5).fill('LAPPS_CLIENT_ERR_PROTOCOL'));
    await client.close();
  });

  it('onProtocolError() gets an answer to nothing as the cause', async () => {
    const causes: unknown[] = [];
    const { client, sockets } = await begin({ onProtocolError: ({ cause }) => causes.push(cause) });
    sockets[0]!.send(encodeError({ code: -32600, message: 'not like this', data: [1] }));
    sockets[0]!.send(encodeResult(['late']));
    while (causes.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(causes).toMatchObject([
      { code: 'LAPPS_CLIENT_ERR_RESPONSE', rpcCode: -32600, message: 'not like this', data: [1] },
      ['late'],
    ]);
    await client.close();
  });

  it('onRaw() gets what is not LAppS instead', async () => {
    const raw: (string | Uint8Array)[] = [];
    const { client, sockets } = await begin({ onRaw: (data) => raw.push(data) });
    sockets[0]!.send('text');
    sockets[0]!.send(Buffer.from([1, 2]));
    await client.request('echo');
    expect(raw).toEqual(['text', Uint8Array.of(1, 2)]);
    await client.close();
  });

  it('cborLimits bound what is decoded', async () => {
    const errors: unknown[] = [];
    const { client } = await begin({
      cborLimits: { maxItems: 10 },
      requestTimeoutMs: 50,
      onProtocolError: (error) => errors.push(error.cause),
    });
    expect(await codeOf(client.request('echo', [Array(50).fill(1)]))).toBe('LAPPS_CLIENT_ERR_TIMEOUT');
    expect(errors).toMatchObject([{ code: 'LAPPS_ERR_CBOR_ITEMS' }]);
    await client.close();
  });
});
