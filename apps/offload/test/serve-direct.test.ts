import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { canShareAddresses } from '@offload/script-bridge';
import { describe, expect, test } from 'vitest';
import { runProgram, spopAddress, startProgram, wsUrl } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { openWs } from './support/ws-client.js';

const direct = ['serve', '--spop', '--spop-direct', '--spop-listen', '127.0.0.1:0'];

async function scoreOf(address: string): Promise<unknown> {
  const asked = ['notify', '--json', '--to', address, 'check-client-ip', 'src=ipv4:192.0.2.7'];
  const { stdout } = await runProgram('offload', asked);
  return JSON.parse(stdout);
}

const ws = ['--ws', '--ws-listen', '127.0.0.1:0'];

const SCORE = `spoa.register_message("check-client-ip", function(args)
  spoa.set_var_int32("ip_score", spoa.scope.sess, 90)
end)`;
const scored = { actions: [{ name: 'ip_score', value: 90 }, { name: 'ip_note' }] };

describe('offload serve --spop-direct', () => {
  test('serve --spop-direct says so, answers over TCP and over a unix socket, and stops with code 0', async () => {
    const path = join(temporaryFolder(), 'spop.sock');
    const program = startProgram('offload', [...direct, '-n', '1', '--spop-listen', `unix:${path}`]);
    const address = await spopAddress(program);
    expect(program.lines.join('\n')).toContain(`SPOP agent on ${address}, read by the worker itself\n`);
    expect(await scoreOf(address)).toMatchObject(scored);
    expect(await scoreOf(`unix:${path}`)).toMatchObject(scored);
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test('serve --spop-direct logs what happens to connections, with the worker', async () => {
    const program = startProgram('offload', [...direct, '-n', '1', '--log-level', 'debug', '--log-format', 'json']);
    await scoreOf(await spopAddress(program));
    const line = JSON.parse(await program.waitForLine(/spop connection opened/)) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'debug', worker: 0, conn: 1, peer: expect.stringMatching(/^127\.0\.0\.1:/) });
  });

  test.skipIf(!canShareAddresses())('serve --spop-direct shares the address among workers', async () => {
    const program = startProgram('offload', [...direct, '-n', '3']);
    expect(await scoreOf(await spopAddress(program))).toMatchObject(scored);
    expect(program.lines.join('\n')).toContain('in 3 workers');
  });

  test.skipIf(canShareAddresses())(
    'serve --spop-direct takes one worker where addresses cannot be shared',
    async () => {
      const program = startProgram('offload', direct);
      await spopAddress(program);
      expect(program.lines.join('\n')).toContain('in 1 worker\n');
      const { code, stderr } = await runProgram('offload', [...direct, '-n', '2']);
      expect(code).toBe(1);
      expect(stderr).toContain('spop.direct: 2 workers need Node 22.12 or later');
    },
  );

  test.each([
    ['one worker with compiled Lua', ['-n', '1'], { spop: true }],
    ['one worker, --no-spop-direct', ['-n', '1', '--no-spop-direct'], { spop: false }],
    ['one worker with fengari', ['-n', '1', '--lua-engine', 'fengari'], { spop: false }],
    [
      'one worker with a script of fengari and one of compiled Lua',
      ['-n', '1', '-f', 'a.lua', '-f', 'fengari:b.lua'],
      { spop: false },
    ],
    ['one worker with Pyodide and compiled Lua', ['-n', '1', '-f', 'a.lua', '-f', 'c.py'], { spop: true }],
    [
      'one worker with Pyodide that serves browsers, too',
      ['-n', '1', '-f', 'a.lua', '-f', 'c.py', ...ws],
      { spop: true, ws: true },
    ],
    ['one worker with cpython', ['-n', '1', '-f', 'a.lua', '-f', 'cpython:c.py'], { spop: false }],
    [
      'one worker, cpython by default',
      ['-n', '1', '--python-engine', 'cpython', '-f', 'a.lua', '-f', 'c.py'],
      { spop: false },
    ],
    ['one worker that serves browsers, too', ['-n', '1', ...ws], { spop: true, ws: true }],
    ['the same, --no-ws-direct', ['-n', '1', '--no-ws-direct', ...ws], { spop: false, ws: false }],
    ['the same, --no-spop-direct', ['-n', '1', '--no-spop-direct', ...ws], { spop: false, ws: true }],
    ['browsers on a unix socket', ['-n', '1', ...ws, '--ws-listen', 'unix:ws.sock'], { spop: false, ws: false }],
    ['files for browsers', ['-n', '1', ...ws, '--static', '.'], { spop: false, ws: false }],
    ['browsers and fengari', ['-n', '1', '--lua-engine', 'fengari', ...ws], { spop: false, ws: false }],
    ['two workers', ['-n', '2'], { spop: false }],
    ['two workers and browsers', ['-n', '2', ...ws], { spop: false, ws: false }],
  ])('serve reads in the worker of itself only where that costs nothing: %s', async (_name, more, isDirect) => {
    const cwd = temporaryFolder({ 'a.lua': SCORE, 'b.lua': '', 'c.py': '' });
    const flags = ['serve', '--spop', '--spop-listen', '127.0.0.1:0', ...more];
    const program = startProgram('offload', flags, { cwd });
    expect(JSON.stringify(await scoreOf(await spopAddress(program)))).toContain('"value":90');
    const page = program.lines.join('\n');
    const reads = (line: RegExp) => line.exec(page)?.[0].endsWith(', read by the worker itself');
    expect(reads(/SPOP agent on .*/)).toBe(isDirect.spop);
    const browsers = 'ws' in isDirect ? isDirect.ws : undefined;
    if (browsers === undefined) return;
    expect(reads(/WebSockets on .*/)).toBe(browsers);
    const echo = await openWs(`${await wsUrl(program)}/echo`);
    echo.socket.send('x');
    expect(await echo.next()).toBe('x');
  });

  test('serve goes on behind scripts that wait for a pipe or never end, in the worker that has the sockets', async () => {
    const cwd = temporaryFolder({
      'a.lua': `${SCORE}
        spoa.register_message("pipe", function() return io.open("pipe", "r+"):read("*a") end)
        spoa.register_message("device", function() return io.open("/dev/zero"):read("*a") end)
        spoa.register_message("texts", function() for i = 1, 400 do local s = ("a"):rep(5e6):upper():reverse() end end)
        spoa.register_message("document", function()
          local n = nljson.decode("[]")
          for i = 1, 1e9 do n[i % 1000 + 1] = { a = i } end
        end)
        spoa.register_message("waits", function()
          nap:new():usleep(1)
          local n = nljson.decode("[]")
          for i = 1, 10000 do n[i] = { a = i } end
          for i = 1, 400 do nljson.encode(n) end
        end)`,
    });
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const flags = ['serve', '--spop', '--spop-listen', '127.0.0.1:0', '-n', '1', '-f', 'a.lua'];
    const program = startProgram('offload', [...flags, '--script-timeout', '300'], { cwd });
    const address = await spopAddress(program);
    expect(program.lines.join('\n')).toContain('read by the worker itself');
    // Twice where the script waits: only then it is one that can be suspended.
    for (const message of ['pipe', 'device', 'texts', 'document', 'waits', 'waits']) {
      const { stdout } = await runProgram('offload', ['notify', '--json', '--to', address, message]);
      expect(JSON.parse(stdout), message).toMatchObject({ actions: [] });
    }
    expect(JSON.stringify(await scoreOf(address))).toContain('"value":90');
    expect(program.lines.join('\n')).not.toContain('did not come back');
  });

  test('serve goes on behind Python that never ends, waits or ends its process, in the worker that has the sockets', async () => {
    const cwd = temporaryFolder({
      'a.lua': SCORE,
      'b.py': `import os, re, sys, time
import spoa

spoa.register_message("loop", lambda args: [None for _ in iter(int, 1)])
spoa.register_message("sleep", lambda args: time.sleep(60))
spoa.register_message("pattern", lambda args: re.match("(a+)+b", "a" * 60))
spoa.register_message("leave", lambda args: sys.exit(3))
spoa.register_message("end", lambda args: os._exit(3))
`,
    });
    const flags = ['serve', '--spop', '--spop-listen', '127.0.0.1:0', '-n', '1', '-f', 'a.lua', '-f', 'b.py'];
    const program = startProgram('offload', [...flags, '--script-timeout', '300'], { cwd });
    const address = await spopAddress(program);
    for (const message of ['loop', 'sleep', 'pattern', 'leave']) {
      const { stdout } = await runProgram('offload', ['notify', '--json', '--to', address, message]);
      expect(JSON.parse(stdout), message).toMatchObject({ actions: [] });
      expect(JSON.stringify(await scoreOf(address))).toContain('"value":90');
    }
    expect(program.lines.join('\n')).not.toContain('did not come back');
    await runProgram('offload', ['notify', '--to', address, 'end']);
    await program.waitForLine(/Worker 0 replaced/);
    expect(JSON.stringify(await scoreOf(address))).toContain('"value":90');
  });

  test('serve --spop-direct -d reads in the main thread', async () => {
    const program = startProgram('offload', [...direct, '-d']);
    expect(await scoreOf(await spopAddress(program))).toMatchObject(scored);
    expect(program.lines.join('\n')).not.toContain('read by the worker itself');
  });
});

