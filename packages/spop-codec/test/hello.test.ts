import { describe, expect, it } from 'vitest';
import {
  agentHelloEntries,
  describeStatus,
  disconnectEntries,
  haproxyHelloEntries,
  isStatusCode,
  type KvEntry,
  parseAgentHello,
  parseDisconnect,
  parseHaproxyHello,
  STATUS_TEXTS,
  type StatusCode,
  supportsVersion,
  type TypedData,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { ascii } from './support/hex.js';
import { frameVectors } from './support/vectors.js';

const text = (value: string): TypedData => ({ type: 'string', value: ascii(value) });
const entry = (name: string, value: TypedData): KvEntry => ({ name, value });
const size = (value: number): KvEntry => entry('max-frame-size', { type: 'uint32', value });
const versions = entry('supported-versions', text('2.0'));
const capabilities = entry('capabilities', text('pipelining'));

describe('parseHaproxyHello()', () => {
  const hellos = frameVectors.flatMap(({ name, value }) => (value.type === 'haproxy-hello' ? [{ name, value }] : []));

  it.each(hellos)('parseHaproxyHello() and haproxyHelloEntries() reproduce $name', ({ value }) => {
    const hello = parseHaproxyHello(value.entries);
    expect(hello).toMatchObject({ supportedVersions: ['2.0'], maxFrameSize: 16380 });
    expect(hello.healthcheck).toBe(hello.engineId === undefined);
    expect(haproxyHelloEntries(hello)).toEqual(value.entries);
  });

  it('parseHaproxyHello() takes any order, unknown keys, any integer tag and blanks in lists', () => {
    const hello = parseHaproxyHello([
      entry('capabilities', text(' pipelining ,, async ')),
      entry('__proto__', text('x')),
      entry('max-frame-size', { type: 'int64', value: 1 << 22 }),
      entry('supported-versions', text('2.0, 1.5')),
    ]);
    expect(hello).toEqual({
      supportedVersions: ['2.0', '1.5'],
      maxFrameSize: 1 << 22,
      capabilities: ['pipelining', 'async'],
      engineId: undefined,
      healthcheck: false,
    });
  });

  it('parseHaproxyHello() lets the last of repeated keys count', () => {
    expect(parseHaproxyHello([versions, size(1000), capabilities, size(2000)]).maxFrameSize).toBe(2000);
  });

  it.each<[string, KvEntry[], StatusCode]>([
    ['without supported-versions', [size(256), capabilities], 5],
    ['without max-frame-size', [versions, capabilities], 6],
    ['without capabilities', [versions, size(256)], 7],
    ['with max-frame-size 255', [versions, size(255), capabilities], 9],
    ['with max-frame-size 0', [versions, size(0), capabilities], 9],
    [
      'with a negative max-frame-size',
      [versions, entry('max-frame-size', { type: 'int64', value: -1 }), capabilities],
      9,
    ],
    [
      'with max-frame-size 2^64-1',
      [versions, entry('max-frame-size', { type: 'uint64', value: 2n ** 64n - 1n }), capabilities],
      9,
    ],
    ['with max-frame-size as text', [versions, entry('max-frame-size', text('16380')), capabilities], 4],
    ['with binary capabilities', [versions, size(256), entry('capabilities', { type: 'binary', value: ascii('') })], 4],
    ['with a null version', [entry('supported-versions', { type: 'null' }), size(256), capabilities], 4],
    ['with healthcheck as text', [versions, size(256), capabilities, entry('healthcheck', text('1'))], 4],
    [
      'with engine-id as number',
      [versions, size(256), capabilities, entry('engine-id', { type: 'int32', value: 1 })],
      4,
    ],
    ['with an empty list', [], 5],
  ])('parseHaproxyHello() rejects a HELLO %s', (_, entries, status) => {
    expectSpopError(() => parseHaproxyHello(entries), { code: 'SPOP_ERR_KEY', status, offset: -1 });
  });
});

describe('parseAgentHello()', () => {
  it('parseAgentHello() reads what agentHelloEntries() wrote', () => {
    const hello = { version: '2.0', maxFrameSize: 16380, capabilities: ['pipelining', 'fragmentation'] };
    expect(parseAgentHello(agentHelloEntries(hello))).toEqual(hello);
  });

  it('parseAgentHello() accepts a HELLO without capabilities and rejects one without the rest', () => {
    const version = entry('version', text(' 2.0 '));
    expect(parseAgentHello([version, size(256)])).toEqual({ version: '2.0', maxFrameSize: 256, capabilities: [] });
    expectSpopError(() => parseAgentHello([size(256)]), { code: 'SPOP_ERR_KEY', status: 5 });
    expectSpopError(() => parseAgentHello([version]), { code: 'SPOP_ERR_KEY', status: 6 });
    expectSpopError(() => parseAgentHello([version, size(1)]), { code: 'SPOP_ERR_KEY', status: 9 });
  });

  it('agentHelloEntries() refuses a size below 256 or above 2^32-1', () => {
    for (const maxFrameSize of [255, -1, Number.NaN, 2 ** 32, 300.5]) {
      const hello = { version: '2.0', maxFrameSize, capabilities: [] };
      expectSpopError(() => agentHelloEntries(hello), { code: 'SPOP_ERR_VALUE', status: 99 });
    }
  });
});

describe('parseDisconnect()', () => {
  it.each(Object.entries(STATUS_TEXTS))('disconnectEntries() gives code %s the text "%s"', (code, message) => {
    const statusCode = Number(code) as StatusCode;
    expect(parseDisconnect(disconnectEntries(statusCode))).toEqual({ statusCode, message });
    expect(describeStatus(statusCode)).toBe(message);
    expect(isStatusCode(statusCode)).toBe(true);
  });

  it('disconnectEntries() refuses every other code and a text over 255 bytes', () => {
    for (const code of [-1, 14, 98, 100, 1.5, Number.NaN] as StatusCode[]) {
      expectSpopError(() => disconnectEntries(code), { code: 'SPOP_ERR_VALUE', status: 99 });
    }
    expectSpopError(() => disconnectEntries(4, 'x'.repeat(256)), { code: 'SPOP_ERR_VALUE' });
    expect(parseDisconnect(disconnectEntries(4, 'x'.repeat(255))).message.length).toBe(255);
  });

  it('parseDisconnect() takes an empty list as code 0 and any integer as a code', () => {
    expect(parseDisconnect([])).toEqual({ statusCode: 0, message: '' });
    const code = entry('status-code', { type: 'int64', value: 1234 });
    expect(parseDisconnect([code])).toEqual({ statusCode: 1234, message: '' });
    expect(describeStatus(1234)).toBe('an unknown error occurred');
    expectSpopError(() => parseDisconnect([entry('status-code', text('0'))]), { code: 'SPOP_ERR_KEY', status: 4 });
  });
});

describe('supportsVersion()', () => {
  it.each([
    [['2.0'], true],
    [[' 2.0 '], true],
    [['2.00'], true],
    [['1.0', '2.0'], true],
    [['2'], false],
    [['2.1'], false],
    [['1.0'], false],
    [['12.0'], false],
    [['2.0x'], false],
    [[], false],
  ] as const)('supportsVersion(%j) is %s', (list, wanted) => {
    expect(supportsVersion(list)).toBe(wanted);
  });
});
