/** Values between HAProxy and a library handler: each type as argument and as variable, each scope, unset. */
import { type Action, Scope, type TypedData } from '@offload/spop-codec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Haproxy, haproxyBinary } from '../support/haproxy.js';
import { spoeConfig } from '../support/spoe-config.js';
import { argument, describeValue, setTxn, startTestAgent, type TestAgent, textValue } from '../support/test-agent.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const set = (scope: Scope, name: string, value: TypedData): Action => ({ type: 'set-var', scope, name, value });
const mebi = 1n << 63n;

/** The sample sections: `check` comes before the rules, group `see` tells the agent what HAProxy then holds. */
const sections = `
spoe-message check
    args case=path none=var(txn.never) yes=bool(true) no=bool(false) n=int(-1) big=int(9223372036854775807)
    args client=src six=ipv6(2001:db8::55) text=req.hdr(x-text) empty=str() hdrs=req.hdrs_bin method=method
    event on-frontend-http-request
spoe-message see
    args value=var(txn.off.value)
spoe-message answer
    args case=var(txn.path)
    event on-http-response
spoe-group see
    messages see`;

const frontend = `
http-request set-var(txn.path) path
http-request send-spoe-group offload see
http-request set-var-fmt(txn.shown) "%[var(txn.off.value)]"
default_backend webs
http-after-response set-header x-value "%[var(txn.shown)]"
http-after-response set-header x-seen "%[var(txn.off.seen)]"
http-after-response set-header x-error "%[var(txn.off.err)]"
http-after-response set-header x-scopes "sess=%[var(sess.off.s)] txn=%[var(txn.off.s)] req=%[var(req.off.s)] res=%[var(res.off.s)]"
http-request set-header x-scopes "proc=%[var(proc.off.s)] sess=%[var(sess.off.s)] txn=%[var(txn.off.s)] req=%[var(req.off.s)] res=%[var(res.off.s)]"`;

const web = (folder: string) => `
backend webs
    server web unix@${folder}/web.sock
frontend web
    bind unix@${folder}/web.sock
    http-request return status 200 content-type text/plain lf-string "%[req.hdr(x-scopes)]"`;

