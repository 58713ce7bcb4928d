import { describe, expect, it } from 'vitest';
import { start } from './support/harness.js';
import { clientFrame } from './support/raw-client.js';

describe('lendData', () => {
  const keeping = async (lendData: boolean) => {
    const kept: Buffer[] = [];
    const harness = await start({
      services: {
        '/s': {
          lendData,
          onMessage: (connection, data) => {
            kept.push(data);
            connection.send('thanks');
          },
        },
      },
    });
    for (const client of [await harness.open('/s'), await harness.open('/s')]) {
      for (const message of ['one', 'two', 'x'.repeat(10_000), 'y'.repeat(150_000)]) {
        client.send(clientFrame(1, message));
        await client.frame();
      }
    }
    return kept;
  };

  it('without lendData messages may be kept', async () => {
    const kept = await keeping(false);
    const wanted = ['one', 'two', 'x'.repeat(10_000), 'y'.repeat(150_000)];
    expect(kept.map(String)).toEqual([...wanted, ...wanted]);
  });

  it('with lendData the memory is used again, for messages of other connections too', async () => {
    const kept = await keeping(true);
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBeLessThan(kept.length);
    expect(kept[0]!.buffer).toBe(kept[4]!.buffer);
  });
});
