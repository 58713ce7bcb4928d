import { describe, expect, it } from 'vitest';
import {
  Cursor,
  DataType,
  type Message,
  MessageReader,
  NameCache,
  readMessages,
  Writer,
  writeMessages,
} from '../src/index.js';
import { expectSpopError } from './support/expect-error.js';
import { fromHex } from './support/hex.js';
import { streamMessages } from './support/stream-messages.js';

const encode = (messages: Message[]): Uint8Array => {
  const w = new Writer(1 << 20);
  writeMessages(w, messages);
  return w.view();
};
const args = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `a${i}`, value: { type: 'int64', value: i } as const }));

describe('readMessages()', () => {
  it('readMessages() keeps duplicate and empty names in order', () => {
    const messages: Message[] = [
      { name: 'm', args: ['x', 'x', '', ''].map((name, i) => ({ name, value: { type: 'int64', value: i } })) },
      { name: 'm', args: [] },
      { name: '__proto__', args: [{ name: '__proto__', value: { type: 'bool', value: true } }] },
    ];
    expect(readMessages(new Cursor(encode(messages)))).toEqual(messages);
    const names = new NameCache(2);
    for (let i = 0; i < 3; i++) expect(readMessages(new Cursor(encode(messages)), names)).toEqual(messages);
    expect(streamMessages(new MessageReader(), encode(messages))).toEqual(messages);
  });

  it('readMessages() and writeMessages() take 255 arguments, writeMessages() refuses 256', () => {
    const messages = [{ name: 'm', args: args(255) }];
    expect(readMessages(new Cursor(encode(messages)))).toEqual(messages);
    expectSpopError(() => encode([{ name: 'm', args: args(256) }]), { code: 'SPOP_ERR_VALUE', status: 99 });
  });

  it('readMessages() stays inside the frame when NB-ARGS says 44 and 300 arguments follow', () => {
    // What HAProxy sends for 300 arguments: the low byte of the count, then all of them.
    const whole = encode([
      { name: 'm', args: args(255) },
      { name: 'n', args: args(45) },
    ]);
    const first = encode([{ name: 'm', args: args(255) }]);
    const bytes = new Uint8Array([...first, ...whole.subarray(first.length + 3)]);
    bytes[2] = 300 & 255;
    expectSpopError(() => readMessages(new Cursor(bytes)), { code: 'SPOP_ERR_TRUNCATED', status: 4 });
    expectSpopError(() => streamMessages(new MessageReader(), bytes), { code: 'SPOP_ERR_TRUNCATED', status: 4 });
  });
});

describe('MessageReader', () => {
  const messages: Message[] = [
    { name: 'm1', args: args(3) },
    { name: 'm2', args: [{ name: 's', value: { type: 'string', value: fromHex('6869') } }] },
    { name: 'm3', args: [] },
  ];

  it('MessageReader passes over arguments that were not read', () => {
    const reader = new MessageReader();
    reader.reset(encode(messages));
    const seen: [string, number][] = [];
    while (reader.nextMessage()) {
      seen.push([reader.messageName, reader.argCount]);
      if (reader.argCount > 1) expect(reader.nextArg()).toBe(true);
    }
    expect(seen).toEqual([
      ['m1', 3],
      ['m2', 1],
      ['m3', 0],
    ]);
    expect(reader.nextArg()).toBe(false);
    expect(reader.nextMessage()).toBe(false);
  });

  it('MessageReader starts clean after a payload that was bad', () => {
    const reader = new MessageReader();
    reader.reset(fromHex('016d0401610401'));
    expect(reader.nextMessage()).toBe(true);
    expect(reader.nextArg()).toBe(true);
    expectSpopError(() => reader.nextArg(), { code: 'SPOP_ERR_TRUNCATED' });
    expect(streamMessages(reader, encode(messages))).toEqual(messages);
  });

  it('MessageReader points at the bytes of a value and makes no copy', () => {
    const bytes = encode(messages.slice(1, 2));
    const reader = new MessageReader();
    reader.reset(bytes);
    expect(reader.nextMessage() && reader.nextArg()).toBe(true);
    expect(reader.argType).toBe(DataType.STRING);
    expect(reader.bytes).toBe(bytes);
    expect([reader.valueAt, reader.valueEnd]).toEqual([bytes.length - 2, bytes.length]);
  });
});
