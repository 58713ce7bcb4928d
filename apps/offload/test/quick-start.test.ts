import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateConfig } from '../src/config.js';
import { nextCommands, QUICK_START_SCRIPT, withQuickStart } from '../src/quick-start.js';
import type { Running } from '../src/ready-text.js';
import { temporaryFolder } from './support/temporary-folder.js';

const repository = new URL('../../..', import.meta.url).pathname;

const running: Running = {
  spop: [{ host: '127.0.0.1', port: 12_345 }],
  scripts: [QUICK_START_SCRIPT],
  messages: [{ name: 'check-client-ip', where: 'quick-start.lua:33', engine: 'fengari' }],
  workers: 1,
};

const withHaproxy = (): Record<string, string> => ({ PATH: temporaryFolder({ haproxy: '' }) });
const withOffload = (): Record<string, string> => ({ PATH: temporaryFolder({ offload: '' }) });

describe('QUICK_START_SCRIPT', () => {
  test('QUICK_START_SCRIPT is the script of examples/quick-start', () => {
    const example = readFileSync(join(repository, 'examples/quick-start/quick-start.lua'), 'utf8');
    expect(readFileSync(QUICK_START_SCRIPT, 'utf8')).toBe(example);
  });
});

describe('withQuickStart()', () => {
  test('withQuickStart() serves the quick-start script only where no script is named', () => {
    expect(withQuickStart(validateConfig({})).scripts).toEqual([{ file: QUICK_START_SCRIPT }]);
    expect(withQuickStart(validateConfig({ scripts: ['a.lua'] })).scripts).toEqual([{ file: 'a.lua' }]);
  });
});

describe('nextCommands()', () => {
  const notify = 'notify check-client-ip src=ipv4:192.0.2.7 path=str:/';

  test('nextCommands() offers our own client where there is no HAProxy', () => {
    expect(nextCommands(running, { env: withOffload(), cwd: '/' })).toEqual([`offload ${notify}`]);
  });

  test('nextCommands() names npx in a folder that has the program, else the path of the program', () => {
    const cwd = temporaryFolder({ 'node_modules/.bin/offload': '' });
    expect(nextCommands(running, { env: {}, cwd })).toEqual([`npx offload ${notify}`]);
    expect(nextCommands(running, { env: {}, cwd: join(repository, 'apps') })).toEqual([
      `node offload/dist/main.js ${notify}`,
    ]);
  });

  test('nextCommands() offers the shipped HAProxy configuration and a request where HAProxy is installed', () => {
    expect(nextCommands(running, { env: withHaproxy(), cwd: repository })).toEqual([
      'haproxy -db -f configs/haproxy/haproxy.cfg',
      'curl -i http://127.0.0.1:8080/',
    ]);
  });

  test('nextCommands() names the address where it is not the usual one', () => {
    const elsewhere: Running = { ...running, spop: [{ path: '/run/spop.sock' }] };
    const [line] = nextCommands(elsewhere, { env: { ...withHaproxy() }, cwd: join(repository, 'apps') });
    expect(line).toBe(
      'node offload/dist/main.js notify --to unix:/run/spop.sock check-client-ip src=ipv4:192.0.2.7 path=str:/',
    );
  });

  test("nextCommands() names a script's own first message, and help where there is none", () => {
    const own: Running = { ...running, scripts: ['a.lua'] };
    expect(nextCommands(own, { env: withOffload(), cwd: '/' })).toEqual(['offload notify check-client-ip']);
    expect(nextCommands({ ...own, messages: [] }, { env: withOffload(), cwd: '/' })).toEqual(['offload --help']);
  });
});
