/**
 * Scripts in the shape of those that LAppS runs, faults of its demo included (lapps.md 3, 4, 6.4), from a folder and with
 * configuration files as LAppS has them, through the whole program.
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startProgram, wsUrl } from './support/process.js';
import { openWs, type WsClient } from './support/ws-client.js';

const home = fileURLToPath(new URL('./lapps-home/', import.meta.url));
const first = ['ws', 'lapps'].flatMap((name) => [`--${name}-config`, join(home, 'first-generation', `${name}.json`)]);

async function serve(...args: string[]): Promise<{ url: string; program: ReturnType<typeof startProgram> }> {
  const program = startProgram('offload', ['serve', '--ws', '-n', '2', '--lapps-home', home, ...args]);
  return { url: await wsUrl(program), program };
}

async function login(client: WsClient): Promise<number> {
  client.sendCbor({ lapps: 1, method: 'login', params: [{ user: 'admin', password: 'admin' }] });
  const answer = (await client.nextCbor()) as { result: [{ authkey: number }] };
  expect(answer).toEqual({ cid: 0, status: 1, result: [{ authkey: expect.any(Number) }] });
  return answer.result[0].authkey;
}

/** What comes on channel 0. */
async function answer(client: WsClient): Promise<unknown> {
  for (;;) {
    const message = (await client.nextCbor()) as { cid: number };
    if (message.cid === 0) return message;
  }
}

const echoes = (authkey: number, text: string) => ({ lapps: 1, method: 'echo', params: [{ authkey }, [1, 2, text]] });
const echoed = (authkey: number, text: string) => ({ cid: 0, status: 1, result: [{ authkey }, [1, 2, text]] });
const internalError = { cid: 0, status: 0, error: { code: -32603, message: 'Internal error' } };

