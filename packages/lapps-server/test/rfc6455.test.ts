import { describe, expect, it } from 'vitest';
import type { ServiceOptions } from '../src/index.js';
import { start } from './support/harness.js';
import { clientFrame, closePayload } from './support/raw-client.js';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };
const small: ServiceOptions = { ...echo, maxMessageBytes: 200 };
const begin = () =>
  start({ services: { '/echo': echo, '/small': small }, limits: { maxFragments: 50, maxMessageBytes: 1 << 20 } });

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const sized = (size: number): Buffer => Buffer.alloc(size, 'abcdefghij');

describe('RFC 6455 5.2, 5.6: data frames', () => {
  it.each([0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000, 300_000])(
    'an echo of %i bytes comes back whole, text and binary',
    async (size) => {
      const client = await (await begin()).open('/echo');
      for (const opcode of [TEXT, BINARY]) {
        client.send(clientFrame(opcode, sized(size)));
        const frame = await client.frame();
        expect([frame.fin, frame.rsv, frame.masked, frame.opcode]).toEqual([true, 0, false, opcode]);
        expect(frame.payload.equals(sized(size))).toBe(true);
      }
    },
  );

  it.each([16, 64] as const)('a short message with a %i-bit length field is taken', async (width) => {
    const client = await (await begin()).open('/echo');
    client.send(clientFrame(TEXT, 'x', { width }));
    expect((await client.frame()).payload.toString()).toBe('x');
  });

  it('a message written byte by byte is taken', async () => {
    const client = await (await begin()).open('/echo');
    client.socket.setNoDelay(true);
    for (const byte of clientFrame(TEXT, 'slowly does it')) {
      await new Promise<void>((resolve) => client.socket.write(bytes(byte), () => resolve()));
    }
    expect((await client.frame()).payload.toString()).toBe('slowly does it');
  });

  it('a hundred messages in one write come back in order', async () => {
    const client = await (await begin()).open('/echo');
    client.send(...Array.from({ length: 100 }, (_, i) => clientFrame(i % 2 === 0 ? TEXT : BINARY, `message ${i}`)));
    for (let i = 0; i < 100; i += 1) expect((await client.frame()).payload.toString()).toBe(`message ${i}`);
  });

  it('a key of zero and a key of ones are taken', async () => {
    const client = await (await begin()).open('/echo');
    for (const mask of [bytes(0, 0, 0, 0), bytes(255, 255, 255, 255)]) {
      for (const size of [5, 1000]) {
        client.send(clientFrame(BINARY, sized(size), { mask }));
        expect((await client.frame()).payload.equals(sized(size))).toBe(true);
      }
    }
  });
});

describe('RFC 6455 5.4: fragmentation', () => {
  it('fragments, an empty one included, become one message', async () => {
    const client = await (await begin()).open('/echo');
    client.send(
      clientFrame(TEXT, 'one ', { fin: false }),
      clientFrame(0, '', { fin: false }),
      clientFrame(0, sized(500), { fin: false }),
      clientFrame(0, ' three'),
    );
    const frame = await client.frame();
    expect([frame.opcode, frame.payload.toString()]).toEqual([TEXT, `one ${sized(500)} three`]);
  });

  it('a ping between fragments is answered before the message', async () => {
    const client = await (await begin()).open('/echo');
    client.send(clientFrame(TEXT, 'a', { fin: false }), clientFrame(PING, 'p'), clientFrame(0, 'b'));
    const [pong, message] = [await client.frame(), await client.frame()];
    expect([pong.opcode, pong.payload.toString()]).toEqual([PONG, 'p']);
    expect(message.payload.toString()).toBe('ab');
  });

  it('UTF-8 may be split between fragments', async () => {
    const client = await (await begin()).open('/echo');
    const text = Buffer.from('κόσμε 𐅑');
    client.send(
      ...[...text].map((byte, i) => clientFrame(i === 0 ? TEXT : 0, bytes(byte), { fin: i === text.length - 1 })),
    );
    expect((await client.frame()).payload.equals(text)).toBe(true);
  });
});

