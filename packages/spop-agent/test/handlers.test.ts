import { type Action, encodeFrame, type Frame, type KvEntry, type Message, type TypedData } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import { createAgent, type MessageHandler, setVar, unsetVar } from '../src/index.js';
import { notifyFrame } from './support/raw-engine.js';
import { startAgent } from './support/test-agent.js';

const message = (name: string, ...args: KvEntry[]): Message => ({ name, args });
const score = (n: number): Action => setVar('txn', 'n', { type: 'int32', value: n });

function actionsOf(frame: Frame): string[] {
  if (frame.type !== 'ack') throw new Error(`Expected ack, got ${frame.type}`);
  expect(frame.unparsed).toHaveLength(0);
  return frame.actions.map((action) => {
    if (action.type === 'unset-var') return `unset ${action.name}`;
    const { value } = action;
    return `${action.name}=${value.type}${'value' in value ? `:${String(value.value)}` : ''}`;
  });
}

/** Deferred handlers: each call waits until the test settles it. */
function deferred() {
  const calls: { name: string; resolve: (actions: Action[]) => void; reject: (error: unknown) => void }[] = [];
  const handler: MessageHandler = ({ name }) =>
    new Promise((resolve, reject) => {
      calls.push({ name, resolve, reject });
    });
  return { calls, handler };
}

