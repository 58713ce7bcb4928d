import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Connection, lappsService, type ServiceOptions } from '../src/index.js';
import { Owing } from '../src/owing.js';
import { begin } from './support/begin.js';
import { start } from './support/harness.js';
import { clientFrame, closePayload, type Frame } from './support/raw-client.js';

const shown = ({ opcode, payload }: Frame): string | number =>
  opcode === 8 ? payload.readUInt16BE() : String(payload);
const bye = clientFrame(8, closePayload(3456, 'bye'));

/** A service that answers when it is told to. */
const slow = async (more: Partial<ServiceOptions> = {}, options: Parameters<typeof begin>[1] = {}) => {
  const calls: string[] = [];
  let settle: ((fault?: Error) => void) | undefined;
  let asked: (() => void) | undefined;
  const closing = new Promise<void>((resolve) => (asked = resolve));
  const harness = await begin(
    {
      onMessage: (_connection, data) => void calls.push(String(data)),
      onClosing: () => {
        calls.push('closing');
        asked?.();
        return new Promise<void>((resolve, reject) => {
          settle = (fault) => (fault === undefined ? resolve() : reject(fault));
        });
      },
      onClose: () => void calls.push('closed'),
      ...more,
    },
    options,
  );
  return { ...harness, calls, closing, settle: (fault?: Error) => settle?.(fault) };
};

