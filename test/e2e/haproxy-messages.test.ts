/** How messages travel between HAProxy and a library handler: groups, several in one frame, fragments, faults. */
import { afterEach, describe, expect, test } from 'vitest';
import { Haproxy, type HaproxyOptions, haproxyBinary, isMultiplexer } from '../support/haproxy.js';
import { type SpoeParts, spoeConfig } from '../support/spoe-config.js';
import {
  argument,
  describeValue,
  setTxn,
  startTestAgent,
  type TestAgent,
  type TestAgentOptions,
  type TestHandlers,
  textValue,
} from '../support/test-agent.js';

interface Scene {
  readonly handlers: TestHandlers;
  readonly options?: TestAgentOptions;
  readonly spoe: SpoeParts;
  readonly haproxy?: Partial<HaproxyOptions>;
}

const showAll = `http-request return status 200 content-type text/plain lf-string "\
err=%[var(txn.off.err)] a=%[var(txn.off.a)] b=%[var(txn.off.b)]"`;

const checkPath = 'spoe-message check\n    args path=path\n    event on-frontend-http-request';

describe.skipIf(haproxyBinary === undefined)('HAProxy and a library handler', () => {
  const started: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const stop of started.splice(0).reverse()) await stop();
  });

  async function play({ handlers, options, spoe, haproxy }: Scene): Promise<{ haproxy: Haproxy; agent: TestAgent }> {
    const agent = await startTestAgent(handlers, options);
    started.push(() => agent.agent.stop({ graceMs: 100 }));
    const files = { agents: [agent.address], spoe: spoeConfig(spoe), frontend: showAll, ...haproxy };
    const running = await Haproxy.start(files);
    started.push(() => running.stop());
    return { haproxy: running, agent };
  }

  test('several messages of one event come in one NOTIFY, in order, those with a false condition left out', async () => {
    const notifies: string[] = [];
    const name: TestHandlers[string] = (message, { frameId, streamId }) => {
      notifies.push(`${message.name} ${streamId}/${frameId}`);
      return [setTxn(message.name, textValue(message.name))];
    };
    const event = 'event on-frontend-http-request';
    const { haproxy } = await play({
      handlers: { a: name, b: name, never: name },
      spoe: {
        messages: 'a never b',
        sections: `
spoe-message a
    ${event}
spoe-message b
    args path=path
    ${event}
spoe-message never
    ${event} if { always_false }`,
      },
    });
    expect((await haproxy.request()).body).toBe('err= a=a b=b');
    const frame = notifies[0]?.slice(2);
    expect(notifies).toEqual([`a ${frame}`, `b ${frame}`]);
  });

  test('a group is sent by a rule, after those before it, with the variables they set', async () => {
    const { haproxy } = await play({
      handlers: {
        early: (message) => [setTxn('a', textValue(describeValue(argument(message, 'rule'))))],
        late: (message) => [setTxn('b', textValue(describeValue(argument(message, 'rule'))))],
      },
      spoe: {
        messages: 'early',
        groups: 'after-rules',
        sections: `
spoe-message early
    args rule=var(txn.rule)
    event on-frontend-http-request
spoe-message late
    args rule=var(txn.rule)
spoe-group after-rules
    messages late`,
      },
      haproxy: {
        frontend: `http-request set-var(txn.rule) str(done)
http-request send-spoe-group offload after-rules if { path /group }
${showAll}`,
      },
    });
    expect((await haproxy.request({ path: '/group' })).body).toBe('err= a=null b=string:done');
    expect((await haproxy.request({ path: '/other' })).body).toBe('err= a=null b=');
  });

  test('a message nobody registered is acknowledged at once, and reported', async () => {
    const { haproxy, agent } = await play({ handlers: {}, spoe: { sections: checkPath } });
    expect((await haproxy.request()).body).toBe('err= a= b=');
    expect(agent.events).toContainEqual(expect.objectContaining({ type: 'message-unknown', name: 'check' }));
  });

  test('a handler that throws costs its own answer only: the NOTIFY is acknowledged, the error reported', async () => {
    const event = 'event on-frontend-http-request';
    const { haproxy, agent } = await play({
      handlers: {
        bad: () => {
          throw new Error('on purpose');
        },
        good: async () => [setTxn('b', textValue('good'))],
      },
      spoe: { messages: 'bad good', sections: `spoe-message bad\n    ${event}\nspoe-message good\n    ${event}` },
    });
    expect((await haproxy.request()).body).toBe('err= a= b=good');
    expect((await haproxy.request()).body).toBe('err= a= b=good');
    expect(agent.events).toContainEqual(expect.objectContaining({ type: 'handler-error', name: 'bad' }));
  });

  test('a handler past `timeout processing` costs one request its answer; what it says later harms nobody', async () => {
    let finish: (() => void) | undefined;
    const { haproxy } = await play({
      handlers: {
        check: async (message) => {
          const path = describeValue(argument(message, 'path'));
          if (path === 'string:/slow') await new Promise<void>((resolve) => (finish = resolve));
          return [setTxn('a', textValue(path))];
        },
      },
      spoe: { sections: checkPath, processing: '300ms' },
    });
    expect((await haproxy.request({ path: '/slow' })).body).toBe('err=1 a= b=');
    finish!();
    expect((await haproxy.request({ path: '/next' })).body).toBe('err= a=string:/next b=');
  });

  const long = 'x'.repeat(2000);
  const sizes: [what: string, agent: string, headers: Record<string, string>][] = [
    ['the smallest frames', 'max-frame-size 256', { 'x-long': long, 'x-other': 'y'.repeat(500) }],
    ['default frames, one of them enough', '', { 'x-long': long, 'x-other': 'y' }],
  ];

  test.skipIf(isMultiplexer).each(sizes)(
    'fragmentation: a message arrives whole over %s',
    async (_what, agentLines, headers) => {
      const { haproxy } = await play({
        handlers: {
          check: (message) => [
            setTxn('a', textValue(`${describeValue(argument(message, 'long')) === `string:${headers['x-long']}`}`)),
            setTxn('b', textValue(`${describeValue(argument(message, 'other')) === `string:${headers['x-other']}`}`)),
          ],
        },
        spoe: {
          agent: agentLines,
          sections: `spoe-message check
    args long=req.hdr(x-long) other=req.hdr(x-other)
    event on-frontend-http-request`,
        },
      });
      const answers = await Promise.all(Array.from({ length: 10 }, () => haproxy.request({ headers })));
      expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['err= a=true b=true']));
    },
  );

  test.skipIf(isMultiplexer)('fragmentation: a body of 1 MB arrives whole over many frames', async () => {
    const body = Buffer.alloc(1_000_000, 'offload ');
    let received = Buffer.alloc(0);
    const { haproxy } = await play({
      handlers: {
        check: (message) => {
          const value = argument(message, 'body');
          if (value?.type === 'binary') received = Buffer.from(value.value);
          return [setTxn('a', textValue('read'))];
        },
      },
      spoe: {
        agent: 'max-frame-size 16380',
        sections: 'spoe-message check\n    args body=req.body\n    event on-backend-http-request',
      },
      haproxy: {
        global: 'nbthread 1\ntune.bufsize 1100000',
        frontend: `option http-buffer-request
http-request wait-for-body time 10s at-least 1000000
http-request set-var(txn.dummy) str(x)
default_backend show`,
        sections: () => `backend show\n    ${showAll}`,
      },
    });
    expect((await haproxy.request({ method: 'POST', body })).body).toBe('err= a=read b=');
    expect(received.equals(body)).toBe(true);
  });

  test('fragmentation: without it, a message that is too big fails alone and the next one is served', async () => {
    const { haproxy } = await play({
      handlers: { check: () => [setTxn('a', textValue('served'))] },
      options: { capabilities: ['pipelining'] },
      spoe: {
        agent: 'max-frame-size 256\nno option send-frag-payload',
        sections: 'spoe-message check\n    args long=req.hdr(x-long)\n    event on-frontend-http-request',
      },
    });
    expect((await haproxy.request({ headers: { 'x-long': long } })).body).toBe('err=3 a= b=');
    expect((await haproxy.request({ headers: { 'x-long': 'short' } })).body).toBe('err= a=served b=');
  });
});
