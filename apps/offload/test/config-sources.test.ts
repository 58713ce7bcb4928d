import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flagOf } from '../src/config-flags.js';
import { type ConfigSources, loadConfig } from '../src/config-sources.js';
import { ConfigError, exitCodeOf } from '../src/errors.js';
import { temporaryFolder } from './support/temporary-folder.js';

function load(sources: Partial<ConfigSources>) {
  return loadConfig({ flags: {}, flagOf, env: {}, file: undefined, ...sources });
}

function faultOf(sources: Partial<ConfigSources>): ConfigError {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('No fault');
}

const file = (text: string): string => join(temporaryFolder({ 'c.yaml': text }), 'c.yaml');

describe('loadConfig()', () => {
  test('loadConfig() lets a flag win over the environment, that over the file, that over the default', () => {
    const path = file('workers: 2\nscriptTimeoutMs: 20\nstopTimeoutMs: 200\n');
    const env = { OFFLOAD_WORKERS: '3', OFFLOAD_SCRIPT_TIMEOUT_MS: '30' };
    const { config } = load({ flags: { workers: 4 }, env, file: path });
    expect(config).toMatchObject({ workers: 4, scriptTimeoutMs: 30, stopTimeoutMs: 200, inline: false });
  });

  test('loadConfig() merges sections key by key and replaces lists', () => {
    const path = file('spop: { listen: ["a:1", "b:2"], drainMs: 7 }\nlog: { format: json }\n');
    const env = { OFFLOAD_SPOP_LISTEN: 'c:3,unix:/d.sock', OFFLOAD_LOG_LEVEL: 'warn' };
    const { config } = load({ env, file: path });
    expect(config.spop).toMatchObject({ listen: ['c:3', 'unix:/d.sock'], drainMs: 7 });
    expect(config.log).toEqual({ format: 'json', level: 'warn' });
  });

  test('loadConfig() takes the path of the file from OFFLOAD_CONFIG', () => {
    const path = file('workers: 9\n');
    expect(load({ env: { OFFLOAD_CONFIG: path } })).toMatchObject({ config: { workers: 9 }, file: path });
  });

  test('loadConfig() reads numbers, booleans and empty lists from the environment', () => {
    const env = {
      OFFLOAD_INLINE: 'true',
      OFFLOAD_WORKERS: 'auto',
      OFFLOAD_SPOP_CAPABILITIES: '',
      OFFLOAD_SPOP_LIMITS_IDLE_TIMEOUT_MS: '60000',
    };
    const { config } = load({ env });
    expect(config).toMatchObject({ inline: true, workers: 'auto' });
    expect(config.spop).toMatchObject({ capabilities: [], limits: { idleTimeoutMs: 60_000 } });
  });

  test('loadConfig() warns of variables that mean nothing, and goes on', () => {
    const { warnings } = load({ env: { OFFLOAD_SERVICE_HOST: '10.0.0.1', OFFLOAD_CONFIG: undefined } });
    expect(warnings).toEqual(['Environment variable OFFLOAD_SERVICE_HOST means nothing to offload']);
  });

  test('loadConfig() warns of every key that means nothing to a standalone service, with its place', () => {
    const path = file(
      [
        'ws:',
        '  services:',
        '    clock: { file: clock.lua, standalone: true, instances: 2, depends: [chat], autoStart: false,',
        '      protocol: raw, requestTarget: /c, acl: { policy: deny }, extraHeaders: {}, protoAlias: a,',
        '      originAllowList: [], perMessageDeflate: false, maxMessageBytes: 9 }',
        '    chat: { file: chat.lua, protocol: raw, requestTarget: /c, perMessageDeflate: true }',
      ].join('\n'),
    );
    const why = 'without effect: a standalone service has no connections';
    const { warnings } = load({ file: path });
    expect(warnings.map((warning) => warning.replace(`${path}:`, ''))).toEqual([
      `4:7: ws.services.clock.protocol: ${why}`,
      `4:22: ws.services.clock.requestTarget: ${why}`,
      `5:54: ws.services.clock.maxMessageBytes: ${why}`,
      `4:41: ws.services.clock.acl: ${why}`,
      `4:64: ws.services.clock.extraHeaders: ${why}`,
      `4:82: ws.services.clock.protoAlias: ${why}`,
      `5:7: ws.services.clock.originAllowList: ${why}`,
      `5:28: ws.services.clock.perMessageDeflate: ${why}`,
    ]);
    const clock = { file: 'clock.lua', standalone: true, acl: { policy: 'allow' } };
    const env = { OFFLOAD_WS_SERVICES: JSON.stringify({ clock }) };
    expect(load({ file: path, env }).warnings).toContain(`OFFLOAD_WS_SERVICES: ws.services.clock.acl: ${why}`);
  });

  test('loadConfig() names file, line and column or the variable of each fault', () => {
    const path = file('workers: 2\nspop:\n  listen: [nowhere]\n  prot: 1\n');
    const error = faultOf({ file: path, env: { OFFLOAD_WORKERS: 'many', OFFLOAD_INLINE: 'maybe' } });
    expect(error.faults.map(({ path: key, origin }) => [key, origin])).toEqual([
      ['spop.listen[0]', `${path}:3:12`],
      ['spop.prot', `${path}:4:3`],
      ['workers', 'OFFLOAD_WORKERS'],
      ['inline', 'OFFLOAD_INLINE'],
    ]);
    expect(error.code).toBe('OFFLOAD_ERR_CONFIG');
    expect(error.message).toContain(`spop.prot (${path}:4:3): Unknown key`);
  });

  test('loadConfig() names the variable of a fault within a table', () => {
    const env = { OFFLOAD_WS_SERVICES: '{"a":{}}', OFFLOAD_WS_ACL: '{"policy":"x"}', OFFLOAD_LUA_PATH: 'a,,b' };
    expect(faultOf({ env }).faults.map(({ path, origin }) => [path, origin])).toEqual([
      ['lua.path[1]', 'OFFLOAD_LUA_PATH'],
      ['ws.acl.policy', 'OFFLOAD_WS_ACL'],
      ['ws.services.a.file', 'OFFLOAD_WS_SERVICES'],
    ]);
  });

  test('loadConfig() says what of a table in the environment is no JSON', () => {
    const [fault] = faultOf({ env: { OFFLOAD_WS_TLS: '{"cert": "a.pem"' } }).faults;
    expect(fault).toMatchObject({ path: 'ws.tls', origin: 'OFFLOAD_WS_TLS' });
    expect(fault?.message).toMatch(/^Expected JSON: ./);
  });

  test('loadConfig() names the flag that means nothing, also where the file says the same key', () => {
    const flags = { spop: { unixMode: '0660' }, lua: { path: ['/nowhere/at/all'] } };
    const warnings = [
      '--spop-unix-mode: spop.unixMode: without effect: there is no unix socket among the addresses',
      '--lua-path: lua.path: there is no folder /nowhere/at/all',
    ];
    expect(load({ flags }).warnings).toEqual(warnings);
    expect(load({ flags, file: file('spop: { unixMode: "0600" }\n') }).warnings).toEqual(warnings);
  });

  test('loadConfig() warns of folders of modules that are not there', () => {
    const path = file('python:\n  path: [site, .]\n');
    const missing = join(dirname(path), 'site');
    expect(load({ file: path }).warnings).toEqual([`${path}:2:3: python.path: there is no folder ${missing}`]);
  });

  test('loadConfig() takes an empty variable as one that is not there, and as an empty list', () => {
    const path = file('workers: 2\nscripts: [a.lua]\n');
    const env = { OFFLOAD_WORKERS: '', OFFLOAD_INLINE: ' ', OFFLOAD_WS_TLS: '', OFFLOAD_SCRIPTS: '' };
    expect(load({ file: path, env }).config).toMatchObject({ workers: 2, inline: false, scripts: [] });
    expect(load({ env: { OFFLOAD_CONFIG: '' } }).file).toBeUndefined();
  });

  test('loadConfig() names the variable that a mistyped one may be', () => {
    expect(load({ env: { OFFLOAD_WORKER: '2', OFFLOAD_SERVICE_HOST: '10.0.0.1' } }).warnings).toEqual([
      'Environment variable OFFLOAD_WORKER means nothing to offload; did you mean OFFLOAD_WORKERS?',
      'Environment variable OFFLOAD_SERVICE_HOST means nothing to offload',
    ]);
  });

  test('loadConfig() says plainly why a file cannot be read', () => {
    const folder = dirname(file(''));
    expect(faultOf({ file: folder }).faults).toMatchObject([{ message: 'Cannot read: it is a folder' }]);
    expect(faultOf({ file: join(folder, 'x') }).faults).toMatchObject([
      { message: 'Cannot read: there is no such file' },
    ]);
  });

  test('loadConfig() calls a wrong flag a fault of usage and names the flag', () => {
    const error = faultOf({ flags: { workers: 'many', spop: { listen: ['nowhere'] } } });
    expect(error.faults.map(({ origin }) => origin)).toEqual(['-n', '--spop-listen']);
    expect(exitCodeOf(error.code)).toBe(2);
  });

  test('loadConfig() reports a fault in the file even where a flag overrides the key', () => {
    expect(faultOf({ flags: { workers: 1 }, file: file('workers: none\n') }).faults).toHaveLength(1);
  });
});