describe('createAgent handlers', () => {
  test('createAgent() sends the actions of a handler, which sees arguments of every type', async () => {
    const values: TypedData[] = [
      { type: 'null' },
      { type: 'bool', value: true },
      { type: 'int32', value: -5 },
      { type: 'uint32', value: 2 ** 32 - 1 },
      { type: 'int64', value: -(2n ** 63n) },
      { type: 'uint64', value: 2n ** 64n - 1n },
      { type: 'ipv4', value: Uint8Array.of(192, 0, 2, 1) },
      { type: 'ipv6', value: new Uint8Array(16).fill(7) },
      { type: 'string', value: Uint8Array.of(0xc3, 0x28) },
      { type: 'binary', value: Uint8Array.of(0, 255) },
    ];
    const t = await startAgent({
      handlers: { echo: ({ args }) => args.map(({ name, value }) => ({ ...setVar('txn', name, value) })) },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('echo', ...values.map((value, i) => ({ name: `v${i}`, value })))]));
    expect(await engine.next()).toEqual({
      type: 'ack',
      streamId: 1,
      frameId: 1,
      abort: false,
      actions: values.map((value, i) => ({ type: 'set-var', scope: 2, name: `v${i}`, value })),
      unparsed: new Uint8Array(0),
    });
  });

  test("createAgent() takes promises that are not JavaScript's own, and bad ones cost their message", async () => {
    const thenable = (then: (resolve: (actions: Action[]) => void) => void) => ({ then }) as Promise<Action[]>;
    const t = await startAgent({
      handlers: {
        throws: () =>
          thenable(() => {
            throw new Error('in then');
          }),
        twice: () =>
          thenable((resolve) => {
            resolve([score(1)]);
            resolve([score(2)]);
          }),
        late: async () => [score(3)],
      },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('throws'), message('twice'), message('late')]));
    expect(actionsOf(await engine.next())).toEqual(['n=int32:1', 'n=int32:3']);
    expect(await t.event('handler-error')).toMatchObject({ name: 'throws', error: { message: 'in then' } });
  });

  test('createAgent() lets a handler keep the bytes of its arguments', async () => {
    const kept: Uint8Array[] = [];
    const t = await startAgent({
      handlers: {
        keep: ({ args }) => {
          for (const { value } of args) if (value.type === 'binary') kept.push(value.value);
        },
      },
    });
    const engines = [await t.ready(), await t.ready()];
    const sent = Array.from({ length: 20 }, (_, i) => new Uint8Array(i * 100).fill(i));
    for (const [i, value] of sent.entries()) {
      const engine = engines[i % 2]!;
      engine.send(notifyFrame(i, [message('keep', { name: 'v', value: { type: 'binary', value } })]));
      await engine.next();
    }
    expect(kept.map((bytes) => [...bytes])).toEqual(sent.map((bytes) => [...bytes]));
  });

  test('createAgent() answers several messages of one NOTIFY in their order with one ACK', async () => {
    const t = await startAgent({ handlers: { a: () => [score(1)], b: () => [score(2), unsetVar('txn', 'x')] } });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('a'), message('b'), message('a')]), notifyFrame(2));
    expect(actionsOf(await engine.next())).toEqual(['n=int32:1', 'n=int32:2', 'unset x', 'n=int32:1']);
    expect(actionsOf(await engine.next())).toEqual([]);
  });

  test('createAgent() tells one handler for all the name, the ids and the connection', async () => {
    const seen: unknown[] = [];
    const t = await startAgent({
      handlers: ({ name }, { connection, streamId, frameId }) => {
        seen.push([name, connection.engineId, connection.maxFrameBytes, streamId, frameId]);
      },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(9, [message('x')], 4));
    expect(actionsOf(await engine.next())).toEqual([]);
    expect(seen).toEqual([['x', 'engine', 16_380, 9, 4]]);
  });

  test('createAgent() acknowledges a message without a handler and reports its name', async () => {
    const t = await startAgent({ handlers: { a: () => [score(1)] } });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('toString'), message('__proto__'), message('a')]));
    expect(actionsOf(await engine.next())).toEqual(['n=int32:1']);
    expect(t.all('message-unknown').map((e) => e.name)).toEqual(['toString', '__proto__']);
  });

  test('createAgent() acknowledges when a handler throws, with the actions of the others', async () => {
    const error = new Error('boom');
    const t = await startAgent({
      handlers: {
        a: () => [score(1)],
        bad: () => {
          throw error;
        },
      },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('bad'), message('a')]));
    expect(actionsOf(await engine.next())).toEqual(['n=int32:1']);
    expect(t.all('handler-error')).toMatchObject([{ name: 'bad', error, streamId: 1, frameId: 1 }]);
  });

  test.each<[string, unknown, string]>([
    [
      'a name of 49 bytes',
      { type: 'set-var', scope: 2, name: 'x'.repeat(49), value: { type: 'null' } },
      'SPOP_ERR_NAME',
    ],
    ['a name with a blank', { type: 'unset-var', scope: 2, name: 'a b' }, 'SPOP_ERR_NAME'],
    ['a scope of 5', { type: 'unset-var', scope: 5, name: 'a' }, 'SPOP_ERR_VALUE'],
    [
      'an int32 of 2^31',
      { type: 'set-var', scope: 2, name: 'a', value: { type: 'int32', value: 2 ** 31 } },
      'SPOP_ERR_VALUE',
    ],
    [
      'a uint64 of -1',
      { type: 'set-var', scope: 2, name: 'a', value: { type: 'uint64', value: -1 } },
      'SPOP_ERR_VALUE',
    ],
    [
      'an ipv4 of 5 bytes',
      { type: 'set-var', scope: 2, name: 'a', value: { type: 'ipv4', value: new Uint8Array(5) } },
      'SPOP_ERR_VALUE',
    ],
  ])('createAgent() leaves out an action with %s, and only that', async (_, bad, code) => {
    const t = await startAgent({ handlers: () => [score(1), bad as Action, score(2)] });
    const engine = await t.ready();
    engine.send(notifyFrame(1));
    expect(actionsOf(await engine.next())).toEqual(['n=int32:1', 'n=int32:2']);
    expect(t.all('action-dropped')).toMatchObject([{ name: 'm', error: { code } }]);
  });

  test.each([[42], ['text'], [{ a: 1 }], [null]])(
    'createAgent() takes a result of %j for an error of the handler',
    async (result) => {
      const t = await startAgent({ handlers: (() => result) as unknown as MessageHandler });
      const engine = await t.ready();
      engine.send(notifyFrame(1));
      expect(actionsOf(await engine.next())).toEqual([]);
      expect(t.all('handler-error')).toMatchObject([{ error: expect.any(TypeError) }]);
    },
  );

  test('createAgent() sends the whole actions that fit, first to last, and reports the rest', async () => {
    const big = (name: string, length: number) => setVar('txn', name, new Uint8Array(length));
    const t = await startAgent({ handlers: () => [big('a', 100), big('b', 100), big('c', 100), big('d', 1)] });
    const engine = await t.ready({ maxFrameSize: 256 });
    engine.send(notifyFrame(1));
    const ack = await engine.next();
    expect(ack.type === 'ack' && ack.actions.map((a) => a.name)).toEqual(['a', 'b']);
    expect(t.all('ack-truncated')).toMatchObject([{ streamId: 1, bytes: 107 + 8, variables: ['txn.c', 'txn.d'] }]);
  });

  test('createAgent() keeps the length field of any ACK below the agreed size', async () => {
    const t = await startAgent({ handlers: () => Array.from({ length: 300 }, (_, i) => score(i)) });
    for (const maxFrameSize of [256, 300, 1000]) {
      const engine = await t.ready({ maxFrameSize });
      engine.send(notifyFrame(2n ** 64n - 1n, undefined, 2n ** 63n));
      const ack = await engine.next();
      const length = encodeFrame(ack).length - 4;
      expect(length).toBeLessThan(maxFrameSize);
      expect(length).toBeGreaterThan(maxFrameSize - 1 - 12);
    }
  });
});