describe('scripts of LAppS', () => {
  test('the flow of the page: log in, echo again and again, channel 5; channel 6 that nobody made', async () => {
    const { url } = await serve();
    const client = await openWs(`${url}/echo_lapps`);
    const authkey = await login(client);
    for (const cid of [5, 6]) client.sendCbor({ lapps: 1, method: 'subscribe', cid, params: [{ authkey }] });
    const tick = { cid: 5, message: [expect.stringMatching(/^Server time: \w+ \w+ +\d/)] };
    expect(await client.nextCbor()).toEqual(tick);
    for (let i = 0; i < 50; i++) {
      client.sendCbor(echoes(authkey, `ü${i}`));
      expect(await answer(client)).toEqual(echoed(authkey, `ü${i}`));
    }
    expect(await client.nextCbor()).toEqual(tick);
    // The error on channel 3 that the script tries to send is refused: only the close is seen.
    client.sendCbor({ lapps: 1, method: 'logout', cid: 5, params: [{ authkey }] });
    expect(await client.closed).toEqual({ code: 1000, reason: 'Logged out' });
  });

  test('faults of the demo cost the message they happen in, and nobody else anything', async () => {
    const { url, program } = await serve();
    // More clients than instances: each shares its state with a bystander.
    const clients = await Promise.all(Array.from({ length: 6 }, () => openWs(`${url}/echo_lapps`)));
    const keys: number[] = [];
    for (const client of clients) keys.push(await login(client));
    const culprits = await Promise.all(Array.from({ length: 3 }, () => openWs(`${url}/echo_lapps`)));
    for (const culprit of culprits) {
      // A request without params, and one nobody knows: the global `echo` is nil.
      culprit.sendCbor({ lapps: 1, method: 'login' });
      expect(await culprit.nextCbor()).toEqual(internalError);
      culprit.sendCbor({ lapps: 1, method: 'nonsense', params: [1] });
      expect(await culprit.nextCbor()).toEqual(internalError);
      // typename and find of what is no nljson.
      for (const method of ['login', 'echo']) {
        culprit.sendCbor({ lapps: 1, method, params: ['admin'] });
        expect(await culprit.nextCbor()).toEqual(internalError);
      }
      // Nothing comes back for a notification; the connection stays.
      culprit.sendCbor({ lapps: 1, method: 'nonsense', cid: 9, params: [1] });
      expect(await login(culprit)).toBeGreaterThan(0);
    }
    for (const [i, client] of clients.entries()) {
      client.sendCbor(echoes(keys[i] as number, 'still there'));
      expect(await client.nextCbor()).toEqual(echoed(keys[i] as number, 'still there'));
    }
    await program.waitForLine(/echo_lapps\.lua.*attempt to index/);
  });

  test.each<[string, (client: WsClient) => void, number, number | undefined]>([
    ['a text frame', (client) => client.socket.send('hello'), 1003, -32600],
    ['bytes that are no CBOR', (client) => client.socket.send(Uint8Array.of(0xa1, 0xff)), 1007, -32700],
    ['CBOR that is no message', (client) => client.sendCbor({ lapps: 2, method: 'x' }), 1002, -32600],
    ['a method with an underscore', (client) => client.sendCbor({ lapps: 1, method: '_x' }), 1002, -32600],
    ['a notification without params', (client) => client.sendCbor({ lapps: 1, method: 'x', cid: 1 }), 1003, -32600],
    [
      'a wrong password',
      (client) => client.sendCbor({ lapps: 1, method: 'login', params: [{ user: 'admin', password: 'x' }] }),
      1000,
      10,
    ],
    [
      'an echo without login',
      (client) => client.sendCbor({ lapps: 1, method: 'echo', params: [{ authkey: 1 }] }),
      1000,
      -32000,
    ],
    ['a message beyond the limit', (client) => client.socket.send(new Uint8Array(16_385)), 1009, undefined],
  ])('%s ends that connection with its code, and no other', async (_what, send, code, error) => {
    const { url } = await serve();
    const bystanders = await Promise.all([1, 2, 3].map(() => openWs(`${url}/echo_lapps`)));
    const culprit = await openWs(`${url}/echo_lapps`);
    send(culprit);
    if (error !== undefined) {
      expect(await culprit.nextCbor()).toEqual({
        cid: 0,
        status: 0,
        error: { code: error, message: expect.any(String) },
      });
    }
    expect(await culprit.closed).toMatchObject({ code });
    for (const bystander of bystanders) await login(bystander);
  });

  test('onDisconnect runs for a client that vanishes without a Close', async () => {
    const { url, program } = await serve();
    const client = await openWs(`${url}/echo_lapps`);
    await login(client);
    client.socket.terminate();
    await program.waitForLine(/gone: true/);
  });

  test('a raw service that does not return true closes with 1000; sizes and opcodes are kept', async () => {
    const { url } = await serve();
    const client = await openWs(`${url}/echo`);
    client.socket.send('text');
    expect(await client.next()).toBe('text');
    client.socket.send(Uint8Array.of(0, 1, 255));
    expect(await client.next()).toEqual(Buffer.of(0, 1, 255));
    client.socket.send('stats');
    // Handlers are small whole numbers, also as text.
    expect(await client.next()).toMatch(/^sends: \d+\/5$/);
    client.socket.send('');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    const large = await openWs(`${url}/echo`);
    large.socket.send('x'.repeat(513));
    expect(await large.closed).toMatchObject({ code: 1009 });
  });

  test('extra headers are sent, unknown targets get 403', async () => {
    const { url } = await serve();
    const socket = new WebSocket(`${url}/echo_lapps`);
    const [response] = (await once(socket, 'upgrade')) as [IncomingMessage];
    expect(response.headers['strict-transport-security']).toBe('max-age=31536000');
    socket.terminate();
    await expect(openWs(`${url}/echo_lapps/`)).rejects.toThrow('403');
    await expect(openWs(`${url}/echo_lapps?x=1`)).rejects.toThrow('403');
  });

  test('files of the first generation: a list of services, internal, limits at the top', async () => {
    const { url, program } = await serve(...first);
    const client = await openWs(`${url}/article`);
    client.sendCbor({ lapps: 1, method: 'any', params: ['a', { b: [1] }, null] });
    const messages = [await client.nextCbor(), await client.nextCbor()];
    expect(messages).toContainEqual({ cid: 5, message: [expect.any(Number)] });
    expect(messages).toContainEqual({ cid: 0, status: 1, result: ['a', { b: [1] }, null] });
    client.sendCbor({ lapps: 1, method: 'any' });
    expect(await answer(client)).toEqual({ cid: 0, status: 1, result: [] });
    const warnings = program.lines.filter((line) => line.includes('"level":"warn"')).join('\n');
    for (const key of ['listeners', 'connection_weight', 'auto_fragment', 'directories.workdir']) {
      expect(warnings).toContain(`${key}: without effect`);
    }
    const raw = await openWs(`${url}/echo`);
    raw.socket.send('x'.repeat(200_000));
    expect(await raw.next()).toHaveLength(200_000);
  });
});