describe('offload serve --ws-direct', () => {
  test('serve --ws-direct serves TLS, refuses and logs as ever, with the connection', async () => {
    const cwd = temporaryFolder();
    await runProgram('offload', ['cert'], { cwd });
    const program = startProgram(
      'offload',
      ['serve', ...ws, '--ws-direct', '-n', '1', '--log-level', 'debug', '--log-format', 'json', '-c', 'c.yaml'],
      {
        cwd: temporaryFolder({
          'c.yaml': `ws: { tls: { cert: ${cwd}/cert.pem, key: ${cwd}/key.pem }, limits: { maxConnections: 1 } }`,
        }),
      },
    );
    const url = await wsUrl(program);
    expect(url).toMatch(/^wss:/);
    const echo = await openWs(`${url}/echo`, { rejectUnauthorized: false });
    echo.socket.send('x');
    expect(await echo.next()).toBe('x');
    await expect(openWs(`${url}/echo`, { rejectUnauthorized: false })).rejects.toThrow('503');
    const opened = JSON.parse(await program.waitForLine(/ws opened/)) as Record<string, unknown>;
    expect(opened).toMatchObject({ level: 'debug', conn: 1, target: '/echo', peer: '127.0.0.1' });
    const refused = JSON.parse(await program.waitForLine(/ws refused/)) as Record<string, unknown>;
    expect(refused).toMatchObject({ level: 'info', status: 503, why: 'connections', address: '127.0.0.1' });
    program.signal('SIGTERM');
    expect(await echo.closed).toMatchObject({ code: 1001 });
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test.each([
    ['several workers', ['-n', '2'], "ws.direct: 2 workers cannot share browsers' connections"],
    ['a unix socket', ['--ws-listen', 'unix:x.sock'], 'ws.direct: unix sockets are read by the main thread'],
    ['files', ['--static', '.'], 'ws.direct: files are served by the main thread: leave ws.static out'],
  ])('serve --ws-direct refuses %s', async (_name, more, message) => {
    const { code, stderr } = await runProgram('offload', ['serve', ...ws, '--ws-direct', ...more], {
      cwd: temporaryFolder(),
    });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