describe('RFC 6455 5.5: control frames', () => {
  it.each([0, 1, 124, 125])('a ping of %i bytes is answered with the same', async (size) => {
    const client = await (await begin()).open('/echo');
    client.send(clientFrame(PING, sized(size)));
    const frame = await client.frame();
    expect([frame.opcode, frame.payload.equals(sized(size))]).toEqual([PONG, true]);
  });

  it('two hundred pings in one write are answered one by one', async () => {
    const client = await (await begin()).open('/echo');
    client.send(...Array.from({ length: 200 }, (_, i) => clientFrame(PING, String(i))));
    for (let i = 0; i < 200; i += 1) expect((await client.frame()).payload.toString()).toBe(String(i));
  });

  it('unasked pongs are ignored', async () => {
    const client = await (await begin()).open('/echo');
    client.send(clientFrame(PONG, 'what'), clientFrame(PONG), clientFrame(TEXT, 'x'));
    expect((await client.frame()).payload.toString()).toBe('x');
  });
});

/** What a peer may not do, and the status it is told (RFC 6455 5, 7.4; RFC 3629). */
type Violation = readonly [name: string, target: '/echo' | '/small', frames: readonly Buffer[], code: number];
const VIOLATIONS: readonly Violation[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (rsv): Violation => [`reserved bits ${rsv}`, '/echo', [clientFrame(TEXT, 'x', { rsv })], 1002],
  ),
  ['reserved bits on a ping', '/echo', [clientFrame(PING, '', { rsv: 4 })], 1002],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode): Violation => [`opcode ${opcode}`, '/echo', [clientFrame(opcode, 'x')], 1002],
  ),
  ['an unmasked frame', '/echo', [clientFrame(TEXT, 'x', { mask: false })], 1002],
  ['an unmasked large frame', '/echo', [clientFrame(TEXT, sized(1000), { mask: false })], 1002],
  ['an unmasked close', '/echo', [clientFrame(CLOSE, closePayload(1000), { mask: false })], 1002],
  ['a fragmented ping', '/echo', [clientFrame(PING, 'x', { fin: false })], 1002],
  ['a fragmented close', '/echo', [clientFrame(CLOSE, closePayload(1000), { fin: false })], 1002],
  ['a ping of 126 bytes', '/echo', [clientFrame(PING, sized(126))], 1002],
  ['a pong with a 64-bit length', '/echo', [clientFrame(PONG, '', { width: 64 })], 1002],
  ['a continuation of nothing', '/echo', [clientFrame(0, 'x')], 1002],
  ['a last continuation of nothing', '/echo', [clientFrame(0, 'x', { fin: false })], 1002],
  ['a continuation after a whole message', '/echo', [clientFrame(TEXT, 'x'), clientFrame(0, 'y')], 1002],
  ['text inside a message', '/echo', [clientFrame(TEXT, 'x', { fin: false }), clientFrame(TEXT, 'y')], 1002],
  ['binary inside a message', '/echo', [clientFrame(TEXT, 'x', { fin: false }), clientFrame(BINARY, 'y')], 1002],
  ['a close of one byte', '/echo', [clientFrame(CLOSE, 'x')], 1002],
  ['a close of 126 bytes', '/echo', [clientFrame(CLOSE, closePayload(1000, sized(124)))], 1002],
  ['a close reason that is not UTF-8', '/echo', [clientFrame(CLOSE, closePayload(1000, bytes(0xff)))], 1007],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): Violation => [`close code ${code}`, '/echo', [clientFrame(CLOSE, closePayload(code))], 1002],
  ),
  ['text with a lone continuation byte', '/echo', [clientFrame(TEXT, bytes(0x80))], 1007],
  ['text cut in a sequence', '/echo', [clientFrame(TEXT, bytes(0x61, 0xe6, 0xb0))], 1007],
  ['text with an overlong slash', '/echo', [clientFrame(TEXT, bytes(0xc0, 0xaf))], 1007],
  ['text with an overlong NUL', '/echo', [clientFrame(TEXT, bytes(0xc0, 0x80))], 1007],
  ['text with a surrogate', '/echo', [clientFrame(TEXT, bytes(0xed, 0xa0, 0x80))], 1007],
  ['text beyond U+10FFFF', '/echo', [clientFrame(TEXT, bytes(0xf4, 0x90, 0x80, 0x80))], 1007],
  ['text with five-byte UTF-8', '/echo', [clientFrame(TEXT, bytes(0xf8, 0x88, 0x80, 0x80, 0x80))], 1007],
  ['text with 0xfe', '/echo', [clientFrame(TEXT, bytes(0xfe))], 1007],
  [
    'text wrong in its second fragment',
    '/echo',
    [clientFrame(TEXT, 'κ', { fin: false }), clientFrame(0, bytes(0xff))],
    1007,
  ],
  ['large text wrong at its end', '/echo', [clientFrame(TEXT, Buffer.concat([sized(9000), bytes(0xff)]))], 1007],
  ['one byte over the limit', '/small', [clientFrame(BINARY, sized(201))], 1009],
  ['a length of 2^53 - 1', '/small', [clientFrame(BINARY, '', { length: 2n ** 53n - 1n, width: 64 })], 1009],
  ['a length of 2^53', '/echo', [clientFrame(BINARY, '', { length: 2n ** 53n, width: 64 })], 1009],
  ['a length with the highest bit', '/echo', [clientFrame(BINARY, '', { length: 2n ** 63n, width: 64 })], 1009],
  [
    'fragments that sum one over the limit',
    '/small',
    [clientFrame(TEXT, sized(200), { fin: false }), clientFrame(0, 'x', { fin: false })],
    1009,
  ],
  [
    'one fragment too many',
    '/echo',
    [clientFrame(TEXT, '', { fin: false }), ...Array.from({ length: 50 }, () => clientFrame(0, '', { fin: false }))],
    1008,
  ],
];

