import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';
import { SLOW, TIMEOUT_MS } from './support/python-services.js';

describe('a service in Python (cpython)', () => {
  it(
    'calls on_start in the successor of a process that died, before any message',
    async () => {
      const source = `
import os, bcast, ws
def on_start():
    global begun
    bcast.create(5)
    begun = "begun"
def on_message(handler, opcode, message):
    if message == "die": os.kill(os.getpid(), 9)
    ws.send(handler, begun + " " + message)
def on_disconnect(handler): pass
def on_shutdown(): pass
`;
      const house = await startHouse({
        timeoutMs: TIMEOUT_MS,
        services: { s: { source, extension: '.py', engine: 'cpython' } },
      });
      const [client, other] = [await connect(`${house.url}/s`), await connect(`${house.url}/s`)];
      client.send('one');
      expect(await client.next()).toBe('begun one');
      other.send('die');
      client.send('two');
      expect(await client.next()).toBe('begun two');
      await house.stop();
    },
    SLOW,
  );
});
