import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';

const ECHO = `
import bcast, nljson, offload, ws

def onStart():
    bcast.create(5)

def onMessage(handler, opcode, message):
    ws.send(handler, 1, type(message).__name__ + " " + str(opcode))
    return ws.send(handler, opcode, message) is True

def onDisconnect(handler):
    print("gone", handler)

def onShutdown():
    print("bye", offload.service)
`;

const LAPPS = `
import nljson, ws

def onStart(): pass
def onDisconnect(handler): pass
def onShutdown(): pass

def onMessage(handler, kind, message):
    answer = nljson.decode('{"cid":0,"status":1,"result":[]}')
    answer["result"] = [kind, message["method"], {"given": message["params"]}]
    return ws.send(handler, answer)
`;

describe('a service in Python', () => {
  it('gets text as str and binary as bytes, and is told of every end', async () => {
    const house = await startHouse({ services: { echo: { source: ECHO, extension: '.py' } } });
    const client = await connect(`${house.url}/echo`);
    client.send('hällo');
    expect([await client.next(), await client.next()]).toEqual(['str 1', 'hällo']);
    client.send(Uint8Array.of(0, 255));
    expect([await client.next(), await client.next()]).toEqual(['bytes 2', Buffer.from([0, 255])]);
    client.socket.terminate();
    await expect.poll(() => house.printed(), { timeout: 10_000 }).toContain('gone 1');
    await house.stop();
    expect(house.printed()).toContain('bye echo');
  });

  it('speaks LAppS through nljson', async () => {
    const house = await startHouse({ services: { s: { source: LAPPS, extension: '.py', protocol: 'LAppS' } } });
    const client = await connect(`${house.url}/s`);
    client.sendCbor({ lapps: 1, method: 'm', params: [1, { a: 'ü' }] });
    expect(await client.nextCbor()).toEqual({ cid: 0, status: 1, result: [4, 'm', { given: [1, { a: 'ü' }] }] });
  });
});
