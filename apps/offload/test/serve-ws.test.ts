import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram, spopAddress, startProgram, wsUrl } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { openWs } from './support/ws-client.js';

const free = ['--ws-listen', '127.0.0.1:0'];
const examples = new URL('../../../examples/lapps-apps/apps/', import.meta.url).pathname;
const shipped = new URL('../scripts/lapps-apps/', import.meta.url).pathname;

/** A service that says when its functions are called. */
const witness = `
witness = {}
function witness.onStart() print("start in " .. (os.getenv("LAPPS_APPS_DIR") or "nowhere")) end
function witness.onMessage(handler, opcode, text)
  if text == "loop" then while true do end end
  if text == "fail" then error("no such luck") end
  return ws:send(handler, opcode, text)
end
function witness.onDisconnect(handler) print("disconnect " .. handler) end
function witness.onShutdown() print("shutdown") end
return witness
`;

const service = { witness: { protocol: 'raw', request_target: '/w', instances: 1, auto_start: true } };

function lappsHome(extra: Readonly<Record<string, string>> = {}): string {
  return temporaryFolder({
    'apps/witness/witness.lua': witness,
    'etc/conf/lapps.json': JSON.stringify({ services: service }),
    ...extra,
  });
}

describe('the demo services', () => {
  test.each(readdirSync(shipped))('%s that ships with the program is the one of the examples', (name) => {
    const files = readdirSync(join(shipped, name));
    expect(files).toEqual(readdirSync(join(examples, name)));
    for (const file of files) {
      const ours = readFileSync(join(shipped, name, file), 'utf8');
      expect(ours, file).toBe(readFileSync(join(examples, name, file), 'utf8'));
    }
  });
});

