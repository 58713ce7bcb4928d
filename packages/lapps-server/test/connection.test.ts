import { describe, expect, it } from 'vitest';
import { begin, silent } from './support/begin.js';
import { start } from './support/harness.js';
import { clientFrame } from './support/raw-client.js';

describe('Connection ids', () => {
  it('id is small, positive and not used again', async () => {
    const { server, open, connection, client, closed } = await begin();
    expect(connection.id).toBe(1);
    expect(server.connection(1)).toBe(connection);
    client.destroy();
    await closed;
    expect(server.connection(1)).toBeUndefined();
    await open('/s');
    expect([...server.connections].map(({ id }) => id)).toEqual([2]);
  });

  it('nextId lets several servers share ids', async () => {
    let last = 100;
    const { connection } = await begin({}, { nextId: () => (last += 1) });
    expect(connection.id).toBe(101);
  });
});

describe('handlers', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('onMessage() that %s closes its connection with 1011 and no other', async (_name, onMessage) => {
    const { client, closed, closes, event, open } = await begin({ onMessage });
    const other = await open('/echo');
    client.send(clientFrame(1, 'x'));
    expect(await client.closeCode()).toBe(1011);
    client.destroy();
    await closed;
    expect(closes[0]).toMatchObject({ code: 1011, cause: 'handler' });
    expect(await event('handler-error')).toMatchObject({ handler: 'onMessage', error: new Error('broken') });
    other.send(clientFrame(1, 'y'));
    expect((await other.frame()).payload.toString()).toBe('y');
  });

  it('onOpen() gets the upgrade request; one that throws closes with 1011', async () => {
    const seen: (string | undefined)[] = [];
    const { open } = await start({
      services: {
        '/s': {
          ...silent,
          onOpen: (_connection, request) => {
            seen.push(request.headers.cookie);
            if (seen[0] === 'bad=1') throw new Error('no');
          },
        },
      },
    });
    const client = await open('/s', { headers: { Cookie: 'bad=1' } });
    expect(await client.closeCode()).toBe(1011);
    expect(seen).toEqual(['bad=1']);
  });

  it('onClose() that throws is reported', async () => {
    const { client, event } = await begin({
      onClose: () => {
        throw new Error('late');
      },
    });
    client.destroy();
    expect(await event('handler-error')).toMatchObject({ handler: 'onClose', error: new Error('late') });
    await event('closed');
  });
});
