import { describe, expect, test } from 'vitest';
import { configJsonSchema, DEFAULT_CONFIG, validateConfig } from '../src/config.js';
import { configLeaves } from '../src/config-environment.js';
import { setIn } from '../src/config-text.js';
import { ConfigError } from '../src/errors.js';

function faultsOf(raw: unknown): string[] {
  try {
    validateConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('validateConfig()', () => {
  test('validateConfig() fills in every default', () => {
    expect(validateConfig({})).toEqual(DEFAULT_CONFIG);
    expect(DEFAULT_CONFIG.spop.listen).toEqual(['127.0.0.1:12345']);
    expect(DEFAULT_CONFIG.scriptTimeoutMs).toBe(1000);
  });

  test('validateConfig() reports every fault with its path, not only the first', () => {
    const faults = faultsOf({
      workers: 0,
      scriptTimeoutMs: '1s',
      spop: { listen: ['127.0.0.1:1', 'nowhere'], limits: { maxConnections: 1.5 }, port: 9 },
      log: { level: 'loud' },
      scripts: ['a.lua', 'b.txt', { file: 'c.lua', engine: 'luajit' }, { engine: 'fengari' }],
      plugins: [],
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'workers',
      'scriptTimeoutMs',
      'scripts[1].file',
      'scripts[2].engine',
      'scripts[3].file',
      'spop.listen[1]',
      'spop.limits.maxConnections',
      'spop.port',
      'log.level',
      'plugins',
    ]);
    expect(faults).toContain(
      'spop.port: Unknown key; there are enabled, listen, unixMode, capabilities, direct, drainMs, limits',
    );
    expect(faults).toContain('workers: Expected "auto" or a whole number from 1 to 256');
    expect(faults.find((fault) => fault.startsWith('scripts[1].file'))).toContain('known extensions are .lua, .luac');
  });

  test.each(configLeaves().map(({ path }) => path))('validateConfig() says what %s must be', (path) => {
    const raw = {};
    setIn(raw, path.split('.'), null);
    expect(faultsOf(raw)).toEqual([expect.stringMatching(/: Expected ((?!null|undefined|NaN|-9007).)+$/)]);
  });

  test.each([
    [{ inline: 'yes' }, 'inline: Expected true or false, got "yes"'],
    [{ scriptTimeoutMs: 1e99 }, 'scriptTimeoutMs: Expected a whole number from 1 to 3600000, got 1e+99'],
    [{ stopTimeoutMs: 0.5 }, 'stopTimeoutMs: Expected a whole number from 0 to 3600000, got 0.5'],
    [{ scripts: 'a.lua' }, 'scripts: Expected a list, such as ["a.lua"], got "a.lua"'],
    [{ scripts: [{ file: '' }] }, 'scripts[0].file: Expected a text that is not empty, got ""'],
    [{ lua: [] }, 'lua: Expected keys with values, got a list'],
    [{ spop: { listen: [] } }, 'spop.listen: Expected a list that is not empty, got a list'],
    [{ log: { level: 'loud' } }, 'log.level: Expected one of debug, info, warn, error, silent, got "loud"'],
    [{ ws: { tls: { cert: 'c' } } }, 'ws.tls.key: Missing: expected a text'],
    [{ ws: { tls: { cert: 'c', kez: 'k', key: 'k' } } }, 'ws.tls.kez: Unknown key; did you mean key?'],
    [{ ws: { limits: { x: 1 } } }, 'ws.limits.x: Unknown key'],
    [{ worker: 1 }, 'worker: Unknown key; did you mean workers?'],
  ])('validateConfig() says of %j what would be right', (raw, fault) => {
    expect(faultsOf(raw)).toEqual([fault]);
  });

  test('validateConfig() says what a path of a service must begin with', () => {
    const service = { file: 's.lua', protocol: 'raw', requestTarget: 'chat' };
    expect(faultsOf({ ws: { services: { s: service } } })).toEqual([
      'ws.services.s.requestTarget: Expected a text that begins with "/", got "chat"',
    ]);
  });

  test('validateConfig() says which entry of an access list is none', () => {
    const acl = { policy: 'deny', exclude: ['10.0.0.0/8', 'nowhere'] };
    const service = { file: 's.lua', protocol: 'raw', requestTarget: '/s', acl };
    const faults = faultsOf({ ws: { acl, services: { s: service } } }).map((fault) => fault.split(':')[0]);
    expect(faults).toEqual(['ws.acl.exclude[1]', 'ws.services.s.acl.exclude[1]']);
  });

  test.each([null, [], 'text', 7])('validateConfig() refuses %j as a whole', (raw) => {
    expect(faultsOf(raw)).toHaveLength(1);
  });

  test('validateConfig() takes scripts as text and as objects', () => {
    const { scripts } = validateConfig({ scripts: ['a.lua', 'fengari:b', { file: 'c.lua' }] });
    expect(scripts).toEqual([{ file: 'a.lua' }, { file: 'b', engine: 'fengari' }, { file: 'c.lua' }]);
  });

  test('validateConfig() is its own fixed point: what it returns it accepts', () => {
    const config = validateConfig({ scripts: ['fengari:b'], workers: 3 });
    expect(validateConfig(structuredClone(config))).toEqual(config);
  });
});

describe('DEFAULT_CONFIG', () => {
  test('DEFAULT_CONFIG is frozen in depth', () => {
    expect(() => (DEFAULT_CONFIG.spop.listen as string[]).push('x')).toThrow(TypeError);
    expect(() => Object.assign(DEFAULT_CONFIG.spop.limits, { maxConnections: 1 })).toThrow(TypeError);
  });
});

describe('configJsonSchema()', () => {
  test('configJsonSchema() describes every key and refuses unknown ones', () => {
    const undescribed: string[] = [];
    const visit = (node: Record<string, unknown>, path: string): void => {
      const properties = node.properties as Record<string, Record<string, unknown>> | undefined;
      if (properties === undefined) {
        if (typeof node.description !== 'string') undescribed.push(path);
        return;
      }
      expect(node.additionalProperties, path).toBe(false);
      for (const [key, child] of Object.entries(properties)) visit(child, `${path}.${key}`);
    };
    visit(configJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});