describe.skipIf(haproxyBinary === undefined)('HAProxy and a library handler', () => {
  /** Actions of message `check` and `answer`, by the path of the request. */
  const checkActions = new Map<string, readonly Action[]>();
  const answerActions = new Map<string, readonly Action[]>();
  let seenArgs: readonly string[] = [];
  let agent: TestAgent;
  let haproxy: Haproxy;

  const pathOf = (data: TypedData | undefined): string => describeValue(data).slice('string:'.length);

  beforeAll(async () => {
    agent = await startTestAgent({
      check(message) {
        seenArgs = message.args.map(({ name, value }) => `${name}=${describeValue(value)}`);
        return checkActions.get(pathOf(argument(message, 'case'))) ?? [];
      },
      see: (message) => [setTxn('seen', textValue(describeValue(argument(message, 'value'))))],
      answer: (message) => answerActions.get(pathOf(argument(message, 'case'))) ?? [],
    });
    const spoe = spoeConfig({ messages: 'check answer', groups: 'see', sections });
    haproxy = await Haproxy.start({ agents: [agent.address], spoe, frontend, sections: web });
  });

  afterAll(async () => {
    await haproxy?.stop();
    await agent?.agent.stop();
  });

  const arguments_: [what: string, expected: string][] = [
    ['null', 'none=null'],
    ['bool true', 'yes=bool:true'],
    ['bool false', 'no=bool:false'],
    ['every integer, as int64', 'n=int64:-1'],
    ['int64, exact at its end', 'big=int64:9223372036854775807'],
    ['ipv4', 'client=ipv4:c6336407'],
    ['ipv6', 'six=ipv6:20010db8000000000000000000000055'],
    ['string, byte for byte', 'text=string:caf\xe9'],
    ['string without bytes', 'empty=string:'],
    ['method, as string', 'method=string:GET'],
  ];

  // HAProxy never sends int32, uint32 and uint64: the tests of the codec and of the test client cover those.
  test.each(arguments_)('argument: %s', async (_what, expected) => {
    await haproxy.request({ path: '/arguments', from: '198.51.100.7', headers: { 'x-text': 'caf\xe9' } });
    expect(seenArgs).toContain(expected);
  });

  test('argument: binary', async () => {
    await haproxy.request({ path: '/arguments', headers: { 'x-text': 'abc' } });
    const headers = Buffer.from('\x06x-text\x03abc', 'latin1').toString('hex');
    expect(seenArgs.find((text) => text.startsWith('hdrs='))).toContain(headers);
  });

  test('argument: an IPv6 client', async () => {
    await haproxy.request({ path: '/arguments', from: '2001:db8::7' });
    expect(seenArgs).toContain('client=ipv6:20010db8000000000000000000000007');
  });

  const variables: [what: string, value: TypedData, seen: string, shown: string | undefined][] = [
    ['bool true', { type: 'bool', value: true }, 'bool:true', '1'],
    ['bool false', { type: 'bool', value: false }, 'bool:false', '0'],
    ['int32, negative', { type: 'int32', value: -5 }, 'int64:-5', '-5'],
    ['int32, smallest', { type: 'int32', value: -2147483648 }, 'int64:-2147483648', '-2147483648'],
    ['int32, largest', { type: 'int32', value: 2147483647 }, 'int64:2147483647', '2147483647'],
    ['uint32, largest', { type: 'uint32', value: 4294967295 }, 'int64:4294967295', '4294967295'],
    ['int64, smallest', { type: 'int64', value: -mebi }, `int64:${-mebi}`, String(-mebi)],
    ['int64, largest', { type: 'int64', value: mebi - 1n }, `int64:${mebi - 1n}`, String(mebi - 1n)],
    [
      'int64, beyond a double',
      { type: 'int64', value: 9007199254740993n },
      'int64:9007199254740993',
      '9007199254740993',
    ],
    ['uint64', { type: 'uint64', value: 1234 }, 'int64:1234', '1234'],
    ['uint64, largest: HAProxy has only signed ones', { type: 'uint64', value: 2n * mebi - 1n }, 'int64:-1', '-1'],
    ['ipv4', { type: 'ipv4', value: Uint8Array.of(192, 0, 2, 9) }, 'ipv4:c0000209', '192.0.2.9'],
    ['ipv6', { type: 'ipv6', value: Buffer.from(`${'0'.repeat(31)}f`, 'hex') }, `ipv6:${'0'.repeat(31)}f`, '::f'],
    ['string', { type: 'string', value: bytes('two words') }, 'string:two words', 'two words'],
    ['string without bytes', { type: 'string', value: bytes('') }, 'string:', ''],
    ['string that is no UTF-8', { type: 'string', value: bytes('\xff\xfe') }, 'string:\xff\xfe', '\xff\xfe'],
    ['binary', { type: 'binary', value: bytes('\x01\xffz') }, 'binary:01ff7a', undefined],
  ];

  test.each(variables)('variable: %s', async (what, value, seen, shown) => {
    const path = `/${encodeURIComponent(what)}`;
    checkActions.set(path, [setTxn('value', value)]);
    const { headers } = await haproxy.request({ path });
    expect(headers['x-seen']).toBe(seen);
    if (shown !== undefined) expect(headers['x-value'] ?? '').toBe(shown);
    expect(headers['x-error'] ?? '').toBe('');
  });

  test('variable: null unsets', async () => {
    checkActions.set('/null', [setTxn('value', textValue('before')), setTxn('value', { type: 'null' })]);
    expect((await haproxy.request({ path: '/null' })).headers['x-seen']).toBe('null');
  });

  test('variable: unset-var unsets, and the actions after it count', async () => {
    checkActions.set('/unset', [
      setTxn('value', textValue('before')),
      { type: 'unset-var', scope: Scope.TXN, name: 'value' },
      { type: 'unset-var', scope: Scope.TXN, name: 'never_set' },
      setTxn('s', textValue('after')),
    ]);
    const { headers } = await haproxy.request({ path: '/unset' });
    expect(headers['x-seen']).toBe('null');
    expect(headers['x-scopes']).toContain('txn=after');
  });

  test('variable: the last value of a name wins, of whatever type', async () => {
    checkActions.set('/twice', [setTxn('value', textValue('first')), setTxn('value', { type: 'int32', value: 2 })]);
    expect((await haproxy.request({ path: '/twice' })).headers['x-seen']).toBe('int64:2');
  });

  test('variable: an action HAProxy would not take is left out and reported; the others count', async () => {
    checkActions.set('/bad', [setTxn('bad name', textValue('x')), setTxn('value', textValue('good'))]);
    const from = agent.events.length;
    expect((await haproxy.request({ path: '/bad' })).headers['x-seen']).toBe('string:good');
    expect(agent.events.slice(from).map((event) => event.type)).toContain('action-dropped');
  });

  const marked = (scope: Scope) => [set(scope, 's', textValue('here'))];

  test('scope txn: seen by the request and by its response', async () => {
    checkActions.set('/txn', marked(Scope.TXN));
    const { body, headers } = await haproxy.request({ path: '/txn' });
    expect(body).toContain('txn=here');
    expect(headers['x-scopes']).toContain('txn=here');
  });

  test('scope req: seen by the request only', async () => {
    checkActions.set('/req', marked(Scope.REQ));
    const { body, headers } = await haproxy.request({ path: '/req' });
    expect(body).toContain('req=here');
    expect(headers['x-scopes']).not.toContain('here');
  });

  test('scope res: dropped during a request, seen when set by a message of the response', async () => {
    checkActions.set('/res-early', marked(Scope.RES));
    answerActions.set('/res', marked(Scope.RES));
    const early = await haproxy.request({ path: '/res-early' });
    expect(early.body).not.toContain('here');
    expect(early.headers['x-scopes']).not.toContain('here');
    const { body, headers } = await haproxy.request({ path: '/res' });
    expect(body).not.toContain('here');
    expect(headers['x-scopes']).toContain('res=here');
  });

  test('scope sess: lasts as long as the connection of the client', async () => {
    checkActions.set('/sess', marked(Scope.SESS));
    const client = haproxy.keepAliveClient();
    try {
      const first = await haproxy.request({ path: '/sess', client });
      const second = await haproxy.request({ path: '/later', client });
      expect([first, second].map(({ body }) => body.includes('sess=here'))).toEqual([true, true]);
    } finally {
      client.destroy();
    }
    expect((await haproxy.request({ path: '/later' })).body).not.toContain('sess=here');
  });

  test('scope proc: lasts as long as the process, and the stats socket shows it', async () => {
    checkActions.set('/proc', marked(Scope.PROC));
    await haproxy.request({ path: '/proc' });
    expect((await haproxy.request({ path: '/later' })).body).toContain('proc=here');
    expect(await haproxy.command('get var proc.off.s')).toContain('here');
  });
});
