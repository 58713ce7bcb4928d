import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Connection, lappsService, type ServiceOptions } from '../src/index.js';
import { begin } from './support/begin.js';
import { start } from './support/harness.js';
import { clientFrame, closePayload, type Frame } from './support/raw-client.js';

const shown = ({ opcode, payload }: Frame): string | number =>
  opcode === 8 ? payload.readUInt16BE() : String(payload);
const bye = clientFrame(8, closePayload(1001));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A service that says what came to it; `answers` are owed until `settle` is called. */
const slow = async (more: Partial<ServiceOptions> = {}, options: Parameters<typeof begin>[1] = {}) => {
  const calls: string[] = [];
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => (settle = resolve));
  let asked = (): void => undefined;
  const closing = new Promise<void>((resolve) => (asked = resolve));
  const harness = await begin(
    {
      onMessage: (_connection, data) => void calls.push(String(data)),
      onClosing: () => {
        calls.push('closing');
        asked();
        return settled;
      },
      onClose: () => void calls.push('closed'),
      ...more,
    },
    options,
  );
  /** Resolves when the service has seen so many messages. */
  const seen = async (count: number): Promise<void> => {
    while (calls.length < count) await turn();
  };
  return { ...harness, calls, closing, settle, seen };
};

describe('stop()', () => {
  it('stop() sends Close 1001 behind the answers to what had come', async () => {
    const { client, connection, server, calls, closing, settle, seen, closes } = await slow();
    client.send(clientFrame(1, '1'), clientFrame(1, '2'));
    await seen(2);
    const stopped = server.stop();
    await closing;
    expect(connection.open).toBe(true);
    for (const text of ['answer 1', 'answer 2']) expect(connection.send(text)).toBe(true);
    settle();
    const got = [await client.frame(), await client.frame(), await client.frame()];
    expect(got.map(shown)).toEqual(['answer 1', 'answer 2', 1001]);
    expect(connection.send('late')).toBe(false);
    client.send(bye);
    await stopped;
    expect(calls).toEqual(['1', '2', 'closing', 'closed']);
    expect(closes).toEqual([{ code: 1001, reason: 'server is going away', cause: 'shutdown' }]);
  });

  it('stop() takes what this machine has received for what had come, and drops what comes later', async () => {
    const { client, connection, server, calls, closing, settle } = await slow();
    // Received by the system, and not yet read: nobody has turned to the event loop since.
    const written = once(client.socket, 'drain');
    client.socket.write(clientFrame(1, 'x'.repeat(60_000)));
    if (client.socket.writableLength > 0) await written;
    const stopped = server.stop();
    await closing;
    client.send(clientFrame(1, 'later'));
    for (let i = 0; i < 10; i++) await turn();
    connection.send('answer');
    settle();
    expect(shown(await client.frame())).toBe('answer');
    expect(shown(await client.frame())).toBe(1001);
    client.send(clientFrame(1, 'still later'), bye);
    await stopped;
    expect(calls).toEqual(['x'.repeat(60_000), 'closing', 'closed']);
  });

  it('stop() gives answers four fifths of its time, then says Close and still waits for that of the client', async () => {
    const { client, server, closing, closes } = await slow();
    const stopped = server.stop({ graceMs: 500 });
    await closing;
    expect(shown(await client.frame())).toBe(1001);
    client.send(bye);
    await stopped;
    expect(closes).toEqual([{ code: 1001, reason: 'server is going away', cause: 'shutdown' }]);
  });

  it('stop() delivers the messages kept by pauseReading(), and asks onClosing() behind them', async () => {
    const { client, connection, server, calls, closing, settle, seen } = await slow({
      onMessage: (own: Connection, data) => {
        calls.push(String(data));
        if (String(data) === '1') own.pauseReading();
      },
    });
    client.send(...['1', '2', '3'].map((text) => clientFrame(1, text)));
    await seen(1);
    const stopped = server.stop();
    await turn();
    await turn();
    await turn();
    expect(calls).toEqual(['1']);
    connection.resumeReading();
    await closing;
    expect(calls).toEqual(['1', '2', '3', 'closing']);
    settle();
    expect(shown(await client.frame())).toBe(1001);
    client.send(bye);
    await stopped;
  });

  it('stop() leaves a connection to its service to close, or to its client to end', async () => {
    const own = await slow();
    const stopped = own.server.stop();
    await own.closing;
    own.connection.send('first');
    own.connection.close(4001, 'ours');
    expect(shown(await own.client.frame())).toBe('first');
    expect(shown(await own.client.frame())).toBe(4001);
    own.client.send(clientFrame(8, closePayload(4001)));
    await stopped;
    own.settle();
    expect(own.closes).toEqual([{ code: 4001, reason: 'ours', cause: 'local' }]);

    const crossing = await slow();
    const crossed = crossing.server.stop();
    await crossing.closing;
    crossing.client.send(clientFrame(8, closePayload(3456)));
    for (let i = 0; i < 10; i++) await turn();
    crossing.connection.send('answer');
    crossing.settle();
    expect(shown(await crossing.client.frame())).toBe('answer');
    expect(shown(await crossing.client.frame())).toBe(1001);
    await crossed;
    expect(crossing.calls).toEqual(['closing', 'closed']);
    expect(crossing.closes).toMatchObject([{ code: 1001, cause: 'shutdown' }]);
  });

  it('stop() waits for the promises of onMessage(), as the Close of a client does', async () => {
    for (const end of ['stop', 'close'] as const) {
      let settle = (): void => undefined;
      const settled = new Promise<void>((resolve) => (settle = resolve));
      const { client, server, closed } = await begin({
        onMessage: async (connection, data) => {
          await settled;
          connection.send(`answer to ${data}`);
        },
      });
      client.send(clientFrame(1, '1'), clientFrame(1, '2'));
      while (server.stats().messagesIn < 2) await turn();
      let stopped: Promise<void> | undefined;
      if (end === 'stop') stopped = server.stop();
      else client.send(bye);
      for (let i = 0; i < 10; i++) await turn();
      settle();
      const got = [await client.frame(), await client.frame(), await client.frame()];
      expect(got.map(shown)).toEqual(['answer to 1', 'answer to 2', 1001]);
      if (end === 'stop') client.send(bye);
      await closed;
      await stopped;
    }
  });

  it('stop() answers the requests of lappsService() first', async () => {
    let finish: ((result: readonly string[]) => void) | undefined;
    const { open, server } = await start({
      services: {
        '/l': lappsService({
          methods: { slow: () => new Promise((resolve) => (finish = resolve)), quick: () => ['quick'] },
        }),
      },
    });
    const client = await open('/l');
    const request = (method: string) => clientFrame(2, Buffer.from(`\xa2elapps\x01fmethod${method}`, 'latin1'));
    client.send(request('dslow'), request('equick'));
    while (finish === undefined) await turn();
    const stopped = server.stop();
    for (let i = 0; i < 10; i++) await turn();
    finish(['slow']);
    expect(String((await client.frame()).payload)).toContain('slow');
    expect(String((await client.frame()).payload)).toContain('quick');
    expect(shown(await client.frame())).toBe(1001);
    client.send(bye);
    await stopped;
  });

  it('stop() answers what was compressed, on both ways', async () => {
    const { port, server } = await start({
      services: {
        '/s': {
          perMessageDeflate: { threshold: 0 },
          onMessage: (connection, data) => connection.send(data),
        },
      },
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/s`);
    await once(socket, 'open');
    const got: number[] = [];
    socket.on('message', (data: Buffer) => got.push(data.length));
    const sizes = [100_000, 50_000, 1000];
    for (const size of sizes) socket.send(Buffer.alloc(size, 'x'));
    while (server.stats().bytesIn === 0) await turn();
    const closed = once(socket, 'close');
    await server.stop();
    expect((await closed)[0]).toBe(1001);
    expect(got).toEqual(sizes);
  });
});