describe('offload serve --ws', () => {
  test('serve --ws without a configuration serves the demo, says so, and prints a next command that works', async () => {
    const program = startProgram('offload', ['serve', '--ws', '-n', '2', ...free]);
    const url = await wsUrl(program);
    const page = program.lines.join('\n');
    expect(page).toContain(`${url}, without TLS, the demo services as none are configured`);
    expect(page).toMatch(/ {2}echo +raw +\/echo +1 /);
    expect(page).toMatch(/ {2}time_broadcast +standalone +- +1 /);
    await program.waitForLine(/no services are configured/);
    const next = await program.waitForLine(/ call ws:/);
    const [, argument] = /login '(.*)'$/.exec(next) as unknown as [string, string];
    const { code, stdout } = await runProgram('offload', ['call', `${url}/echo_lapps`, 'login', argument]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ authkey: expect.any(Number) });
    const echo = await openWs(`${url}/echo`);
    echo.socket.send('hällo');
    expect(await echo.next()).toBe('hällo');
  });

  test('serve --ws tells the time to those who subscribed', async () => {
    const program = startProgram('offload', ['serve', '--ws', '-n', '2', ...free]);
    const client = await openWs(`${await wsUrl(program)}/echo_lapps`);
    client.sendCbor({ lapps: 1, method: 'login', params: [{ user: 'admin', password: 'admin' }] });
    const { result } = (await client.nextCbor()) as { result: [{ authkey: number }] };
    client.sendCbor({ lapps: 1, method: 'subscribe', cid: 5, params: [{ authkey: result[0].authkey }] });
    const tick = { cid: 5, message: [expect.stringMatching(/^Server time: /)] };
    expect([await client.nextCbor(), await client.nextCbor()]).toEqual([tick, tick]);
  });

  test.each([
    ['in workers', ['-n', '2']],
    ['in a worker that reads the sockets', ['-n', '1', '--ws-direct']],
    ['inline', ['--inline']],
  ])('serve --lapps-home runs services %s, and stops with 1001, onDisconnect and onShutdown', async (_how, how) => {
    const home = lappsHome();
    const program = startProgram('offload', ['serve', '--ws', '--lapps-home', home, ...how, ...free]);
    const client = await openWs(`${await wsUrl(program)}/w`);
    client.socket.send('x');
    expect(await client.next()).toBe('x');
    await program.waitForLine(new RegExp(`start in ${home}/apps/"`));
    program.signal('SIGTERM');
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    const text = program.lines.join('\n');
    expect(text.match(/"disconnect \d+"/g)).toHaveLength(1);
    expect(text.match(/"shutdown"/g)).toHaveLength(1);
  });

  test('serve goes on after a handler that fails and one that never ends', async () => {
    const args = ['serve', '--ws', '--lapps-home', lappsHome(), '-n', '1', '--script-timeout', '200', ...free];
    const program = startProgram('offload', args);
    const url = await wsUrl(program);
    const good = await openWs(`${url}/w`);
    for (const text of ['fail', 'loop']) {
      const bad = await openWs(`${url}/w`);
      bad.socket.send(text);
      expect(await bad.closed).toMatchObject({ code: 1011 });
    }
    const fault = JSON.parse(await program.waitForLine(/no such luck/)) as Record<string, unknown>;
    expect(fault).toMatchObject({ level: 'error', service: 'witness', instance: 0, conn: expect.any(Number), line: 6 });
    good.socket.send('still there');
    expect(await good.next()).toBe('still there');
  });

  test('serve reports keys without effect with their place, and listens where ws.json says', async () => {
    const home = lappsHome({
      'etc/conf/ws.json': JSON.stringify({ ip: '127.0.0.1', port: 0, tls: false, listeners: 2, nonsense: 1 }),
    });
    const program = startProgram('offload', ['serve', '--ws', '-n', '1'], { env: { LAPPS_HOME: home } });
    expect(await wsUrl(program)).toMatch(/^ws:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const warnings = program.lines.filter((line) => line.includes('"level":"warn"')).join('\n');
    expect(warnings).toMatch(/ws\.json:1:\d+: listeners: without effect/);
    expect(warnings).toMatch(/ws\.json:1:\d+: nonsense: unknown key/);
  });

  test('serve listens on several addresses, unix sockets too', async () => {
    const path = join(temporaryFolder(), 'ws.sock');
    const args = ['serve', '--ws', '-n', '1', ...free, '--ws-listen', `unix:${path}`];
    const program = startProgram('offload', args);
    for (const url of [`${await wsUrl(program)}/echo`, `ws+unix:${path}:/echo`]) {
      const client = await openWs(url);
      client.socket.send('x');
      expect(await client.next()).toBe('x');
    }
  });

  test('serve --ws exits with 1 when an address is taken, and names it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = `127.0.0.1:${(taken.address() as { port: number }).port}`;
    const { code, stderr } = await runProgram('offload', ['serve', '--ws', '-n', '1', '--ws-listen', address]);
    expect(code).toBe(1);
    expect(stderr).toContain(`offload: Cannot listen on ${address}: `);
  });

  test('serve --static serves files beside the services, to those who may connect', async () => {
    const home = lappsHome({ 'www/index.html': '<p>home</p>', 'etc/conf/ws.json': '{ "tls": false }' });
    const args = ['serve', '--ws', '-n', '1', '--lapps-home', home, '--static', join(home, 'www'), ...free];
    const program = startProgram('offload', args);
    const url = await wsUrl(program);
    const http = url.replace('ws:', 'http:');
    expect(program.lines.join('\n')).toContain(`on ${http}/`);
    expect(await (await fetch(http)).text()).toBe('<p>home</p>');
    expect((await fetch(`${http}/w`)).status).toBe(404);
    const client = await openWs(`${url}/w`);
    client.socket.send('x');
    expect(await client.next()).toBe('x');
  });

  test('serve without --static answers plain requests with 426, and --static wants a folder', async () => {
    const program = startProgram('offload', ['serve', '--ws', '-n', '1', ...free]);
    expect((await fetch((await wsUrl(program)).replace('ws:', 'http:'))).status).toBe(426);
    const { code, stderr } = await runProgram('offload', ['serve', '--ws', '--static', '/nowhere/www', ...free]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no folder /nowhere/www') });
  });

  test('serve -p is the port of WebSockets where only they are served', async () => {
    const program = startProgram('offload', ['serve', '--ws', '-n', '1', '-p', '0']);
    expect(await wsUrl(program)).toMatch(/^ws:\/\/127\.0\.0\.1:[1-9]\d*$/);
  });

  test('serve speaks TLS with the pair that offload cert makes', async () => {
    const cwd = temporaryFolder({ 'c.yaml': 'ws: { tls: { cert: cert.pem, key: key.pem } }\n' });
    expect((await runProgram('offload', ['cert'], { cwd })).code).toBe(0);
    const program = startProgram('offload', ['serve', '--ws', '-c', 'c.yaml', '-n', '1', ...free], { cwd });
    const url = await wsUrl(program);
    expect(url).toMatch(/^wss:/);
    const login = [`${url}/echo_lapps`, 'login', '[{"user":"guest","password":"guest"}]'];
    const refused = await runProgram('offload', ['call', ...login], { cwd });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--ca FILE') });
    for (const trust of [['--ca', 'cert.pem'], ['--insecure']]) {
      expect((await runProgram('offload', ['call', ...login, ...trust], { cwd })).code).toBe(0);
    }
  });

  test.each([
    ['TLS without certificates', { 'etc/conf/ws.json': '{ "tls": true }' }, /offload cert/],
    ['a script that does not load', { 'apps/witness/witness.lua': '\nlocal x = = 1\n' }, /witness\.lua:2/],
    ['a script without the functions', { 'apps/witness/witness.lua': 'return {}' }, /'witness'.*lacks onStart/],
    ['a fault in onStart', { 'apps/witness/witness.lua': witness.replace('print', 'fail') }, /witness\.lua:3/],
    ['an ACL that cannot be', { 'etc/conf/ws.json': '{"acl":{"policy":"deny","exclude":["nowhere"]}}' }, /nowhere/],
    [
      'services that depend on each other',
      {
        'etc/conf/lapps.json': JSON.stringify({
          services: {
            a: { ...service.witness, depends: ['b'] },
            b: { ...service.witness, request_target: '/b', depends: ['a'] },
          },
        }),
        'apps/a/a.lua': witness,
        'apps/b/b.lua': witness,
      },
      /a -> b -> a/,
    ],
  ])('serve exits with 1 for %s, and says why', async (_what, files, reason) => {
    const args = ['serve', '--ws', '-n', '1', '--lapps-home', lappsHome(files as Record<string, string>), ...free];
    const { code, stdout, stderr } = await runProgram('offload', args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
  });
});

describe('offload serve --spop --ws', () => {
  const both = `
both = {}
spoa.register_message("seen", function(args)
  local note = nljson.decode('{"cid":9,"message":[]}')
  note.message[1] = args.path
  bcast:send(42, note)
  spoa.set_var_boolean("told", spoa.scope.txn, true)
end)
function both.onStart() bcast:create(42) end
function both.onMessage(handler, kind, message) return bcast:subscribe(42, handler) and
  ws:send(handler, nljson.decode('{"cid":0,"status":1,"result":[]}')) end
function both.onDisconnect() end
function both.onShutdown() end
return both
`;

  test.each([
    ['behind rings', ['-n', '3']],
    ['that read their own connections', ['-n', 'auto', '--spop-direct']],
  ])('one script answers HAProxy in workers %s and is a service; bcast reaches its clients', async (_how, threads) => {
    const cwd = temporaryFolder({
      'both.lua': both,
      'c.yaml': 'ws: { services: { both: { file: both.lua, protocol: LAppS, requestTarget: /both } } }\n',
    });
    const args = ['serve', '--spop', '--ws', '-c', 'c.yaml', ...threads, '--spop-listen', '127.0.0.1:0', ...free];
    const program = startProgram('offload', args, { cwd });
    const url = await wsUrl(program);
    expect(program.lines.join('\n')).toMatch(/ {2}seen +both\.lua:\d+ +/);
    expect(program.lines.join('\n')).not.toContain('quick-start.lua');
    const client = await openWs(`${url}/both`);
    client.sendCbor({ lapps: 1, method: 'watch' });
    expect(await client.nextCbor()).toEqual({ cid: 0, status: 1, result: [] });
    const to = await spopAddress(program);
    for (const path of ['/a', '/b', '/c']) {
      const { stdout } = await runProgram('offload', ['notify', '--to', to, '--json', 'seen', `path=str:${path}`]);
      expect(JSON.parse(stdout)).toMatchObject({ actions: [{ name: 'told', value: true }] });
      expect(await client.nextCbor()).toEqual({ cid: 9, message: [path] });
    }
  });

  test('serve --spop --ws without scripts serves the quick-start script and the demo', async () => {
    const args = ['serve', '--spop', '--ws', '-n', '1', '--spop-listen', '127.0.0.1:0', ...free];
    const program = startProgram('offload', args);
    const url = await wsUrl(program);
    expect(program.lines.join('\n')).toContain('check-client-ip');
    expect(program.lines.slice(-3).join('\n')).toContain('check-client-ip');
    await openWs(`${url}/echo`);
  });
});

describe('offload check --ws', () => {
  test('check --ws loads services, starts them, runs nothing, and prints them', async () => {
    const home = lappsHome({
      'apps/clock/clock.lua':
        'clock = {}\nfunction clock.init() print("init") end\nfunction clock.run() print("run") end\nreturn clock',
      'etc/conf/lapps.json': JSON.stringify({ services: { ...service, clock: { standalone: true } } }),
    });
    const { code, stdout, stderr } = await runProgram('offload', ['check', '--ws', '--lapps-home', home]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}witness +raw +\/w +1 +\S*witness\.lua\n/);
    expect(stdout).toMatch(/ {2}clock +standalone +- +1 +\S*clock\.lua\n/);
    expect(stderr).toMatch(/"init"/);
    expect(stderr).not.toMatch(/"run"/);
    const json = await runProgram('offload', ['check', '--ws', '--lapps-home', home, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      services: [
        { name: 'clock', kind: 'standalone', instances: 1 },
        { name: 'witness', kind: 'raw', target: '/w', instances: 1 },
      ],
    });
  });

  test('check --ws exits with 1 for a service that does not load', async () => {
    const home = lappsHome({ 'apps/witness/witness.lua': 'error("no such luck")' });
    const { code, stderr } = await runProgram('offload', ['check', '--ws', '--lapps-home', home]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/witness\.lua:1.*no such luck/);
  });
});
