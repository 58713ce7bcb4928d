import type { TypedData } from '@offload/spop-codec';
import { describe, expect, it } from 'vitest';
import { startWorker } from './support/worker.js';

const SCOPES = { proc: 0, sess: 1, txn: 2, req: 3, res: 4 };
const MESSAGE = [{ name: 'm', args: [] }];

/** The one action a call makes, or the fault it ends in. */
async function callOf(code: string) {
  const worker = await startWorker({ s: `spoa.register_message('m', () => { ${code} });` });
  const answer = await worker.notify(MESSAGE);
  return { ...answer, log: worker.log };
}

describe('spoa.set_var_*()', () => {
  const good: [string, TypedData][] = [
    [`spoa.set_var_null('v', 2)`, { type: 'null' }],
    [`spoa.set_var_boolean('v', 2, true)`, { type: 'bool', value: true }],
    [`spoa.set_var_boolean('v', 2, false)`, { type: 'bool', value: false }],
    [`spoa.set_var_int32('v', 2, -2147483648)`, { type: 'int32', value: -2147483648 }],
    [`spoa.set_var_int32('v', 2, 2147483647)`, { type: 'int32', value: 2147483647 }],
    [`spoa.set_var_int32('v', 2, '17')`, { type: 'int32', value: 17 }],
    [`spoa.set_var_uint32('v', 2, 4294967295)`, { type: 'uint32', value: 4294967295 }],
    [`spoa.set_var_int64('v', 2, -(2n ** 63n))`, { type: 'int64', value: -(2n ** 63n) }],
    [`spoa.set_var_int64('v', 2, 2n ** 63n - 1n)`, { type: 'int64', value: 2n ** 63n - 1n }],
    [`spoa.set_var_int64('v', 2, 2 ** 60)`, { type: 'int64', value: 2n ** 60n }],
    [`spoa.set_var_uint64('v', 2, 2n ** 64n - 1n)`, { type: 'uint64', value: 2n ** 64n - 1n }],
    [`spoa.set_var_ipv4('v', 2, '192.0.2.1')`, { type: 'ipv4', value: Uint8Array.of(192, 0, 2, 1) }],
    [
      `spoa.set_var_ipv6('v', 2, '1::f')`,
      { type: 'ipv6', value: Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15) },
    ],
    [`spoa.set_var_str('v', 2, 'h\\xe9')`, { type: 'string', value: Uint8Array.of(104, 0xe9) }],
    [`spoa.set_var_str('v', 2, 12)`, { type: 'string', value: Uint8Array.of(0x31, 0x32) }],
    [`spoa.set_var_bin('v', 2, Uint8Array.of(0, 255))`, { type: 'binary', value: Uint8Array.of(0, 255) }],
  ];
  it.each(good)('%s sends the type asked for', async (code, value) => {
    const { actions, faults } = await callOf(code);
    expect(faults).toEqual([]);
    expect(actions).toEqual([{ type: 'set-var', scope: 2, name: 'v', value }]);
  });

  it.each(Object.entries(SCOPES))('takes spoa.scope.%s', async (scope, number) => {
    const { actions } = await callOf(`spoa.set_var_boolean('v', spoa.scope.${scope}, true)`);
    expect(actions).toMatchObject([{ scope: number }]);
  });

  const bad: [string, string][] = [
    [`spoa.set_var_int32('v', 2, 2147483648)`, `bad argument #3 to 'set_var_int32' (2147483648 is outside int32`],
    [
      `spoa.set_var_int32('v', 2, 1.5)`,
      `bad argument #3 to 'set_var_int32' (int32 expected, 1.5 is not a whole number)`,
    ],
    [`spoa.set_var_int32('v', 2, NaN)`, 'not a whole number'],
    [`spoa.set_var_int32('v', 2)`, `bad argument #3 to 'set_var_int32' (int32 expected, got nil)`],
    [`spoa.set_var_int32('v', 2, 'x')`, 'int32 expected, got string'],
    [`spoa.set_var_uint32('v', 2, -1)`, 'outside uint32'],
    [`spoa.set_var_int64('v', 2, 2n ** 63n)`, 'outside int64'],
    [`spoa.set_var_int64('v', 2, 2 ** 63)`, '9223372036854775808 is outside int64'],
    [`spoa.set_var_uint64('v', 2, 2n ** 64n)`, 'outside uint64'],
    [`spoa.set_var_uint64('v', 2, -1)`, 'outside uint64'],
    [`spoa.set_var_boolean('v', 2, 1)`, `boolean expected, got number`],
    [`spoa.set_var_ipv4('v', 2, '1.2.3')`, `'1.2.3' is not an ipv4 address`],
    [`spoa.set_var_ipv4('v', 2, '01.2.3.4')`, 'is not an ipv4 address'],
    [`spoa.set_var_ipv6('v', 2, '::1::')`, 'is not an ipv6 address'],
    [`spoa.set_var_ipv6('v', 2, 'fe80::1%eth0')`, 'is not an ipv6 address'],
    [`spoa.set_var_str('v', 2, true)`, 'string expected, got boolean'],
    [`spoa.set_var_str('', 2, 'x')`, `bad argument #1 to 'set_var_str' (variable name`],
    [`spoa.set_var_str('a b', 2, 'x')`, `bad argument #1 to 'set_var_str' (variable name "a b"`],
    [`spoa.set_var_str('x'.repeat(49), 2, 'x')`, 'bad argument #1'],
    [`spoa.set_var_str(5, 2, 'x')`, 'variable name expected, got number'],
    [`spoa.set_var_str('v', 5, 'x')`, `bad argument #2 to 'set_var_str' (scope expected`],
    [`spoa.set_var_str('v', undefined, 'x')`, 'scope expected (spoa.scope.proc, sess, txn, req or res), got nil'],
    [`spoa.set_var_str('v', 2, 'x'.repeat(2 ** 20))`, 'no space left available'],
    [`spoa.unset_var('a-b', 2)`, `bad argument #1 to 'unset_var'`],
  ];
  it.each(bad)('%s is refused', async (code, text) => {
    const { actions, faults } = await callOf(`spoa.set_var_null('before', 2); ${code}`);
    expect(faults).toHaveLength(1);
    expect(faults[0].message).toContain(text);
    expect(faults[0].spoeMessage).toBe('m');
    // What was set before the fault stays; the broken action is gone whole.
    expect(actions).toEqual([{ type: 'set-var', scope: 2, name: 'before', value: { type: 'null' } }]);
  });

  it('warns once when HAProxy will read a uint64 as negative', async () => {
    const worker = await startWorker({
      s: `spoa.register_message('m', () => spoa.set_var_uint64('v', 2, 2n ** 63n));`,
    });
    await worker.notify(MESSAGE);
    await worker.notify(MESSAGE);
    expect(worker.log.filter((l) => l.level === 'warn')).toEqual([
      { level: 'warn', message: `set_var_uint64('v'): HAProxy reads 9223372036854775808 as -9223372036854775808` },
    ]);
  });

  it('outside a handler is an error', async () => {
    await expect(startWorker({ s: `spoa.set_var_null('v', 2);` })).rejects.toThrow(
      `'set_var_null' called while no message is handled`,
    );
  });

  it('spoa.unset_var() sends unset-var', async () => {
    expect((await callOf(`spoa.unset_var('v', 4)`)).actions).toEqual([{ type: 'unset-var', scope: 4, name: 'v' }]);
  });
});

