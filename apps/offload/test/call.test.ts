import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { encodeError, encodeResult } from '@offload/lapps-codec';
import { createLappsServer, lappsService, notify, RequestError } from '@offload/lapps-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '../src/certificate.js';
import { startProgram } from './support/process.js';
import { offload } from './support/run-cli.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** A service that knows a few methods; `silent` never answers. */
const server = createLappsServer({
  services: {
    '/lapps': lappsService({
      methods: {
        echo: ({ params }) => params,
        nothing: () => [],
        big: () => [2n ** 60n, Uint8Array.of(1, 255)],
        broken: () => {
          throw new RequestError(-32001, 'No such luck', { why: 'test' });
        },
        silent: () => new Promise(() => {}),
        bye: ({ connection }) => {
          connection.close(4001, 'go away');
          return new Promise(() => {});
        },
        tick: ({ connection }) => {
          notify(connection, 5, ['tick', { n: 1 }]);
          notify(connection, 6, []);
          return ['ticked'];
        },
      },
      onNotification: ({ method, params, cid, connection }) => {
        if (method === 'bye') connection.close(4001, 'go away');
        else if (method === 'refused') {
          connection.send(encodeError({ code: -32600, message: 'Not like this', data: ['data'] }));
          connection.close(1002, 'not like this');
        } else if (method !== 'silent') notify(connection, Number(cid), [method, ...params]);
      },
    }),
  },
});
let url: string;

beforeAll(async () => {
  const { port } = (await server.listen({ host: '127.0.0.1', port: 0 })) as { port: number };
  url = `ws://127.0.0.1:${port}/lapps`;
});
afterAll(() => server.stop({ graceMs: 100 }));

