import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createAgent } from '@offload/spop-agent';
import { Scope } from '@offload/spop-codec';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatSocketAddress, type SocketAddress } from '../src/listen-address.js';
import { sendNotify } from '../src/notify-client.js';
import { offload } from './support/run-cli.js';
import { temporaryFolder } from './support/temporary-folder.js';

type Handler = Exclude<Parameters<typeof createAgent>[0]['handlers'], undefined>;

async function agentWith(
  handlers: Handler,
  at: SocketAddress = { host: '127.0.0.1', port: 0 },
): Promise<SocketAddress> {
  const agent = createAgent({ handlers });
  onTestFinished(() => agent.stop({ graceMs: 1 }));
  return agent.listen(at);
}

/** A TCP server that does with its connections whatever the test wants. */
async function serverWith(onConnection: (socket: Socket) => void): Promise<SocketAddress> {
  const server: Server = createServer(onConnection).listen(0, '127.0.0.1');
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { host: '127.0.0.1', port };
}

const message = { name: 'check', args: [] };

describe('sendNotify()', () => {
  test('sendNotify() brings the arguments to the agent and its actions back, in order', async () => {
    const to = await agentWith({
      echo: ({ args }) => [
        ...args.map(({ name, value }) => ({ type: 'set-var', scope: Scope.TXN, name, value }) as const),
        { type: 'unset-var', scope: Scope.SESS, name: 'old' },
      ],
    });
    const args = [
      { name: 'n', value: { type: 'int64', value: -(2n ** 63n) } },
      { name: 's', value: { type: 'string', value: Uint8Array.of(120) } },
    ] as const;
    const { actions, unparsedBytes } = await sendNotify({ to, timeoutMs: 5000, message: { name: 'echo', args } });
    expect(unparsedBytes).toBe(0);
    expect(actions).toEqual([
      { type: 'set-var', scope: Scope.TXN, name: 'n', value: { type: 'int64', value: -(2n ** 63n) } },
      { type: 'set-var', scope: Scope.TXN, name: 's', value: { type: 'string', value: Uint8Array.of(120) } },
      { type: 'unset-var', scope: Scope.SESS, name: 'old' },
    ]);
  });

  test('sendNotify() speaks over a unix socket', async () => {
    const to = await agentWith({ check: () => [] }, { path: join(temporaryFolder(), 'spop.sock') });
    expect((await sendNotify({ to, timeoutMs: 5000, message })).actions).toEqual([]);
  });

  test('sendNotify() names the command to start when nobody listens', async () => {
    const to = await serverWith(() => {});
    const path = join(temporaryFolder(), 'none.sock');
    await expect(sendNotify({ to: { path }, timeoutMs: 5000, message })).rejects.toMatchObject({
      code: 'OFFLOAD_ERR_CONNECT',
      message: expect.stringContaining(`offload serve --spop --spop-listen unix:${path}`),
    });
    expect(formatSocketAddress(to)).toMatch(/^127/);
  });

  test('sendNotify() gives up when an agent says nothing', async () => {
    const to = await serverWith((socket) => socket.resume());
    await expect(sendNotify({ to, timeoutMs: 50, message })).rejects.toMatchObject({ code: 'OFFLOAD_ERR_TIMEOUT' });
  });

  test('sendNotify() reports an agent that hangs up', async () => {
    const to = await serverWith((socket) => socket.once('data', () => socket.end()));
    await expect(sendNotify({ to, timeoutMs: 5000, message })).rejects.toMatchObject({
      code: 'OFFLOAD_ERR_PROTOCOL',
      message: expect.stringContaining('closed the connection'),
    });
  });

  test('sendNotify() reports the status of an agent that disconnects', async () => {
    // AGENT-DISCONNECT 13 as spop.md 5 has it.
    const frame =
      '00000038660000000100000b7374617475732d636f6465030d076d65737361676508197265736f7572636520616c6c6f636174696f6e206572726f72';
    const to = await serverWith((socket) => socket.once('data', () => socket.end(Buffer.from(frame, 'hex'))));
    await expect(sendNotify({ to, timeoutMs: 5000, message })).rejects.toMatchObject({
      code: 'OFFLOAD_ERR_PROTOCOL',
      message: expect.stringContaining('status 13, "resource allocation error"'),
    });
  });

  test('sendNotify() reports something that is no agent', async () => {
    const to = await serverWith((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(sendNotify({ to, timeoutMs: 5000, message })).rejects.toMatchObject({
      code: 'OFFLOAD_ERR_PROTOCOL',
      message: expect.stringContaining('an HTTP server answers there, no SPOE agent'),
    });
  });

  test('sendNotify() refuses a message that no frame can hold', async () => {
    const to = await agentWith({ check: () => [] });
    const args = Array.from({ length: 256 }, () => ({ name: 'n', value: { type: 'null' } }) as const);
    await expect(sendNotify({ to, timeoutMs: 5000, message: { name: 'check', args } })).rejects.toMatchObject({
      code: 'OFFLOAD_ERR_USAGE',
    });
  });
});

describe('offload notify', () => {
  const handlers: Handler = {
    check: () => [
      { type: 'set-var', scope: Scope.SESS, name: 'ip_score', value: { type: 'int32', value: 90 } },
      { type: 'set-var', scope: Scope.TXN, name: 'note', value: { type: 'string', value: Buffer.from('a\nb') } },
      { type: 'unset-var', scope: Scope.REQ, name: 'old' },
    ],
    nothing: () => [],
  };

  test('notify prints the variables as a table', async () => {
    const to = formatSocketAddress(await agentWith(handlers));
    const { code, stdout, stderr } = await offload(['notify', '--to', to, 'check', 'src=ipv4:192.0.2.1']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...table] = stdout.split('\n');
    expect(head).toMatch(/^check: acknowledged in \d+\.\d ms$/);
    expect(table).toEqual([
      '  variable       type   value',
      '  sess.ip_score  int32  90',
      String.raw`  txn.note       str    a\x0ab`,
      '  req.old        unset',
      '',
    ]);
  });

  test('notify --json prints one document', async () => {
    const to = formatSocketAddress(await agentWith(handlers));
    const { code, stdout } = await offload(['notify', 'check', '--json', '--to', to]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      message: 'check',
      milliseconds: expect.any(Number),
      actions: [
        { action: 'set', scope: 'sess', name: 'ip_score', type: 'int32', value: 90 },
        { action: 'set', scope: 'txn', name: 'note', type: 'str', value: 'a\nb' },
        { action: 'unset', scope: 'req', name: 'old' },
      ],
      unparsedBytes: 0,
    });
  });

  test('notify says so when nothing was set', async () => {
    const to = formatSocketAddress(await agentWith(handlers));
    const { code, stdout } = await offload(['notify', 'nothing', '--to', to]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^nothing: acknowledged in .* no variable set\n$/);
  });

  test('notify exits with 1 when nobody listens', async () => {
    const path = join(temporaryFolder(), 'none.sock');
    const { code, stdout, stderr } = await offload(['notify', 'check', '--to', `unix:${path}`]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Cannot connect to unix:${path}: nobody listens there`);
  });
});