describe('RFC 6455 5, 7: violations', () => {
  it.each(VIOLATIONS)(
    '%s (on %s) is answered by its status and costs nobody else',
    async (_name, target, frames, code) => {
      const { open, event, server } = await begin();
      const good = await open('/echo');
      const bad = await open(target);
      bad.send(...frames);
      expect(await bad.closeCode()).toBe(code);
      await bad.end();
      const { info } = await event('closed');
      expect(info).toMatchObject({ code, cause: 'protocol' });
      expect(server.stats()).toMatchObject({ protocolErrors: 1, closed: 1, connections: 1 });
      good.send(clientFrame(TEXT, 'still here'));
      expect((await good.frame()).payload.toString()).toBe('still here');
    },
  );

  it('a message exactly at the limit is taken', async () => {
    const client = await (await begin()).open('/small');
    client.send(clientFrame(BINARY, sized(200)));
    expect((await client.frame()).payload.length).toBe(200);
    client.send(clientFrame(BINARY, sized(199), { fin: false }), clientFrame(0, 'x'));
    expect((await client.frame()).payload.length).toBe(200);
  });

  it('messages before a violation in the same write are answered before the close', async () => {
    const client = await (await begin()).open('/echo');
    client.send(clientFrame(TEXT, 'a'), clientFrame(TEXT, 'b'), clientFrame(3, ''));
    expect((await client.frame()).payload.toString()).toBe('a');
    expect((await client.frame()).payload.toString()).toBe('b');
    const close = await client.frame();
    expect([close.opcode, close.payload.readUInt16BE()]).toEqual([CLOSE, 1002]);
  });
});

describe('RFC 6455 7: closing', () => {
  it.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    'close code %i is echoed and TCP ended',
    async (code) => {
      const { open, event } = await begin();
      const client = await open('/echo');
      client.send(clientFrame(CLOSE, closePayload(code, 'because')));
      const frame = await client.frame();
      expect([frame.opcode, frame.payload.readUInt16BE()]).toEqual([CLOSE, code]);
      await client.end();
      expect((await event('closed')).info).toEqual({ code, reason: 'because', cause: 'peer' });
    },
  );

  it('an empty close is answered with an empty one and reported as 1005', async () => {
    const { open, event } = await begin();
    const client = await open('/echo');
    client.send(clientFrame(CLOSE));
    const frame = await client.frame();
    expect([frame.opcode, frame.payload.length]).toEqual([CLOSE, 0]);
    await client.end();
    expect((await event('closed')).info).toEqual({ code: 1005, reason: '', cause: 'peer' });
  });

  it('a close reason of 123 bytes is taken', async () => {
    const { open, event } = await begin();
    const client = await open('/echo');
    client.send(clientFrame(CLOSE, closePayload(1000, sized(123))));
    expect(await client.closeCode()).toBe(1000);
    expect((await event('closed')).info.reason).toHaveLength(123);
  });

  it('messages before a close in the same write are answered before the close', async () => {
    const client = await (await begin()).open('/echo');
    client.send(clientFrame(TEXT, 'last'), clientFrame(CLOSE, closePayload(1000)), clientFrame(TEXT, 'too late'));
    expect((await client.frame()).payload.toString()).toBe('last');
    expect((await client.frame()).opcode).toBe(CLOSE);
    await client.end();
    expect(client.frames).toEqual([]);
  });
});
