import { describe, expect, it } from 'vitest';
import { begin } from './support/begin.js';

describe('send()', () => {
  it('send() takes text as string and bytes, and binary', async () => {
    const { connection, client, server } = await begin();
    connection.send('grüße');
    connection.send(Buffer.from('text'), false);
    connection.send(Uint8Array.of(1, 2, 3));
    connection.send('binary', true);
    connection.send('');
    const frames = [];
    for (let i = 0; i < 5; i += 1) frames.push(await client.frame());
    expect(frames.map(({ opcode }) => opcode)).toEqual([1, 1, 2, 2, 1]);
    expect(frames.map(({ payload }) => payload.toString())).toEqual(['grüße', 'text', '\x01\x02\x03', 'binary', '']);
    expect(server.stats().messagesOut).toBe(5);
  });

  it('send() copies what it is given, small and large', async () => {
    const { connection, client } = await begin();
    for (const size of [10, 100_000]) {
      const data = Buffer.alloc(size, 'a');
      connection.send(data);
      data.fill('b');
      expect((await client.frame()).payload.equals(Buffer.alloc(size, 'a'))).toBe(true);
    }
  });

  it('send() keeps order between small, large, framed and owned messages of one pass', async () => {
    const { connection, client, server } = await begin();
    const sizes = [1, 70_000, 2, 3, 20_000, 16_384, 16_385, 4, 300_000, 5, 126, 65_535, 65_536];
    sizes.forEach((size, i) => {
      const data = Buffer.alloc(size, String.fromCharCode(97 + i));
      if (i % 3 === 0) connection.sendFramed(server.frame(data));
      else connection.send(data, true, i % 3 === 1);
    });
    for (const [i, size] of sizes.entries()) {
      const { payload } = await client.frame();
      expect(payload.equals(Buffer.alloc(size, String.fromCharCode(97 + i)))).toBe(true);
    }
  });

  it('send() survives many passes: memory of earlier ones is not written over', async () => {
    const { connection, client } = await begin();
    for (let pass = 0; pass < 300; pass += 1) {
      for (let i = 0; i < 20; i += 1) connection.send(`${pass}:${i}:${'x'.repeat((pass * 7 + i) % 900)}`);
      if (pass % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (let pass = 0; pass < 300; pass += 1) {
      for (let i = 0; i < 20; i += 1) {
        expect((await client.frame()).payload.toString()).toBe(`${pass}:${i}:${'x'.repeat((pass * 7 + i) % 900)}`);
      }
    }
  });

  it('send() writes everything of a pass in one piece', async () => {
    const { connection, client } = await begin();
    let chunks = 0;
    client.socket.on('data', () => (chunks += 1));
    for (let i = 0; i < 50; i += 1) connection.send(`message ${i}`);
    for (let i = 0; i < 50; i += 1) await client.frame();
    expect(chunks).toBe(1);
  });

  it('flush() writes without waiting for the end of the pass', async () => {
    const { connection, server } = await begin();
    connection.send('x');
    expect(connection.bufferedBytes).toBe(3);
    server.flush();
    expect(connection.bufferedBytes).toBe(0);
  });

  it('sendFramed() sends one framed message to many, now and later', async () => {
    const { connection, client, server, open } = await begin();
    const other = await open('/s');
    const framed = server.frame('news', false);
    const kept = server.frame(Buffer.from([1, 2]));
    for (const target of server.connections) target.sendFramed(framed);
    for (let i = 0; i < 2000; i += 1) server.frame(`noise ${i}`);
    connection.sendFramed(kept);
    connection.sendFramed(framed);
    expect((await other.frame()).payload.toString()).toBe('news');
    expect((await client.frame()).payload.toString()).toBe('news');
    expect((await client.frame()).payload.equals(Buffer.from([1, 2]))).toBe(true);
    expect((await client.frame()).payload.toString()).toBe('news');
  });

  it('send() after the end returns false', async () => {
    const { connection, client, closed, server } = await begin();
    client.destroy();
    await closed;
    expect([connection.open, connection.send('x'), connection.sendFramed(server.frame('x'))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('sendPart()', () => {
  it('sendPart() sends the bytes in between, which may change at once', async () => {
    const { connection, client } = await begin();
    const bytes = Buffer.from('__part__');
    expect(connection.sendPart(bytes, 2, 6, false)).toBe(true);
    bytes.fill('x');
    const frame = await client.frame();
    expect([frame.opcode, frame.payload.toString()]).toEqual([1, 'part']);
    connection.close();
    expect(connection.sendPart(bytes, 2, 6, true)).toBe(false);
  });
});
