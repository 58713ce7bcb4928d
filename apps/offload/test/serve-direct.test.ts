import { join } from 'node:path';
import { canShareAddresses } from '@offload/script-bridge';
import { describe, expect, test } from 'vitest';
import { runProgram, spopAddress, startProgram } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';

const direct = ['serve', '--spop', '--spop-direct', '--spop-listen', '127.0.0.1:0'];

async function scoreOf(address: string): Promise<unknown> {
  const asked = ['notify', '--json', '--to', address, 'check-client-ip', 'src=ipv4:192.0.2.7'];
  const { stdout } = await runProgram('offload', asked);
  return JSON.parse(stdout);
}

const SCORE = `spoa.register_message("check-client-ip", function(args)
  spoa.set_var_int32("ip_score", spoa.scope.sess, 90)
end)`;
const scored = { actions: [{ name: 'ip_score', value: 90 }, { name: 'ip_note' }] };

describe('offload serve --spop-direct', () => {
  test('serve --spop-direct says so, answers over TCP and over a unix socket, and stops with code 0', async () => {
    const path = join(temporaryFolder(), 'spop.sock');
    const program = startProgram('offload', [...direct, '-n', '1', '--spop-listen', `unix:${path}`]);
    const address = await spopAddress(program);
    expect(program.lines.join('\n')).toContain(`SPOP agent on ${address}, read by the workers themselves\n`);
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
    ['one worker with compiled Lua', ['-n', '1'], true],
    ['one worker, --no-spop-direct', ['-n', '1', '--no-spop-direct'], false],
    ['one worker with fengari', ['-n', '1', '--lua-engine', 'fengari'], false],
    [
      'one worker with a script of fengari and one of compiled Lua',
      ['-n', '1', '-f', 'a.lua', '-f', 'fengari:b.lua'],
      false,
    ],
    ['one worker that serves browsers, too', ['-n', '1', '--ws', '--ws-listen', '127.0.0.1:0'], false],
    ['two workers', ['-n', '2'], false],
  ])('serve reads in the worker of itself only where that costs nothing: %s', async (_name, more, isDirect) => {
    const cwd = temporaryFolder({ 'a.lua': SCORE, 'b.lua': '' });
    const flags = ['serve', '--spop', '--spop-listen', '127.0.0.1:0', ...more];
    const program = startProgram('offload', flags, { cwd });
    expect(JSON.stringify(await scoreOf(await spopAddress(program)))).toContain('"value":90');
    expect(program.lines.join('\n').includes('read by the workers')).toBe(isDirect);
  });

  test('serve --spop-direct -d reads in the main thread', async () => {
    const program = startProgram('offload', [...direct, '-d']);
    expect(await scoreOf(await spopAddress(program))).toMatchObject(scored);
    expect(program.lines.join('\n')).not.toContain('read by the workers');
  });
});