describe('onClosing()', () => {
  it('onClosing() is waited for: what is sent meanwhile goes out before the Close is answered', async () => {
    const { client, connection, calls, closing, settle, closed, closes } = await slow();
    client.send(clientFrame(1, 'question'), bye);
    await closing;
    expect(calls).toEqual(['question', 'closing']);
    expect(connection.open).toBe(true);
    expect(connection.send('answer')).toBe(true);
    settle();
    expect(shown(await client.frame())).toBe('answer');
    const close = await client.frame();
    expect([close.payload.readUInt16BE(), close.payload.toString('utf8', 2)]).toEqual([3456, 'bye']);
    await closed;
    expect(closes).toEqual([{ code: 3456, reason: 'bye', cause: 'peer' }]);
    expect(calls).toEqual(['question', 'closing', 'closed']);
    expect(connection.send('late')).toBe(false);
  });

  it('onClosing() that returns no promise is not waited for', async () => {
    const { client, connection, closed, closes } = await slow({ onClosing: (own) => void own.send('last') });
    client.send(bye);
    expect(shown(await client.frame())).toBe('last');
    expect(shown(await client.frame())).toBe(3456);
    await closed;
    expect(connection.open).toBe(false);
    expect(closes).toEqual([{ code: 3456, reason: 'bye', cause: 'peer' }]);
  });

  it('onClosing() sees the end of nothing but the connection: what comes behind the Close is not looked at', async () => {
    const { client, calls, closing, settle, closed } = await slow();
    client.send(bye, clientFrame(1, 'more'));
    await closing;
    client.send(clientFrame(1, 'more'), clientFrame(9, 'ping'));
    client.socket.end();
    await once(client.socket, 'finish');
    settle();
    expect(shown(await client.frame())).toBe(3456);
    await closed;
    expect(calls).toEqual(['closing', 'closed']);
  });

  it('onClosing() also comes for the end of the client’s half of TCP', async () => {
    const { client, connection, calls, closing, settle, closed, closes } = await slow();
    client.socket.end(clientFrame(1, 'question'));
    await closing;
    expect(connection.send('answer')).toBe(true);
    settle();
    expect(shown(await client.frame())).toBe('answer');
    await client.end();
    await closed;
    expect(client.frames).toEqual([]);
    expect(closes).toEqual([{ code: 1006, reason: '', cause: 'lost' }]);
    expect(calls).toEqual(['question', 'closing', 'closed']);
  });

  it('onClosing() is given closeTimeoutMs, and the client no more than that', async () => {
    const { client, closing, closed, closes } = await slow({}, { limits: { closeTimeoutMs: 50 } });
    client.socket.on('end', () => undefined);
    client.send(bye);
    await closing;
    expect(shown(await client.frame())).toBe(3456);
    await closed;
    expect(closes).toEqual([{ code: 3456, reason: 'bye', cause: 'peer' }]);
  });

  it('onClosing() is given closeTimeoutMs by a client that ended its half, too', async () => {
    const { client, closing, closed, closes } = await slow({}, { limits: { closeTimeoutMs: 50 } });
    client.socket.end();
    await closing;
    await closed;
    expect(closes).toEqual([{ code: 1006, reason: '', cause: 'lost' }]);
  });

  it('onClosing() leaves the connection to be lost meanwhile', async () => {
    const { client, closing, closed, closes, settle } = await slow();
    client.send(bye);
    await closing;
    client.socket.resetAndDestroy();
    await closed;
    settle();
    expect(closes).toEqual([{ code: 3456, reason: 'bye', cause: 'peer' }]);
  });

  it('close() while onClosing() is waited for is the answer', async () => {
    const { client, connection, closing, settle, closed, closes } = await slow();
    client.send(bye);
    await closing;
    connection.send('first');
    connection.close(4001, 'ours');
    settle();
    expect(shown(await client.frame())).toBe('first');
    expect(shown(await client.frame())).toBe(4001);
    await closed;
    expect(client.frames).toEqual([]);
    expect(closes).toEqual([{ code: 4001, reason: 'ours', cause: 'local' }]);
  });

  it('close() while onClosing() is waited for ends TCP where the client has ended its half', async () => {
    const { client, connection, closing, closed, closes } = await slow({}, { limits: { closeTimeoutMs: 60_000 } });
    client.socket.end();
    await closing;
    connection.close(4001, 'ours');
    expect(shown(await client.frame())).toBe(4001);
    await client.end();
    await closed;
    expect(closes).toEqual([{ code: 4001, reason: 'ours', cause: 'local' }]);
  });

  it('stop() waits for onClosing(), and answers the Close at its deadline', async () => {
    const { client, connection, closing, settle, server } = await slow();
    client.send(bye);
    await closing;
    const stopped = server.stop();
    connection.send('answer');
    settle();
    expect(shown(await client.frame())).toBe('answer');
    expect(shown(await client.frame())).toBe(3456);
    await stopped;
    const other = await slow();
    other.client.send(bye);
    await other.closing;
    await other.server.stop({ graceMs: 20 });
    expect(shown(await other.client.frame())).toBe(3456);
    expect(other.calls).toEqual(['closing', 'closed']);
  });

  it.each([
    ['an unmasked frame', clientFrame(1, 'x', { mask: false }), 1002],
    ['text that is not UTF-8', clientFrame(1, Buffer.from([0xff])), 1007],
    ['a message too long', clientFrame(2, Buffer.alloc(300_000)), 1009],
    ['long text that is not UTF-8', clientFrame(1, Buffer.alloc(100_000, 0xff)), 1007],
  ])('onClosing() also comes for %s', async (_what, wrong, code) => {
    const { client, connection, calls, closing, settle, closed, closes, event } = await slow();
    client.send(clientFrame(1, 'question'), wrong, clientFrame(1, 'more'));
    await closing;
    await event('protocol-error');
    client.send(clientFrame(1, 'more'));
    expect(connection.send('answer')).toBe(true);
    settle();
    expect(shown(await client.frame())).toBe('answer');
    expect(shown(await client.frame())).toBe(code);
    await closed;
    expect(calls).toEqual(['question', 'closing', 'closed']);
    expect(closes).toMatchObject([{ code, cause: 'protocol' }]);
  });

  it('onClosing() leaves a client at fault to be lost meanwhile', async () => {
    const { client, closing, closed, closes, settle } = await slow();
    client.send(clientFrame(1, 'x', { mask: false }));
    await closing;
    client.socket.resetAndDestroy();
    await closed;
    settle();
    expect(closes).toEqual([{ code: 1006, reason: '', cause: 'protocol' }]);
  });

  it('onClosing() that fails is a fault of the handler: Close 1011', async () => {
    const rejected = await slow();
    rejected.client.send(bye);
    await rejected.closing;
    rejected.settle(new Error('no'));
    expect(shown(await rejected.client.frame())).toBe(1011);
    await rejected.closed;
    expect(rejected.closes).toMatchObject([{ code: 1011, cause: 'handler' }]);
    const thrown = await slow({
      onClosing: () => {
        throw new Error('no');
      },
    });
    thrown.client.send(bye);
    expect(shown(await thrown.client.frame())).toBe(1011);
    expect(await thrown.event('handler-error')).toMatchObject({ handler: 'onClosing' });
    await thrown.closed;
  });

  it('onClosing() comes after the messages kept by pauseReading(), once', async () => {
    const { client, connection, calls, closing, settle, closed } = await slow({
      onMessage: (own: Connection, data) => {
        calls.push(String(data));
        if (String(data) === '1') own.pauseReading();
      },
    });
    client.send(...['1', '2', '3'].map((text) => clientFrame(1, text)), bye);
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    connection.resumeReading();
    await closing;
    connection.pauseReading();
    connection.resumeReading();
    expect(calls).toEqual(['1', '2', '3', 'closing']);
    connection.send('answer');
    settle();
    expect(shown(await client.frame())).toBe('answer');
    expect(shown(await client.frame())).toBe(3456);
    await closed;
  });

  it('onClosing() does not come where the server closed first', async () => {
    const { client, connection, calls, closed } = await slow();
    connection.close(4001);
    await client.frame();
    client.send(bye);
    client.socket.end();
    await closed;
    expect(calls).toEqual(['closed']);
  });

  it('onClosing() works the same with compression', async () => {
    const { client, connection, closing, settle, closed } = await slow({ perMessageDeflate: { threshold: 0 } });
    client.send(bye);
    await closing;
    connection.send('answer');
    settle();
    expect(shown(await client.frame())).toBe('answer');
    expect(shown(await client.frame())).toBe(3456);
    await closed;
  });
});

