import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfigFile } from '../src/config-file.js';
import { ConfigError } from '../src/errors.js';
import { temporaryFolder } from './support/temporary-folder.js';

function read(text: string, name = 'offload.yaml') {
  const folder = temporaryFolder({ [name]: text });
  const path = join(folder, name);
  return { ...readConfigFile(path), folder, path };
}

function faultOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('No fault');
}

describe('readConfigFile()', () => {
  test('readConfigFile() reads YAML with comments', () => {
    expect(read('# hello\nworkers: 2 # two\nlog: { level: debug }\n').raw).toEqual({
      workers: 2,
      log: { level: 'debug' },
    });
  });

  test('readConfigFile() reads JSON, indented with tabs too', () => {
    expect(read('{\n\t"workers": 2,\n\t"log": {\n\t\t"level": "debug"\n\t}\n}\n', 'offload.json').raw).toEqual({
      workers: 2,
      log: { level: 'debug' },
    });
  });

  test('readConfigFile() takes an empty file as an empty configuration', () => {
    expect(read('').raw).toEqual({});
    expect(read('# nothing\n').raw).toEqual({});
  });

  test('readConfigFile() puts relative paths under the folder of the file', () => {
    const { raw, folder } = read(
      `scripts: [a.lua, 'fengari:b.lua', { file: c.lua }, /d.lua]
lua: { path: [lib] }
spop: { listen: ['127.0.0.1:1', 'unix:s.sock', 'unix:/t.sock'] }
`,
    );
    expect(raw).toEqual({
      scripts: [join(folder, 'a.lua'), `fengari:${join(folder, 'b.lua')}`, { file: join(folder, 'c.lua') }, '/d.lua'],
      lua: { path: [join(folder, 'lib')] },
      spop: { listen: ['127.0.0.1:1', `unix:${join(folder, 's.sock')}`, 'unix:/t.sock'] },
    });
  });

  test('readConfigFile() leaves paths of the wrong kind to validation', () => {
    const { raw } = read('scripts: { a: 1 }\nlua: [path]\nspop: { listen: [7, null, ""] }\n');
    expect(raw).toEqual({ scripts: { a: 1 }, lua: ['path'], spop: { listen: [7, null, ''] } });
  });

  test('readConfigFile() makes no path of one that is missing', () => {
    const { raw } = read('scripts: ["lua:", ""]\nspop: { listen: ["unix:"] }\n');
    expect(raw).toEqual({ scripts: ['lua:', ''], spop: { listen: ['unix:'] } });
  });

  test('readConfigFile() names line and column of a syntax error', () => {
    expect(faultOf('workers: 2\nlog: { level: debug\n')).toMatch(/offload\.yaml:3:1/);
    expect(faultOf('workers: 1\nworkers: 2\n')).toMatch(/offload\.yaml:2:1.*unique/);
    expect(faultOf('workers: 1\n---\nworkers: 2\n')).toMatch(/offload\.yaml:2:1.*second document/);
  });

  test('readConfigFile() refuses aliases that unfold into more than a file can hold', () => {
    const nested = 'bcdef'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdef'[at]},`.repeat(9)}]`);
    expect(faultOf(`a: &a [${'1,'.repeat(9)}]\n${nested.join('\n')}\n`)).toMatch(/offload\.yaml.*alias count/);
  });

  test('readConfigFile() refuses an alias within what it is an alias of', () => {
    expect(faultOf('scripts: &all [*all]\n')).toMatch(/offload\.yaml:1:16.*\*all stands within/);
    expect(faultOf('ws:\n  services: &s { echo: { env: *s } }\n')).toMatch(/offload\.yaml:2:31.*\*s stands within/);
  });

  test('readConfigFile() puts a path that two keys share under the folder once', () => {
    const folder = temporaryFolder({ 'conf/o.yaml': 'ws: { services: { a: &s { file: x.lua }, b: *s } }\n' });
    // Absolute paths stay what they are.
    const from = relative(process.cwd(), join(folder, 'conf'));
    const file = join(from, 'x.lua');
    expect(readConfigFile(join(from, 'o.yaml')).raw).toEqual({ ws: { services: { a: { file }, b: { file } } } });
  });

  test('readConfigFile() says that a file is not there', () => {
    expect(() => readConfigFile('/nowhere/offload.yaml')).toThrow(/nowhere\/offload\.yaml.*there is no such file/);
  });

  test('locate() finds keys, list items and the closest key that is there', () => {
    const { locate, path } = read('workers: 2\nspop:\n  listen:\n    - a:1\n    - b:2\n  odd.key: 1\n');
    expect(locate(['workers'])).toBe(`${path}:1:1`);
    expect(locate(['spop', 'listen', 1])).toBe(`${path}:5:7`);
    expect(locate(['spop', 'odd.key'])).toBe(`${path}:6:3`);
    expect(locate(['spop', 'limits', 'maxConnections'])).toBe(`${path}:2:1`);
    expect(locate([])).toBe(`${path}:1:1`);
  });
});
