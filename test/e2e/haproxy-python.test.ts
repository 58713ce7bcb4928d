/** The program with Python scripts behind a real HAProxy: the same rows for both engines, and Lua beside Python. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Haproxy, haproxyBinary } from '../support/haproxy.js';
import { type Answer, Load } from '../support/load.js';
import { Offload, testScript } from '../support/offload.js';
import { pythonCacheFolder } from '../support/python-cache.js';
import { argumentsIn, askScripts, type Shown, scriptFrontend, scriptSpoe } from '../support/script-haproxy.js';

const env = { OFFLOAD_PYTHON_CACHE_FOLDER: pythonCacheFolder };
const spoe = scriptSpoe('later');
const lineIn = (text: string): number =>
  readFileSync(testScript('cases.py'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

const ways: [engine: string, how: string, args: readonly string[]][] = [
  ['pyodide', 'a worker behind rings', []],
  ['cpython', 'a worker behind rings', []],
  ['pyodide', 'a worker that reads its own connections', ['--spop-direct']],
  ['cpython', 'a worker that reads its own connections', ['--spop-direct']],
];

describe.skipIf(haproxyBinary === undefined).each(ways)('HAProxy and Python on %s in %s', (engine, _how, args) => {
  const scripts = ['-f', `${engine}:${testScript('cases.py')}`, '-f', `${engine}:${testScript('sample.py')}`];
  let offload: Offload;
  let haproxy: Haproxy;

  beforeAll(async () => {
    offload = await Offload.start([...scripts, '-n', '1', '--script-timeout', '600', ...args], { env });
    haproxy = await Haproxy.start({ agents: [offload.address], spoe, frontend: scriptFrontend });
  }, 120_000);

  afterAll(async () => {
    await haproxy?.stop();
    await offload?.stop();
  });

  const ask = (path: string, from?: string): Promise<Shown> => askScripts(haproxy, path, from);

  test('arguments: every type HAProxy sends arrives as Python knows it', async () => {
    const seen = argumentsIn(await ask('/arguments', '198.51.100.7'));
    expect(seen).toMatchObject({
      case: 'str:/arguments',
      none: 'NoneType:None',
      yes: 'bool:True',
      no: 'bool:False',
      n: 'int:-1',
      big: 'int:9223372036854775807',
      client: 'IPv4Address:198.51.100.7',
      six: 'IPv6Address:2001:db8::55',
      text: 'str:caf\xe9',
      empty: 'str:',
      bytes: 'bytes:abc',
    });
  });

  const values: [path: string, seen: string][] = [
    ['/null', 'NoneType:None'],
    ['/unset', 'NoneType:None'],
    ['/true', 'bool:True'],
    ['/false', 'bool:False'],
    ['/int32', 'int:-2147483648'],
    ['/uint32', 'int:4294967295'],
    ['/int64', 'int:-9223372036854775808'],
    ['/uint64', 'int:9223372036854775807'],
    ['/echo-big', 'int:9223372036854775807'],
    ['/ipv4', 'IPv4Address:192.0.2.9'],
    ['/ipv4-text', 'IPv4Address:192.0.2.10'],
    ['/ipv6', 'IPv6Address:2001:db8::9'],
    ['/str', 'str:caf\xe9'],
    ['/file', 'str:-- Prints a value with everything in it'],
  ];

  test.each(values)('variables: %s comes back from HAProxy as %s', async (path, seen) => {
    expect(await ask(path)).toMatchObject({ seen, error: '', path });
  });

  test('scopes: the names of spoa.scope_* are those of HAProxy', async () => {
    expect((await ask('/scopes')).scopes).toBe('proc=in_proc sess=in_sess txn=in_txn req=in_req res=');
  });

  test('a script error costs one answer, is logged with file, line and traceback, and the next request is served', async () => {
    expect(await ask('/error')).toMatchObject({ error: '', path: '' });
    expect((await ask('/after-error')).path).toBe('/after-error');
    const record = await offload.waitForLog(/AttributeError/);
    expect(record).toMatchObject({ level: 'error', spoeMessage: 'check', line: lineIn('return nothing.field') });
    expect(String(record.script)).toContain('cases.py');
    expect(JSON.stringify(record)).toContain('return nothing.field');
  });

  test('a value out of range is an error that names the argument; what was set before it counts', async () => {
    expect((await ask('/range')).seen).toBe('str:before the fault');
    const record = await offload.waitForLog(/-1 is outside uint32/);
    expect(record).toMatchObject({ level: 'error', line: lineIn('spoa.set_var_uint32("value", txn, -1)') });
  });

  test('a script past its deadline is stopped, its message acknowledged, and the log says where', async () => {
    const [slow, other] = await Promise.all([ask('/loop'), ask('/meanwhile')]);
    expect(slow).toMatchObject({ error: '', path: '' });
    expect(other.path).toBe('/meanwhile');
    const record = await offload.waitForLog(/SCRIPT_ERR_DEADLINE/);
    expect(record).toMatchObject({ level: 'error', spoeMessage: 'check' });
    expect(String(record.script)).toContain('cases.py');
    expect((await ask('/sleep')).path).toBe('');
    expect((await ask('/after-sleep')).path).toBe('/after-sleep');
  });

  test('the sample script sets a variable of each type and a score, and its output is logged', async () => {
    const { sample, score } = await ask('/sample');
    expect(sample).toBe(' 1 -1234 4294967295 -1234 1234 127.0.0.1 1::f 1::f 313A3A6600FF');
    expect(Number(score)).toBeGreaterThan(0);
    const record = await offload.waitForLog(/always_true/);
    expect(record).toMatchObject({ level: 'info', script: expect.stringContaining('sample.py') });
  });

  test('200 requests at once: each gets its own answer', async () => {
    const paths = Array.from({ length: 200 }, (_, index) => `/many-${index}`);
    const answers = await Promise.all(paths.map((path) => ask(path)));
    expect(answers.map(({ error, path }) => error + path)).toEqual(paths);
  });

  test('a coroutine that waits keeps only its own request', async () => {
    const answers = await Promise.all(['/wait', '/x', '/wait', '/y'].map((path) => ask(path)));
    expect(answers.map(({ error }) => error)).toEqual(['', '', '', '']);
    expect(answers.map(({ path }) => path)).toEqual(['/wait', '/x', '/wait', '/y']);
  });
});

describe.skipIf(haproxyBinary === undefined)('Lua and Python in one server', () => {
  test('each message is answered by the script that registered it, in whatever language', async () => {
    const scripts = ['-f', testScript('cases.lua'), '-f', testScript('sample.py')];
    const offload = await Offload.start([...scripts, '-n', '1', '--python-engine', 'cpython'], { env });
    const haproxy = await Haproxy.start({ agents: [offload.address], spoe, frontend: scriptFrontend });
    const { body } = await haproxy.request({ path: '/sample', headers: { 'x-text': 'x' } });
    const [error, path, , args, , sample] = body.split('\n');
    expect(error).toBe('');
    expect(path).toBe('/sample');
    // Written by Lua ("string") and by Python.
    expect(args).toContain('case=string:/sample');
    expect(sample).toBe(' 1 -1234 4294967295 -1234 1234 127.0.0.1 1::f 1::f 313A3A6600FF');
    await haproxy.stop();
    await offload.stop();
  });
});

describe.skipIf(haproxyBinary === undefined)('a Python process that dies', () => {
  test('under load is replaced, and only its own messages are without an answer', async () => {
    const script = `cpython:${testScript('cases.py')}`;
    const offload = await Offload.start(['-f', script, '-n', '1', '--log-level', 'debug'], { env });
    const haproxy = await Haproxy.start({ agents: [offload.address], spoe, frontend: scriptFrontend });
    const load = new Load(haproxy, 4);
    for (let kill = 0; kill < 2; kill++) {
      await load.waitForMore(100);
      const from = offload.program.lines.length;
      const ready = offload.program.lines.filter((line) =>
        /Python process \d+ took its place|ready, process/.test(line),
      );
      const pid = Number(/process (\d+)/.exec(ready.at(-1) ?? '')?.[1]);
      process.kill(pid, 'SIGKILL');
      await offload.program.waitForLine(/took its place/, from);
    }
    await load.waitForMore(200);
    const answers = await load.stop();
    const wrong = (some: readonly Answer[]): Answer[] =>
      some.filter(({ body, path }) => !body.startsWith(`\n${path}\n`));
    // Every NOTIFY is acknowledged: no error for HAProxy, only variables that were not set.
    for (const { body } of wrong(answers)) expect(body).toMatch(/^\n\n/);
    expect(wrong(answers).length).toBeLessThan(20);
    expect(wrong(answers.slice(-100))).toEqual([]);
    await haproxy.stop();
    expect(await offload.stop()).toEqual({ code: 0, signal: null });
  });
});
