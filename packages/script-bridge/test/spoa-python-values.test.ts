import type { TypedData } from '@offload/spop-codec';
import { describe, expect, it } from 'vitest';
import type { PythonWorker } from './support/python-worker.js';
import { run, withSpoaWorker } from './support/spoa-script.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const address = bytes(0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 9);

describe.each(['pyodide', 'cpython'] as const)('module spoa in Python (%s)', (engine) => {
  let worker: PythonWorker;
  withSpoaWorker(engine, (started) => {
    worker = started;
  });

  const good: [code: string, value: TypedData][] = [
    [`spoa.set_var_null("v", 2)`, { type: 'null' }],
    [`spoa.set_var_boolean("v", 2, True)`, { type: 'bool', value: true }],
    [`spoa.set_var_boolean("v", 2, 0)`, { type: 'bool', value: false }],
    [`spoa.set_var_int32("v", 2, -2147483648)`, { type: 'int32', value: -2147483648 }],
    [`spoa.set_var_int32("v", 2, 2147483647)`, { type: 'int32', value: 2147483647 }],
    [`spoa.set_var_int32("v", 2, True)`, { type: 'int32', value: 1 }],
    [`spoa.set_var_int32("v", 2, enum.IntEnum("E", {"A": 7}).A)`, { type: 'int32', value: 7 }],
    [`spoa.set_var_uint32("v", 2, 4294967295)`, { type: 'uint32', value: 4294967295 }],
    [`spoa.set_var_int64("v", 2, -(2 ** 63))`, { type: 'int64', value: -(2n ** 63n) }],
    [`spoa.set_var_int64("v", 2, 2 ** 63 - 1)`, { type: 'int64', value: 2n ** 63n - 1n }],
    [`spoa.set_var_int64("v", 2, 2 ** 53 + 1)`, { type: 'int64', value: 2n ** 53n + 1n }],
    [`spoa.set_var_uint64("v", 2, 2 ** 64 - 1)`, { type: 'uint64', value: 2n ** 64n - 1n }],
    [`spoa.set_var_ipv4("v", 2, ipaddress.ip_address("192.0.2.1"))`, { type: 'ipv4', value: bytes(192, 0, 2, 1) }],
    [`spoa.set_var_ipv4("v", 2, "192.0.2.1")`, { type: 'ipv4', value: bytes(192, 0, 2, 1) }],
    [`spoa.set_var_ipv6("v", 2, ipaddress.ip_address("2001:db8::9"))`, { type: 'ipv6', value: address }],
    [`spoa.set_var_ipv6("v", 2, "2001:db8::9")`, { type: 'ipv6', value: address }],
    [`spoa.set_var_str("v", 2, "h\\xe9")`, { type: 'string', value: bytes(104, 0xc3, 0xa9) }],
    [`spoa.set_var_str("v", 2, "")`, { type: 'string', value: bytes() }],
    [`spoa.set_var_str("v", 2, b"\\xff")`, { type: 'string', value: bytes(0xff) }],
    [`spoa.set_var_str("v", 2, "\\udcff")`, { type: 'string', value: bytes(0xff) }],
    [`spoa.set_var_bin("v", 2, bytearray(b"\\0\\xff"))`, { type: 'binary', value: bytes(0, 255) }],
    [`spoa.set_var_bin("v", 2, "1:\\x01")`, { type: 'binary', value: bytes(0x31, 0x3a, 1) }],
    [`spoa.set_var_str("v", 2, helper.word)`, { type: 'string', value: Buffer.from('imported') }],
  ];
  it.each(good)('%s sends the type asked for', async (code, value) => {
    const { actions, faults } = await worker.notify(run(code));
    expect(faults).toEqual([]);
    expect(plain(actions)).toEqual(plain([{ type: 'set-var', scope: 2, name: 'v', value }]));
  });

  it('set_var_*() takes long values, and unset_var() and every scope', async () => {
    const code = 'for s in range(5): spoa.unset_var("v", s)\nspoa.set_var_str("v", spoa.scope.res, "x" * 100000)';
    const { actions, faults } = await worker.notify(run(code));
    expect(faults).toEqual([]);
    expect(actions.map(({ type, scope }) => `${type} ${scope}`)).toEqual([
      ...[0, 1, 2, 3, 4].map((scope) => `unset-var ${scope}`),
      'set-var 4',
    ]);
  });

  const bad: [code: string, message: string][] = [
    [`spoa.set_var_int32("v", 2, 2147483648)`, `bad argument #3 to 'set_var_int32' (2147483648 is outside int32: -2`],
    [`spoa.set_var_int32("v", 2, 1.5)`, `bad argument #3 to 'set_var_int32' (int32 expected, got float)`],
    [`spoa.set_var_int32("v", 2, None)`, `(int32 expected, got NoneType)`],
    [`spoa.set_var_int32("v", 2, "7")`, `(int32 expected, got str)`],
    [`spoa.set_var_uint32("v", 2, -1)`, `bad argument #3 to 'set_var_uint32' (-1 is outside uint32: 0 to 4294967295)`],
    [`spoa.set_var_int64("v", 2, 2 ** 63)`, 'outside int64'],
    [`spoa.set_var_uint64("v", 2, 2 ** 64)`, 'outside uint64'],
    [`spoa.set_var_uint64("v", 2, 2 ** 200)`, 'outside uint64'],
    [`spoa.set_var_int32("v", 2, 10 ** 5000)`, 'a number of 16610 bits is outside int32'],
    [`spoa.set_var_int32("v", -(10 ** 5000), 1)`, 'got a number of 16610 bits'],
    [`spoa.set_var_boolean("v", 2, type("bool", (), {"__module__": "numpy"})())`, 'bool expected, got numpy.bool'],
    [`spoa.set_var_boolean("v", 2, "yes")`, 'bool expected, got str'],
    [`spoa.set_var_boolean("v", 2, 2)`, 'bool expected, got int'],
    [`spoa.set_var_ipv4("v", 2, "1.2.3")`, `'1.2.3' is not an ipv4 address`],
    [`spoa.set_var_ipv4("v", 2, "01.2.3.4")`, 'is not an ipv4 address'],
    [`spoa.set_var_ipv4("v", 2, ipaddress.ip_address("::1"))`, `must be 'IPv4Address' or text, not 'IPv6Address'`],
    [`spoa.set_var_ipv6("v", 2, 7)`, `must be 'IPv6Address' or text, not 'int'`],
    [`spoa.set_var_ipv6("v", 2, "fe80::1%eth0")`, 'is not an ipv6 address'],
    [`spoa.set_var_str("v", 2, 12)`, 'str expected, got int'],
    [`spoa.set_var_str("v", 2, "\\ud800")`, 'text cannot be sent'],
    [`spoa.set_var_bin("v", 2, None)`, 'bytes expected, got NoneType'],
    [`spoa.set_var_str("", 2, "x")`, `bad argument #1 to 'set_var_str' (variable name ""`],
    [`spoa.set_var_str("a b", 2, "x")`, `bad argument #1 to 'set_var_str' (variable name "a b": 1 to 48 characters`],
    [`spoa.set_var_str("x" * 49, 2, "x")`, 'bad argument #1'],
    [`spoa.set_var_str(5, 2, "x")`, 'variable name expected, got int'],
    [`spoa.set_var_str([], 2, "x")`, 'variable name expected, got list'],
    [`spoa.set_var_str("v", 5, "x")`, `bad argument #2 to 'set_var_str' (scope expected`],
    [`spoa.set_var_int32("v", None, 1)`, 'got NoneType'],
    [`spoa.set_var_int32("v", "txn", 1)`, 'scope expected'],
    [`spoa.set_var_int32("v", [], 1)`, 'scope expected'],
    [`spoa.set_var_str("v", 2, "x" * 2 ** 20)`, `'set_var_str': no space left available`],
    [`while True: spoa.set_var_int32("v", 2, 1)`, `'set_var_int32': no space left available`],
    [`for i in range(400): spoa.set_var_str("v", 2, "x" * 4000)`, 'no space left available'],
    [`spoa.unset_var("a-b", 2)`, `bad argument #1 to 'unset_var'`],
    [`spoa.register_message("", run)`, `bad argument #1 to 'register_message' (message name expected, got '')`],
    [`spoa.message(run)`, `bad argument #1 to 'message' (message name expected, got function)`],
    [`spoa.register_message("x", 5)`, `bad argument #2 to 'register_message' (function expected, got int)`],
    [`spoa.register_message("run", run)`, `'register_message' called while a message is handled`],
  ];
  it.each(bad)('%s raises spoa.error', async (code, message) => {
    const { actions, faults } = await worker.notify(run(`spoa.set_var_null("before", 2)\n${code}`));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code: 'SCRIPT_ERR_RUNTIME', spoeMessage: 'run', script: 'case.py', line: 2 });
    expect(faults[0]?.message).toContain(`spoa.error: `);
    expect(faults[0]?.message).toContain(message);
    // What was set before the fault stays.
    expect(actions[0]).toEqual({ type: 'set-var', scope: 2, name: 'before', value: { type: 'null' } });
  });

  it('spoa.error can be caught', async () => {
    const code = `try: spoa.set_var_int32("v", 2, 2 ** 40)\nexcept spoa.error as e: spoa.set_var_str("e", 2, str(e))`;
    const { actions, faults } = await worker.notify(run(code));
    expect(faults).toEqual([]);
    expect(actions).toHaveLength(1);
  });

  it('arguments come back as they were sent, at their extremes', async () => {
    const values: [name: string, sent: TypedData, back?: TypedData][] = [
      ['null', { type: 'null' }],
      ['true', { type: 'bool', value: true }],
      ['false', { type: 'bool', value: false }],
      ['i32', { type: 'int32', value: -2147483648 }, { type: 'int64', value: -2147483648 }],
      ['u32', { type: 'uint32', value: 4294967295 }, { type: 'int64', value: 4294967295 }],
      ['min', { type: 'int64', value: -(2n ** 63n) }],
      ['max', { type: 'int64', value: 2n ** 63n - 1n }],
      ['u64', { type: 'uint64', value: 2n ** 64n - 1n }],
      ['zero', { type: 'int64', value: 0 }],
      ['v4', { type: 'ipv4', value: bytes(255, 255, 255, 255) }],
      ['v4z', { type: 'ipv4', value: bytes(0, 0, 0, 0) }],
      ['v6', { type: 'ipv6', value: address }],
      ['v6m', { type: 'ipv6', value: bytes(...new Array(16).fill(255)) }],
      ['empty', { type: 'string', value: bytes() }],
      ['long', { type: 'string', value: new Uint8Array(70_000).fill(0x61) }],
      ['utf8', { type: 'string', value: Buffer.from('h\u00e9\u20ac\u{1f600}') }],
      ['broken', { type: 'string', value: bytes(0xff, 0x41, 0xc3, 0xed, 0xa0, 0x80, 0xf0, 0x9f) }],
      ['nul', { type: 'string', value: bytes(0, 1, 0) }],
      ['bin', { type: 'binary', value: Uint8Array.from({ length: 256 }, (_, i) => i) }],
    ];
    const args = values.map(([name, value]) => ({ name, value }));
    const { actions, faults } = await worker.notify([{ name: 'echo', args }]);
    expect(faults).toEqual([]);
    const expected = values.map(([name, sent, back = sent]) => ({ type: 'set-var', scope: 2, name, value: back }));
    expect(plain(actions)).toEqual(plain(expected));
  });

  it('a uint64 HAProxy cannot hold is sent with a warning', async () => {
    await worker.notify(run('spoa.set_var_uint64("big", 2, 2 ** 63)'));
    expect(worker.log).toContainEqual({
      level: 'warn',
      message: `set_var_uint64('big'): HAProxy reads 9223372036854775808 as -9223372036854775808`,
    });
  });
});

/** Integers as bigint, bytes as hexadecimal, so that what is equal compares equal. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
