import { describe, expect, test } from 'vitest';
import { runProgram } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';

const good = `spoa.register_message("one", function(args) end)
spoa.register_message("two", function(args) end)
`;

describe('offload check', () => {
  test('check prints the messages with file, line and engine, and exits with 0', async () => {
    const cwd = temporaryFolder({ 'a.lua': good, 'b.lua': 'spoa.register_message("three", function() end)' });
    const { code, stdout, stderr } = await runProgram('offload', ['check', '-f', 'a.lua', '-f', 'fengari:b.lua'], {
      cwd,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Script a.lua: ok\nScript b.lua: ok\n');
    expect(stdout).toMatch(/^ {2}one +\S*a\.lua:1 +lua$/m);
    expect(stdout).toMatch(/^ {2}two +\S*a\.lua:2 +lua$/m);
    expect(stdout).toMatch(/^ {2}three +\S*b\.lua:1 +fengari$/m);
  });

  test('check --json prints one document', async () => {
    const cwd = temporaryFolder({ 'a.lua': good, 'c.yaml': 'scripts: [a.lua]\n' });
    const { code, stdout } = await runProgram('offload', ['check', '--json', '-c', 'c.yaml'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      config: 'c.yaml',
      scripts: ['a.lua'],
      messages: [{ name: 'one' }, { name: 'two' }],
    });
  });

  test('check says which engines there are for a file with the prefix of none', async () => {
    const cwd = temporaryFolder({ 'a.lua': good });
    const { code, stderr } = await runProgram('offload', ['check', '-f', 'luajit:a.lua'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Cannot read .*luajit:a\.lua: there is no such file\nluajit is no engine; there are lua, fengari, pyodide, /,
    );
    expect((await runProgram('offload', ['check', '-f', 'b.lua'], { cwd })).stderr).not.toContain('engine');
  });

  test('check without scripts checks the quick-start script', async () => {
    const { code, stdout } = await runProgram('offload', ['check']);
    expect(code).toBe(0);
    expect(stdout).toContain('check-client-ip');
  });

  test.each([
    ['a syntax error', 'local x =\n', /bad\.lua:\d/],
    ['an error while loading', '\nerror("no such luck")\n', /bad\.lua:2.*no such luck/],
    [
      'a message registered twice',
      `${good}spoa.register_message("one", print)\n`,
      /'one' is registered twice.*bad\.lua:1/,
    ],
    ['a script that never ends', 'while true do end\n', /bad\.lua/],
  ])('check exits with 1 for %s, and says where', async (_what, script, reason) => {
    const cwd = temporaryFolder({ 'bad.lua': script });
    const args = ['check', '-f', 'bad.lua', '--load-timeout', '200'];
    const { code, stdout, stderr } = await runProgram('offload', args, { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
  });

  test.each(['lua', 'fengari', 'cpython'])('check refuses a device as a script for %s', async (engine) => {
    const { code, stderr } = await runProgram('offload', ['check', '-f', `${engine}:/dev/zero`]);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot read /dev/zero: it is no file but a pipe, socket or device');
  });

  test('check exits with 1 for a script that is not there', async () => {
    const { code, stderr } = await runProgram('offload', ['check', '-f', '/nowhere/a.lua']);
    expect(code).toBe(1);
    expect(stderr).toContain('/nowhere/a.lua');
  });

  test('check exits with 1 for a fault in the config file, with path, line and column', async () => {
    const cwd = temporaryFolder({ 'c.yaml': 'spop:\n  listen: []\nlog: { level: loud }\n' });
    const { code, stderr } = await runProgram('offload', ['check', '-c', 'c.yaml'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('spop.listen (c.yaml:2:3)');
    expect(stderr).toContain('log.level (c.yaml:3:8)');
  });
});
