import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG, validateConfig } from '../src/config.js';
import { offload } from './support/run-cli.js';
import { temporaryFolder } from './support/temporary-folder.js';

const COMMANDS = ['serve', 'check', 'notify', 'print-config', 'config-schema'];

describe('buildCli()', () => {
  test('buildCli() lists every command in --help, on standard output', async () => {
    const { code, stdout, stderr } = await offload(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of COMMANDS) expect(stdout).toContain(`offload ${name}`);
    expect(stdout).toContain('Exit codes: 0 ok, 1 fault, 2 wrong usage');
  });

  test.each(COMMANDS)('buildCli() shows an example in the help of %s', async (name) => {
    const { code, stdout } = await offload([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n +offload ${name}`));
  });

  test('buildCli() states the default bind in the help of serve', async () => {
    const { stdout } = await offload(['serve', '--help']);
    expect(stdout).toContain('[default: 127.0.0.1:12345]');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Local only unless you say otherwise');
  });

  test('buildCli() prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await offload(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    [[], 'a command is missing'],
    [['-f', 'a.lua', '--spop'], 'a command is missing. It comes first, as in: offload serve -f a.lua --spop\n'],
    [['fly'], 'Unknown command: fly. There are serve, check, '],
    [['serv'], 'Unknown command: serv. Did you mean serve?\n'],
    [['serve', '--spop-listn', 'x'], 'Unknown argument: --spop-listn. Did you mean --spop-listen?\n'],
    [['check', '--no-spop-direkt'], 'Unknown argument: --no-spop-direkt. Did you mean --no-spop-direct?\n'],
    [['cert', '--dayz=3'], 'Unknown argument: --dayz. Did you mean --days?\n'],
    [['serve', '--fly'], 'Unknown argument: --fly\n'],
    [['serve', 'x', '--fly=1', '-z'], 'Unknown argument: --fly, -z, x\n'],
    [['serve', 'script.lua'], 'Unknown argument: script.lua. Scripts are named with -f FILE'],
    [['serve', '-f'], 'A value is missing after -f\n'],
    [['serve', '--workers'], 'A value is missing after --workers\n'],
    [['serve', '-n', '0'], 'workers (-n)'],
    [['serve', '-p', '70000'], 'Expected a port from 0 to 65535 after -p'],
    [['check', '-p', 'http'], 'after -p, got "http"'],
    [['serve', '--spop-listen', 'here'], 'spop.listen[0] (--spop-listen)'],
    [['serve', '-f', 'script.txt'], 'known extensions are'],
    [['notify'], 'Missing: <message>\n'],
    [['call', '--json'], 'Missing: <url> <method>\n'],
    [['call', 'ws://127.0.0.1/x'], 'Missing: <method>\n'],
    [['notify', 'm', 'x'], 'Cannot read argument "x"'],
    [['notify', 'm', '--to', 'x'], 'Expected HOST:PORT'],
    [['notify', 'm', '--timeout', 'x'], 'milliseconds after --timeout'],
  ])('buildCli() answers %j with code 2 and a reason', async (args, reason) => {
    const { code, stdout, stderr } = await offload(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).toContain('More with --help');
  });
});

describe('offload print-config', () => {
  async function printed(args: string[], env: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await offload(['print-config', '--json', ...args], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  test('print-config prints the defaults', async () => {
    expect(await printed([])).toEqual(DEFAULT_CONFIG);
  });

  test('print-config writes a YAML file that means the same', async () => {
    const { stdout } = await offload(['print-config', '-n', '3', '-f', 'fengari:/a.x']);
    const file = join(temporaryFolder({ 'c.yaml': stdout }), 'c.yaml');
    expect(await printed(['-c', file])).toEqual(validateConfig({ workers: 3, scripts: ['fengari:/a.x'] }));
  });

  test('print-config puts flags over environment over file', async () => {
    const file = join(temporaryFolder({ 'c.yaml': 'workers: 2\nstopTimeoutMs: 2\nscriptTimeoutMs: 2\n' }), 'c.yaml');
    const env = { OFFLOAD_CONFIG: file, OFFLOAD_STOP_TIMEOUT_MS: '3', OFFLOAD_SCRIPT_TIMEOUT_MS: '3' };
    expect(await printed(['--script-timeout', '4'], env)).toMatchObject({
      workers: 2,
      stopTimeoutMs: 3,
      scriptTimeoutMs: 4,
    });
  });

  test('print-config shows what -p, -d and repeated flags stand for', async () => {
    const args = [
      '-p',
      '9000',
      '--spop-listen',
      'unix:/s',
      '--spop-listen',
      '[::1]:1',
      '-d',
      '-f',
      'a.lua',
      '-f',
      'b.lua',
    ];
    const config = await printed([...args, '-n', '2', '-n', '4']);
    expect(config).toMatchObject({
      workers: 4,
      inline: true,
      log: { level: 'debug' },
      scripts: [{ file: 'a.lua' }, { file: 'b.lua' }],
      spop: { listen: ['127.0.0.1:9000', 'unix:/s', '[::1]:1'] },
    });
  });

  test('print-config lets --no-inline and --log-level refine -d', async () => {
    expect(await printed(['-d', '--no-inline', '--log-level', 'warn'])).toMatchObject({
      inline: false,
      log: { level: 'warn' },
    });
  });

  test('print-config splits words at commas and leaves paths alone', async () => {
    expect(await printed(['--spop-capabilities', 'pipelining,async', '-f', 'a,b.lua'])).toMatchObject({
      spop: { capabilities: ['pipelining', 'async'] },
      scripts: [{ file: 'a,b.lua' }],
    });
  });

  test('print-config exits with 1 for a fault in the file, and says where it is', async () => {
    const file = join(temporaryFolder({ 'c.yaml': 'worker: 2\n' }), 'c.yaml');
    const { code, stderr } = await offload(['print-config', '-c', file]);
    expect(code).toBe(1);
    expect(stderr).toContain(`worker (${file}:1:1): Unknown key`);
  });
});

describe('offload config-schema', () => {
  test('config-schema prints a JSON Schema', async () => {
    const { code, stdout } = await offload(['config-schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', additionalProperties: false });
  });
});
