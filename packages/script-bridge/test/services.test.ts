import { describe, expect, it } from 'vitest';
import { connect } from './support/client.js';
import { startHouse } from './support/house.js';

const apps = new URL('../../../examples/lapps-apps/apps/', import.meta.url).pathname;
const app = (name: string): string => `${apps}${name}/${name}.lua`;

describe.each([0, 2])('service echo, %i workers', (workers) => {
  it('echoes text and binary with their opcodes', async () => {
    const house = await startHouse({ workers, services: { echo: { file: app('echo') } } });
    const client = await connect(`${house.url}/echo`);
    client.send('hällo');
    client.send(Uint8Array.of(0, 255, 128));
    expect(await client.next()).toBe('hällo');
    expect(await client.next()).toEqual(Buffer.from([0, 255, 128]));
  });
});

describe('service echo_lapps', () => {
  it('logs in, echoes, subscribes and logs out', async () => {
    const house = await startHouse({
      workers: 1,
      services: {
        echo_lapps: { file: app('echo_lapps'), protocol: 'LAppS', depends: ['time_broadcast'] },
        time_broadcast: { file: app('time_broadcast'), standalone: true },
      },
    });
    const client = await connect(`${house.url}/echo_lapps`);
    client.sendCbor({ lapps: 1, method: 'login', params: [{ user: 'admin', password: 'admin' }] });
    const login = (await client.nextCbor()) as { result: [{ authkey: number }] };
    expect(login).toMatchObject({ cid: 0, status: 1, result: [{ authkey: expect.any(Number) }] });
    const { authkey } = login.result[0];
    client.sendCbor({ lapps: 1, method: 'echo', params: [{ authkey }, [1, 2, 'ü']] });
    expect(await client.nextCbor()).toEqual({ cid: 0, status: 1, result: [{ authkey }, [1, 2, 'ü']] });
    client.sendCbor({ lapps: 1, method: 'subscribe', cid: 5, params: [{ authkey }] });
    expect(await client.nextCbor()).toEqual({ cid: 5, message: [expect.stringMatching(/^Server time: /)] });
    client.sendCbor({ lapps: 1, method: 'logout', cid: 3, params: [{ authkey }] });
    expect(await client.closed).toEqual({ code: 1000, reason: 'Bye' });
  });
});
