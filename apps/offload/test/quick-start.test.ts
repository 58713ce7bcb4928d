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

  test('withQuickStart() leaves HAProxy to the services where there are any, and to nobody where it is not served', () => {
    expect(withQuickStart(validateConfig({}), { demo: true }).scripts).toHaveLength(1);
    expect(withQuickStart(validateConfig({}), { demo: false }).scripts).toEqual([]);
    expect(withQuickStart(validateConfig({ spop: { enabled: false } })).scripts).toEqual([]);
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
    const odd = { ...own, messages: own.messages.map((message) => ({ ...message, name: 'a; b' })) };
    expect(nextCommands(odd, { env: withOffload(), cwd: '/' })).toEqual(["offload notify 'a; b'"]);
    expect(nextCommands({ ...own, messages: [] }, { env: withOffload(), cwd: '/' })).toEqual(['offload --help']);
  });

  const service = { name: 'echo_lapps', kind: 'LAppS', target: '/echo_lapps', instances: 1, file: 'e.lua' } as const;
  const web = { listening: [{ host: '0.0.0.0', port: 5083 }], tls: false, demo: true, services: [service] };
  const none: Running = { spop: [], scripts: [], messages: [], workers: 1 };
  const here = { env: withOffload, cwd: '/' };
  const next = (running: Running): string[] => nextCommands(running, { ...here, env: here.env() });

  test('nextCommands() offers a login to the demo, at an address that can be reached', () => {
    expect(next({ ...none, ws: web })).toEqual([
      `offload call ws://127.0.0.1:5083/echo_lapps login '[{"user":"admin","password":"admin"}]'`,
    ]);
  });

  test('nextCommands() offers a call of another service, with TLS, and the page of a folder', () => {
    const own = { ...web, demo: false, tls: true, listening: [{ host: '::', port: 1 }], static: '/srv' };
    expect(next({ ...none, ws: own })).toEqual([
      `offload call --insecure 'wss://[::1]:1/echo_lapps' METHOD '[]'`,
      'open https://[::1]:1/ in a browser',
    ]);
  });

  test('nextCommands() offers both where both are served, and help where nothing can be called', () => {
    expect(next({ ...running, ws: web })).toHaveLength(2);
    expect(next({ ...none, ws: { ...web, services: [{ ...service, kind: 'raw' }] } })).toEqual(['offload --help']);
  });
});