describe('Owing', () => {
  it('settle() asks once, only when all was heard, and never behind the end of TCP', () => {
    const asked: number[] = [];
    const answers: number[] = [];
    const make = (n: number): [Owing, () => void] => {
      const owing = new Owing(() => answers.push(n), 60_000);
      return [owing, () => owing.settle(() => void asked.push(n) as undefined, undefined as unknown as Connection)];
    };
    const [usual, settleUsual] = make(1);
    settleUsual();
    expect(asked).toEqual([]);
    usual.heard = true;
    settleUsual();
    settleUsual();
    usual.end();
    const [late, settleLate] = make(2);
    late.end();
    late.heard = true;
    settleLate();
    late.give();
    expect([asked, answers]).toEqual([[1], [1]]);
  });
});

describe('lappsService()', () => {
  it('lappsService() answers all requests before the Close behind them', async () => {
    let finish: ((result: readonly string[]) => void) | undefined;
    const { open } = await start({
      services: {
        '/l': lappsService({
          methods: { slow: () => new Promise((resolve) => (finish = resolve)), quick: () => ['quick'] },
        }),
      },
    });
    const client = await open('/l');
    const request = (method: string) => clientFrame(2, Buffer.from(`\xa2elapps\x01fmethod${method}`, 'latin1'));
    client.send(request('dslow'), request('equick'), bye);
    while (finish === undefined) await new Promise((resolve) => setImmediate(resolve));
    finish(['slow']);
    expect(String((await client.frame()).payload)).toContain('slow');
    expect(String((await client.frame()).payload)).toContain('quick');
    expect(shown(await client.frame())).toBe(3456);
  });
});