describe('spoa.register_message()', () => {
  it('reports what is registered, with file and engine', async () => {
    const { report } = await startWorker({ a: `spoa.register_message('m', function one() {});` });
    expect(report.messages).toMatchObject([{ name: 'm', language: 'plain', engine: 'plain' }]);
    expect(report.messages[0].where).toContain('a.plain.mjs:one');
  });

  it('refuses a second handler, naming both places', async () => {
    const start = startWorker({
      a: `spoa.register_message('m', function first() {});`,
      b: `spoa.register_message('m', function second() {});`,
    });
    await expect(start).rejects.toThrow(
      /message 'm' is registered twice: at .*a\.plain\.mjs:first and at .*b\.plain\.mjs:second/,
    );
  });

  it('is refused while a message is handled: other workers, and a successor, would not have it', async () => {
    const worker = await startWorker({
      s: `spoa.register_message('m', () => spoa.register_message('late', () => spoa.set_var_null('v', 2)));`,
    });
    const { faults } = await worker.notify(MESSAGE);
    expect(faults[0].message).toContain(`'register_message' called while a message is handled`);
    expect((await worker.notify([{ name: 'late', args: [] }])).actions).toEqual([]);
  });

  it.each([
    [`spoa.register_message('', () => {})`, `bad argument #1 to 'register_message'`],
    [`spoa.register_message(undefined, () => {})`, `message name expected, got nil`],
    [`spoa.register_message('m')`, `bad argument #2 to 'register_message' (function expected, got nil)`],
  ])('%s is refused', async (code, text) => {
    await expect(startWorker({ s: code })).rejects.toThrow(text);
  });
});