describe('createAgent asynchronous handlers', () => {
  test('createAgent() acknowledges in the order handlers finish, those of one turn in one write', async () => {
    const { calls, handler } = deferred();
    const t = await startAgent({ handlers: handler });
    const engine = await t.ready();
    engine.send(notifyFrame(1), notifyFrame(2), notifyFrame(3));
    while (calls.length < 3) await new Promise(setImmediate);
    expect(t.agent.stats().inFlight).toBe(3);
    calls[2]!.resolve([score(3)]);
    expect(await engine.next()).toMatchObject({ streamId: 3 });
    engine.chunks.length = 0;
    calls[1]!.resolve([score(2)]);
    calls[0]!.resolve([score(1)]);
    expect((await engine.take(2)).map((f) => f.type === 'ack' && f.streamId)).toEqual([2, 1]);
    expect(engine.chunks).toHaveLength(1);
    expect(t.agent.stats().inFlight).toBe(0);
  });

  test('createAgent() waits for all messages of a NOTIFY and keeps their order', async () => {
    const { calls, handler } = deferred();
    const t = await startAgent({ handlers: { slow: handler, quick: () => [score(0)] } });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('slow'), message('quick'), message('slow')]));
    while (calls.length < 2) await new Promise(setImmediate);
    calls[1]!.resolve([score(2)]);
    await new Promise(setImmediate);
    expect(engine.frames).toEqual([]);
    calls[0]!.resolve([score(1)]);
    expect(actionsOf(await engine.next())).toEqual(['n=int32:1', 'n=int32:0', 'n=int32:2']);
  });

  test('createAgent() acknowledges when a handler rejects', async () => {
    const { calls, handler } = deferred();
    const t = await startAgent({ handlers: { slow: handler, quick: () => [score(0)] } });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('quick'), message('slow')]));
    while (calls.length < 1) await new Promise(setImmediate);
    calls[0]!.reject('no');
    expect(actionsOf(await engine.next())).toEqual(['n=int32:0']);
    expect(t.all('handler-error')).toMatchObject([{ name: 'slow', error: 'no' }]);
  });

  test('createAgent() answers for a handler past handlerTimeoutMs and drops its late result', async () => {
    const { calls, handler } = deferred();
    const t = await startAgent({
      handlers: { slow: handler, quick: () => [score(0)] },
      limits: { handlerTimeoutMs: 20 },
    });
    const engine = await t.ready();
    engine.send(notifyFrame(1, [message('slow'), message('quick')]));
    expect(actionsOf(await engine.next())).toEqual(['n=int32:0']);
    expect(await t.event('handler-timeout')).toMatchObject({ name: 'slow', streamId: 1 });
    calls[0]!.resolve([score(1)]);
    engine.send(notifyFrame(2, [message('quick')]));
    expect(await engine.next()).toMatchObject({ type: 'ack', streamId: 2 });
    expect(t.all('ack-unexpected')).toEqual([]);
  });

  test('createAgent() forgets results whose connection is gone', async () => {
    const { calls, handler } = deferred();
    const t = await startAgent({ handlers: handler });
    const engine = await t.ready();
    engine.send(notifyFrame(1));
    while (calls.length < 1) await new Promise(setImmediate);
    engine.socket.resetAndDestroy();
    await t.event('connection-closed');
    calls[0]!.resolve([score(1)]);
    await new Promise(setImmediate);
    expect(t.agent.stats()).toMatchObject({ acks: 0, inFlight: 0 });
  });
});

describe('createAgent options', () => {
  test.each<[string, object]>([
    ['neither handlers nor onNotify', {}],
    ['both handlers and onNotify', { handlers: {}, onNotify: () => {} }],
    ['a handler that is no function', { handlers: { a: 1 } }],
    ['an unknown capability', { handlers: {}, capabilities: ['zip'] }],
    ['an unknown limit', { handlers: {}, limits: { maxFrames: 1 } }],
    ['a limit of 0', { handlers: {}, limits: { maxConnections: 0 } }],
    ['a limit that is no integer', { handlers: {}, limits: { helloBytes: 300.5 } }],
    ['a limit below its least', { handlers: {}, limits: { maxFrameBytes: 255 } }],
  ])('createAgent() refuses %s', (_, options) => {
    expect(() => createAgent(options as never)).toThrow(expect.objectContaining({ code: 'SPOP_AGENT_ERR_OPTION' }));
  });
});