describe('offload call', () => {
  test('call prints each item of the result as JSON, or says ok', async () => {
    expect(await offload(['call', url, 'echo', '[1,"zwei",{"drei":[3.5,null]}]'])).toEqual({
      code: 0,
      stdout: '1\n"zwei"\n{"drei":[3.5,null]}\n',
      stderr: '',
    });
    expect(await offload(['call', url, 'nothing'])).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
  });

  test('call --json prints the message as it came; what JSON cannot say keeps its value', async () => {
    expect((await offload(['call', url, 'echo', '[1]', '--json'])).stdout).toBe('{"cid":0,"status":1,"result":[1]}\n');
    expect((await offload(['call', url, 'big', '--json'])).stdout).toBe(
      '{"cid":0,"status":1,"result":["1152921504606846976",{"hex":"01ff"}]}\n',
    );
  });

  test('call exits with 1 for an error object and prints it', async () => {
    expect(await offload(['call', url, 'broken'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'offload: broken failed with error -32001: No such luck\n',
    });
    const { code, stdout } = await offload(['call', url, 'broken', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      cid: 0,
      status: 0,
      error: { code: -32001, message: 'No such luck', data: { why: 'test' } },
    });
  });

  test('call exits with 1 without an answer in time, and when the service hangs up', async () => {
    const late = await offload(['call', url, 'silent', '--timeout', '50']);
    expect(late).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('no answer in 50 ms') });
    const gone = await offload(['call', url, 'bye']);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('closed the connection with 4001') });
  });

  test('call says what to do when it cannot connect', async () => {
    const root = url.replace('/lapps', '');
    expect((await offload(['call', `${root}/nope`, 'x'])).stderr).toContain('there is no service at this path');
    expect((await offload(['call', `${url.replace('ws:', 'wss:')}`, 'x'])).stderr).toContain('try ws: instead of wss:');
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const nobody = await offload(['call', `ws://127.0.0.1:${port}/x`, 'x']);
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('offload serve --ws') });
  });

  test('call gives up a server that takes the connection and says nothing', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const { port } = mute.address() as { port: number };
    const { code, stderr } = await offload(['call', `ws://127.0.0.1:${port}/x`, 'x', '--timeout', '50']);
    mute.close();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('no connection in 50 ms'),
    });
  });

  test.each([
    ['http://127.0.0.1/x', 'x', 'Expected ws://HOST:PORT/PATH'],
    ['127.0.0.1:5083/x', 'x', 'Expected ws://HOST:PORT/PATH'],
    ['ws://h/x', 'x', 'array of parameters', '{"a":1}'],
    ['ws://h/x', 'x', 'not JSON', '[1,'],
    ['ws://h/x', 'x', 'The number 9007199254740993 would not be sent as it is', '[{"9":[9007199254740993]}]'],
    ['ws://h/x', 'x', 'The number 1e999 would not', '[1e999]'],
    ['ws://h/x', 'x', 'after --cid', '[]', '--cid', '-1'],
    ['ws://h/x', 'x', 'after --timeout', '[]', '--timeout', 'soon'],
    ['ws://h/x', 'x', 'after --ca', '[]', '--ca', '/nowhere/ca.pem'],
  ])('call %s %s exits with 2: %s', async (to, method, complaint, ...more) => {
    const { code, stderr } = await offload(['call', to, method, ...more]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(complaint) });
  });

  test('call ends though the server never answers its Close', async () => {
    const server = createServer((socket) => {
      socket.once('data', (request) => {
        const [, key = ''] = /Sec-WebSocket-Key: (.*)\r/i.exec(request.toString('latin1')) ?? [];
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
        socket.write(`${head}\r\n\r\n`);
        const result = encodeResult(['done']);
        socket.once('data', () => socket.write(Buffer.concat([Buffer.of(0x82, result.length), result])));
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const called = await offload(['call', `ws://127.0.0.1:${port}/x`, 'x', '--timeout', '500']);
    expect(called).toEqual({ code: 0, stdout: '"done"\n', stderr: '' });
  }, 20_000);

  test('call says what cannot be sent, and sends what only looks like it', async () => {
    const { code, stderr } = await offload(['call', url, 'echo', '["\\ud800"]']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Cannot send these parameters: ') });
    const fine = '[9007199254740991,"9007199254740993 \\" 1e999",0.1,1e20,18014398509481984]';
    expect(await offload(['call', url, 'echo', fine, '--json'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('call --cid prints the first message on the channel of its notification', async () => {
    expect(await offload(['call', url, 'note', '[1]', '--cid', '9'])).toEqual({
      code: 0,
      stdout: 'channel 9: "note" 1\n',
      stderr: '',
    });
    expect((await offload(['call', url, 'note', '[1]', '--cid', '9', '--json'])).stdout).toBe(
      '{"cid":9,"message":["note",1]}\n',
    );
  });

  test('call --cid says when nothing came in time, which is no fault, and exits with 1 when the service hangs up', async () => {
    expect(await offload(['call', url, 'silent', '--cid', '9', '--timeout', '50'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'offload: sent; nothing came on channel 9 in 50 ms\n',
    });
    const gone = await offload(['call', url, 'bye', '--cid', '9']);
    expect(gone).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('closed the connection with 4001'),
    });
  });

  test.each([[[]], [['--listen']]])(
    'call --cid %j exits with 1 for an error object on channel 0 and prints it',
    async (more) => {
      const words = ['call', url, 'refused', '[]', '--cid', '9', ...more];
      expect(await offload(words)).toEqual({
        code: 1,
        stdout: '',
        stderr: 'offload: refused failed with error -32600: Not like this\n',
      });
      const { code, stdout } = await offload([...words, '--json']);
      expect(code).toBe(1);
      const error = { code: -32600, message: 'Not like this', data: ['data'] };
      expect(JSON.parse(stdout)).toEqual({ cid: 0, status: 0, error });
    },
  );

  test('call --listen prints what comes on any channel until a signal, then exits with 0', async () => {
    const program = startProgram('offload', ['call', url, 'tick', '--listen']);
    await program.waitForLine(/^channel 6:$/);
    program.signal('SIGINT');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.lines.sort()).toEqual(['"ticked"', 'channel 5: "tick" {"n":1}', 'channel 6:']);
  });

  test('call --cid --listen --json prints notifications as JSON lines, and exits with 1 when the service hangs up', async () => {
    const program = startProgram('offload', ['call', url, 'note', '["x"]', '--cid', '9', '--listen', '--json']);
    expect(JSON.parse(await program.waitForLine(/^\{/))).toEqual({ cid: 9, message: ['note', 'x'] });
    for (const connection of server.connections) connection.close(1001, 'gone');
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(program.lines.at(-1)).toContain('closed the connection with 1001, "gone"');
  });

  test('call reaches a unix socket', async () => {
    const path = `${temporaryFolder()}/ws.sock`;
    await server.listen({ path });
    expect((await offload(['call', `ws+unix:${path}:/lapps`, 'echo', '[1]'])).stdout).toBe('1\n');
  });

  test('call reaches a unix socket with TLS', async () => {
    const folder = temporaryFolder();
    const files = await makeCertificate({ folder, hosts: ['localhost'], days: 1, overwrite: false });
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const services = { '/lapps': lappsService({ methods: { echo: ({ params }) => params } }) };
    const secure = createLappsServer({ services, tls });
    onTestFinished(() => secure.stop({ graceMs: 100 }));
    await secure.listen({ path: `${folder}/ws.sock` });
    const call = ['call', `wss+unix:${folder}/ws.sock:/lapps`, 'echo', '[1]'];
    expect((await offload([...call, '--ca', files.cert])).stdout).toBe('1\n');
    expect((await offload(call)).stderr).toContain('its certificate is not trusted');
  });
});
