import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { EngineSession, type SentNotify } from '@offload/spop-codec';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram, spopAddress, startProgram } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';

const free = ['--spop-listen', '127.0.0.1:0'];
/** On a busy machine what takes 0.3 s of CPU time can take longer than a handler has. */
const patient = ['--script-timeout', '20000'];

const scripts = {
  'slow.lua': `spoa.register_message("slow", function(args)
  print("slow has begun")
  local until_ = os.clock() + 0.3
  while os.clock() < until_ do end
  spoa.set_var_boolean("done", spoa.scope.txn, true)
end)
spoa.register_message("endless", function(args)
  print("endless has begun")
  spoa.set_var_boolean("begun", spoa.scope.txn, true)
  while true do end
end)
spoa.register_message("broken", function(args)
  error("no such luck")
end)
`,
};

async function notify(address: string, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await runProgram('offload', ['notify', '--json', '--to', address, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { actions: Record<string, unknown>[] }).actions;
}

/** An engine that sends one NOTIFY and leaves the answer to the test. */
async function sendAndHold(address: string, message: string): Promise<{ acknowledged: Promise<boolean> }> {
  const [host, port] = address.split(':') as [string, string];
  const socket = connect({ host, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  const engine = new EngineSession({ engineId: 'test' });
  await once(socket, 'connect');
  socket.write(engine.hello());
  let sent: SentNotify | undefined;
  const opened = new Promise<void>((resolve) => {
    socket.once('data', (chunk) => {
      engine.push(chunk);
      sent = engine.notify([{ name: message, args: [] }]);
      socket.write(sent.bytes, () => resolve());
    });
  });
  await opened;
  const acknowledged = new Promise<boolean>((resolve) => {
    socket.on('data', (chunk) => {
      if (engine.push(chunk).some((event) => event.type === 'ack' && event.known)) resolve(true);
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
  return { acknowledged };
}

describe('offload serve', () => {
  test('serve without scripts serves the quick-start script and prints a next command that works', async () => {
    const program = startProgram('offload', ['serve', '--spop', '-n', '1', ...free]);
    const address = await spopAddress(program);
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(program.lines.join('\n')).toMatch(/check-client-ip +\S*quick-start\.lua:\d+ +lua$/m);
    const next = await program.waitForLine(/notify/);
    const words = next.trim().split(' ');
    expect(await notify(address, ...words.slice(words.indexOf('check-client-ip')))).toEqual([
      { action: 'set', scope: 'sess', name: 'ip_score', type: 'int32', value: 90 },
      { action: 'set', scope: 'txn', name: 'ip_note', type: 'str', value: 'documentation address 192.0.2.7' },
    ]);
  });

  test('serve ends with code 0 on SIGTERM and on SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const program = startProgram('offload', ['serve', '-n', '1', ...free]);
      await spopAddress(program);
      program.signal(signal);
      expect(await program.ended).toEqual({ code: 0, signal: null });
    }
  });

  test('serve that is told to stop while it starts opens no door and ends with code 0', async () => {
    const cwd = temporaryFolder({ 'patient.lua': 'print("starting")\nlocal n = require("nap"):new()\nn:sleep(600)\n' });
    const program = startProgram('offload', ['serve', '-f', 'patient.lua', '-n', '1', ...free], { cwd });
    await program.waitForLine(/starting/);
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.lines.join('\n')).not.toMatch(/SPOP agent on|Cannot load/);
  });

  test('serve lets open work end at a graceful stop', async () => {
    const cwd = temporaryFolder(scripts);
    const program = startProgram('offload', ['serve', '-f', 'slow.lua', '-n', '1', ...patient, ...free], { cwd });
    const { acknowledged } = await sendAndHold(await spopAddress(program), 'slow');
    await program.waitForLine(/slow has begun/);
    program.signal('SIGTERM');
    expect(await acknowledged).toBe(true);
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test('serve ends at once, with code 1, on a second signal', async () => {
    const cwd = temporaryFolder(scripts);
    const args = [
      'serve',
      '-f',
      'slow.lua',
      '-n',
      '1',
      '--script-timeout',
      '600000',
      '--stop-timeout',
      '600000',
      ...free,
    ];
    const program = startProgram('offload', args, { cwd });
    await sendAndHold(await spopAddress(program), 'endless');
    await program.waitForLine(/endless has begun/);
    program.signal('SIGTERM');
    await program.waitForLine(/stopping/);
    program.signal('SIGINT');
    expect(await program.ended).toEqual({ code: 1, signal: null });
  });

  test('serve stops a handler past --script-timeout, acknowledges its message and logs script and line', async () => {
    const cwd = temporaryFolder(scripts);
    const args = ['serve', '-f', 'slow.lua', '-n', '1', '--script-timeout', '100', ...free];
    const program = startProgram('offload', args, { cwd });
    const address = await spopAddress(program);
    expect(await notify(address, 'endless')).toEqual([
      { action: 'set', scope: 'txn', name: 'begun', type: 'bool', value: true },
    ]);
    const fields = JSON.parse(await program.waitForLine(/SCRIPT_ERR_DEADLINE/)) as Record<string, unknown>;
    expect(fields).toMatchObject({ level: 'error', conn: expect.any(Number), line: 10 });
    expect(String(fields.script)).toMatch(/slow\.lua$/);
  });

  test('serve logs a script error with file, line and traceback, and goes on', async () => {
    const cwd = temporaryFolder(scripts);
    const program = startProgram('offload', ['serve', '-f', 'slow.lua', '-n', '1', ...patient, ...free], { cwd });
    const address = await spopAddress(program);
    expect(await notify(address, 'broken')).toEqual([]);
    const fields = JSON.parse(await program.waitForLine(/SCRIPT_ERR_RUNTIME/)) as Record<string, unknown>;
    expect(fields).toMatchObject({ level: 'error', line: 13 });
    expect(String(fields.msg)).toContain('no such luck');
    expect(String(fields.traceback)).toContain('slow.lua');
    expect(await notify(address, 'slow')).toHaveLength(1);
  });

  test('serve -d runs the scripts in the main thread and logs debug lines', async () => {
    const program = startProgram('offload', ['serve', '-d', ...free]);
    const address = await spopAddress(program);
    expect(program.lines.join('\n')).toContain('in the main thread');
    expect(await notify(address, 'check-client-ip', 'src=ipv4:127.0.0.1')).toHaveLength(2);
    await program.waitForLine(/"level":"debug".*connection/);
  });

  test('serve -d ends at a signal while a script sleeps as it loads', async () => {
    const cwd = temporaryFolder({ 'sleepy.lua': 'print("good night") nap:new():sleep(3600)' });
    const program = startProgram('offload', ['serve', '-d', '-f', 'sleepy.lua', ...free], { cwd });
    await program.waitForLine(/good night/);
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  test.each(['serve', 'check'])('%s -d says that a script waits for what nobody can send', async (command) => {
    const cwd = temporaryFolder({ 'waits.lua': 'mqr.create("q"):recv()' });
    const { code, stderr } = await runProgram('offload', [command, '--spop', '-d', '-f', 'waits.lua'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('offload: A script waits for what nobody can send any more');
  });

  test('serve listens on several addresses', async () => {
    const path = join(temporaryFolder(), 'spop.sock');
    const program = startProgram('offload', ['serve', '-n', '1', ...free, '--spop-listen', `unix:${path}`]);
    await spopAddress(program);
    expect(await notify(`unix:${path}`, 'check-client-ip')).toEqual([
      { action: 'unset', scope: 'sess', name: 'ip_score' },
    ]);
  });

  test.each(['spop', 'ws'])(
    'serve exits with 1 when the folder of a unix socket of %s is missing',
    async (frontend) => {
      const path = join(temporaryFolder(), 'none', 'a.sock');
      const { code, stderr } = await runProgram('offload', [
        'serve',
        `--${frontend}`,
        `--${frontend}-listen`,
        `unix:${path}`,
      ]);
      expect(code).toBe(1);
      const where = frontend === 'ws' ? `unix:${path}` : path;
      expect(stderr).toContain(`offload: Cannot listen on ${where}: there is no folder ${join(path, '..')}\n`);
    },
  );

  test('serve exits with 1 when an address is taken, and names it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stdout, stderr } = await runProgram('offload', ['serve', '-n', '1', '-p', String(port)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`offload: Cannot listen on 127.0.0.1:${port}: another process listens there\n`);
  });

  test('serve that fails because an address is taken blames no service for it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await runProgram('offload', ['serve', '--ws', '--ws-listen', `127.0.0.1:${port}`]);
    expect(code).toBe(1);
    // The demo's clock runs already when the doors open.
    expect(stderr).not.toContain('did not end within');
  });

  test('serve exits with 1 when a script does not load, with file and line', async () => {
    const cwd = temporaryFolder({ 'bad.lua': '\nlocal x = = 1\n' });
    const { code, stdout, stderr } = await runProgram('offload', ['serve', '-n', '2', '-f', 'bad.lua', ...free], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/bad\.lua:2/);
  });

  test('serve exits with 1 when every frontend is off', async () => {
    const { code, stderr } = await runProgram('offload', ['serve', '--no-spop']);
    expect(code).toBe(1);
    expect(stderr).toContain('Nothing to serve');
  });

  test('serve exits with 2 for a flag that does not exist', async () => {
    expect((await runProgram('offload', ['serve', '--spoop'])).code).toBe(2);
  });
});

describe('spoa', () => {
  test('spoa serves a script and stops on SIGTERM', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    probe.close();
    await once(probe, 'close');
    const cwd = temporaryFolder({
      'a.lua': 'spoa.register_message("m", function() spoa.set_var_int32("n", spoa.scope.txn, 7) end)',
    });
    const program = startProgram('spoa', ['-n2', '-f', 'a.lua', '-p', String(port)], { cwd });
    expect(await spopAddress(program)).toBe(`127.0.0.1:${port}`);
    expect(program.lines.join('\n')).toContain('in 2 workers');
    expect(await notify(`127.0.0.1:${port}`, 'm')).toMatchObject([{ name: 'n', value: 7 }]);
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });
});