describe('NotifyDispatcher', () => {
  it('answers a message nobody registered with no actions and no fault', async () => {
    const worker = await startWorker({ s: '' });
    expect(await worker.notify([{ name: 'unknown', args: [] }])).toEqual({ actions: [], faults: [] });
  });

  it('answers an empty payload', async () => {
    expect(await (await startWorker({ s: '' })).notify([])).toEqual({ actions: [], faults: [] });
  });

  it('runs all messages of one NOTIFY in order into one answer', async () => {
    const worker = await startWorker({
      s: `spoa.register_message('a', () => spoa.set_var_int32('n', 2, 1));
          spoa.register_message('b', (args) => spoa.set_var_int32('n', 2, args[0].value));`,
    });
    const { actions } = await worker.notify([
      { name: 'a', args: [] },
      { name: 'x', args: [{ name: 'q', value: { type: 'bool', value: true } }] },
      { name: 'b', args: [{ name: 'v', value: { type: 'int64', value: 7 } }] },
    ]);
    expect(actions.map((a) => 'value' in a && a.value)).toEqual([
      { type: 'int32', value: 1 },
      { type: 'int32', value: 7 },
    ]);
  });

  it('keeps the messages after one whose handler failed', async () => {
    const worker = await startWorker({
      s: `spoa.register_message('a', () => { throw new Error('boom'); });
          spoa.register_message('b', () => spoa.set_var_int32('n', 2, 1));`,
    });
    const { actions, faults } = await worker.notify([
      { name: 'a', args: [] },
      { name: 'b', args: [] },
    ]);
    expect(actions).toHaveLength(1);
    expect(faults).toMatchObject([{ message: 'boom', spoeMessage: 'a', code: 'SCRIPT_ERR_RUNTIME' }]);
  });

  it('answers once, after every handler that waits, and mixes no two NOTIFYs', async () => {
    const worker = await startWorker({
      s: `spoa.register_message('slow', async (args) => {
            await new Promise((r) => setTimeout(r, 20));
          });
          spoa.register_message('fast', () => spoa.set_var_int32('fast', 2, 2));`,
    });
    const both = worker.notify([
      { name: 'slow', args: [] },
      { name: 'fast', args: [] },
    ]);
    const alone = worker.notify([{ name: 'fast', args: [] }]);
    expect((await alone).actions).toHaveLength(1);
    expect((await both).actions).toHaveLength(1);
  });

  it('reports a payload that cannot be read and keeps what was done before it', async () => {
    const worker = await startWorker({ s: `spoa.register_message('m', () => spoa.set_var_null('v', 2));` });
    const { actions, faults } = await worker.notifyBytes(Uint8Array.of(1, 0x6d, 0, 5, 0x61));
    expect(actions).toHaveLength(1);
    expect(faults[0].message).toContain('SPOP_ERR_TRUNCATED');
  });
});
