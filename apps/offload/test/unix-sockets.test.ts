import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram, startProgram } from './support/process.js';
import { offload } from './support/run-cli.js';
import { temporaryFolder } from './support/temporary-folder.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Two sockets in a new folder, and the flags that name them. */
function sockets(): { readonly spop: string; readonly ws: string; readonly flags: readonly string[] } {
  const folder = temporaryFolder();
  const [spop, ws] = [join(folder, 'spop.sock'), join(folder, 'ws.sock')];
  return { spop, ws, flags: ['--spop', '--spop-listen', `unix:${spop}`, '--ws', '--ws-listen', `unix:${ws}`] };
}

describe('unix sockets', () => {
  test('serve gives them the modes it is told, and replaces those a killed process left behind', async () => {
    const { spop, ws, flags } = sockets();
    const args = ['serve', ...flags, '--spop-unix-mode', '0660', '--ws-unix-mode', '606'];
    const first = startProgram('offload', args);
    await first.waitForLine(/ready/);
    expect([modeOf(spop), modeOf(ws)]).toEqual([0o660, 0o606]);
    first.signal('SIGKILL');
    await first.ended;
    expect([existsSync(spop), existsSync(ws)]).toEqual([true, true]);
    const second = startProgram('offload', args);
    await second.waitForLine(/ready/);
    expect([modeOf(spop), modeOf(ws)]).toEqual([0o660, 0o606]);
    const login = ['call', `ws+unix:${ws}:/echo_lapps`, 'login', '[{"user":"admin","password":"admin"}]'];
    expect((await runProgram('offload', login)).code).toBe(0);
    second.signal('SIGTERM');
    await second.ended;
    expect([existsSync(spop), existsSync(ws)]).toEqual([false, false]);
  });

  test('serve refuses a path of either that the system would cut', async () => {
    const long = `unix:${join(temporaryFolder(), 'x'.repeat(108))}`;
    for (const door of ['spop', 'ws']) {
      const { code, stderr } = await runProgram('offload', ['serve', `--${door}`, `--${door}-listen`, long]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/Cannot listen on .*: the path of a socket has \d+ bytes at most, this has \d+/);
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });

  test.each(['660x', '0o660', '888', '60', '01777'])('check refuses mode %s', async (mode) => {
    for (const door of ['spop', 'ws']) {
      const { code, stderr } = await offload(['check', `--${door}-unix-mode`, mode]);
      expect(code).toBe(2);
      expect(stderr).toContain(`--${door}-unix-mode`);
      expect(stderr).toContain('Expected octal digits as chmod takes them, such as 0660');
    }
  });

  test('check refuses a mode that is a number, and says of one without a unix socket that it has no effect', async () => {
    const folder = temporaryFolder({
      'bad.yaml': 'spop: { unixMode: 0660 }\n',
      'idle.yaml': 'ws: { unixMode: "0660" }\n',
    });
    const bad = await offload(['check', '-c', join(folder, 'bad.yaml')]);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('bad.yaml:1:9): Expected octal digits in quotes, such as "0660"');
    const idle = await runProgram('offload', ['check', '-c', join(folder, 'idle.yaml')]);
    expect(idle.stderr).toContain('ws.unixMode: without effect: there is no unix socket among the addresses');
  });
});
