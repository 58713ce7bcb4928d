/** The program with Lua scripts behind a real HAProxy: the same rows for every Lua engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Haproxy, haproxyBinary } from '../support/haproxy.js';
import { Offload, testScript } from '../support/offload.js';
import { argumentsIn, askScripts, type Shown, scriptFrontend, scriptSpoe } from '../support/script-haproxy.js';

const spoe = scriptSpoe();

const ways: [engine: string, how: string, args: readonly string[]][] = [
  ['lua', 'workers behind rings', []],
  ['fengari', 'workers behind rings', []],
  ['lua', 'a worker that reads its own connections', ['--spop-direct', '-n', '1']],
];

describe.skipIf(haproxyBinary === undefined).each(ways)('HAProxy and Lua scripts on %s in %s', (engine, _how, args) => {
  const scripts = ['-f', `${engine}:${testScript('cases.lua')}`, '-f', `${engine}:${testScript('sample.lua')}`];
  let offload: Offload;
  let haproxy: Haproxy;

  beforeAll(async () => {
    offload = await Offload.start([...scripts, '--script-timeout', '300', ...args]);
    haproxy = await Haproxy.start({ agents: [offload.address], spoe, frontend: scriptFrontend });
  });

  afterAll(async () => {
    await haproxy?.stop();
    await offload?.stop();
  });

  const ask = (path: string, from?: string): Promise<Shown> => askScripts(haproxy, path, from);

  test('arguments: every type HAProxy sends arrives as Lua knows it', async () => {
    const seen = argumentsIn(await ask('/arguments', '198.51.100.7'));
    expect(seen).toMatchObject({
      case: 'string:/arguments',
      none: 'nil:nil',
      yes: 'boolean:true',
      no: 'boolean:false',
      n: 'number:-1',
      client: 'string:198.51.100.7',
      six: 'string:2001:db8::55',
      text: 'string:caf\xe9',
      empty: 'string:',
      bytes: 'string:abc',
    });
    // Beyond what a Lua number holds exactly: a boxed value with the right text.
    expect(seen.big).toMatch(/:9223372036854775807$/);
  });

  const values: [path: string, seen: string][] = [
    ['/null', 'nil:nil'],
    ['/unset', 'nil:nil'],
    ['/true', 'boolean:true'],
    ['/false', 'boolean:false'],
    ['/int32', 'number:-2147483648'],
    ['/ipv4', 'string:192.0.2.9'],
    ['/ipv6', 'string:2001:db8::9'],
    ['/str', 'string:caf\xe9'],
  ];

  test.each(values)('variables: %s comes back from HAProxy as %s', async (path, seen) => {
    expect(await ask(path)).toMatchObject({ seen, error: '', path });
  });

  const wide: [path: string, digits: string][] = [
    ['/uint32', '4294967295'],
    ['/int64', '-9007199254740991'],
    ['/uint64', '9007199254740991'],
    ['/echo-big', '9223372036854775807'],
  ];

  test.each(wide)('variables: %s keeps every digit of %s', async (path, digits) => {
    const { seen, ...rest } = await ask(path);
    expect(rest).toMatchObject({ error: '', path });
    // %.14g is how LuaJIT prints a number: compare what is printed of it, or the whole text of a boxed one.
    const printed = seen.split(':')[1]!;
    expect([digits, Number(digits).toPrecision(14), `${digits}.0`]).toContain(normalise(printed));
  });

  test('scopes: the names of spoa.scope are those of HAProxy', async () => {
    expect((await ask('/scopes')).scopes).toBe('proc=in_proc sess=in_sess txn=in_txn req=in_req res=');
  });

  test('a script error costs one answer, is logged with file and line, and the next request is served', async () => {
    expect(await ask('/error')).toMatchObject({ error: '', path: '' });
    expect((await ask('/after-error')).path).toBe('/after-error');
    const record = await offload.waitForLog(/attempt to index/);
    expect(record).toMatchObject({ level: 'error', spoeMessage: 'check', line: 34 });
    expect(String(record.script)).toContain('cases.lua');
  });

  test('a value out of range is an error that names the argument; what was set before it counts', async () => {
    expect((await ask('/range')).seen).toBe('string:before the fault');
    expect(await offload.waitForLog(/-1 is outside uint32/)).toMatchObject({ level: 'error', line: 30 });
  });

  test('a script past its deadline is stopped, its message acknowledged, and the log says where', async () => {
    const [slow, other] = await Promise.all([ask('/loop'), ask('/meanwhile')]);
    expect(slow).toMatchObject({ error: '', path: '' });
    expect(other.path).toBe('/meanwhile');
    expect(await offload.waitForLog(/SCRIPT_ERR_DEADLINE/)).toMatchObject({
      level: 'error',
      line: expect.toSatisfy((line) => line === 36 || line === 37),
    });
  });

  test('the sample script sets a variable of each type and a score', async () => {
    const { sample, score } = await ask('/sample');
    expect(sample).toBe(' 1 -1234 4294967295 -1234 1234 127.0.0.1 1::f 1::f 313A3A6600FF');
    expect(Number(score)).toBeGreaterThan(0);
    expect(await offload.waitForLog(/always_true/)).toMatchObject({ level: 'info' });
  });

  test('200 requests at once: each gets its own answer', async () => {
    const paths = Array.from({ length: 200 }, (_, index) => `/many-${index}`);
    const answers = await Promise.all(paths.map((path) => ask(path)));
    expect(answers.map(({ error, path }) => error + path)).toEqual(paths);
  });
});

/** Lua may print a whole float as `1.0` or with an exponent. */
function normalise(printed: string): string {
  return /e/i.test(printed) ? Number(printed).toPrecision(14) : printed;
}
