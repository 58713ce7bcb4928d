import { fileURLToPath } from 'node:url';
import { type Action, type KvEntry, Scope } from '@offload/spop-codec';
import { compose, createLogger, sendNotify, validateConfig } from 'offload';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../quick-start.lua', import.meta.url));
const config = validateConfig({
  scripts: [script],
  inline: true,
  // The first call compiles: on a busy machine that takes its time.
  scriptTimeoutMs: 60_000,
  spop: { listen: ['127.0.0.1:0'] },
  log: { level: 'silent' },
});
const house = compose(config, await createLogger(config.log));
let running: Awaited<ReturnType<typeof house.start>>;

beforeAll(async () => {
  running = await house.start();
});
afterAll(() => house.stop());

const ipv4 = (...bytes: number[]): KvEntry => ({ name: 'src', value: { type: 'ipv4', value: Uint8Array.from(bytes) } });
const ipv6 = (hex: string): KvEntry => ({ name: 'src', value: { type: 'ipv6', value: Buffer.from(hex, 'hex') } });
const path = (text: string): KvEntry => ({ name: 'path', value: { type: 'string', value: Buffer.from(text) } });

async function ask(...args: KvEntry[]): Promise<readonly Action[]> {
  const [to] = running.spop;
  if (to === undefined) throw new Error('The agent listens nowhere');
  return (await sendNotify({ to, timeoutMs: 60_000, message: { name: 'check-client-ip', args } })).actions;
}

function answer(score: number, note: string): Action[] {
  return [
    { type: 'set-var', scope: Scope.SESS, name: 'ip_score', value: { type: 'int32', value: score } },
    {
      type: 'set-var',
      scope: Scope.TXN,
      name: 'ip_note',
      value: { type: 'string', value: Uint8Array.from(Buffer.from(note)) },
    },
  ];
}

describe('quick-start.lua', () => {
  test.each([
    [[ipv4(127, 0, 0, 1)], 0, 'this machine 127.0.0.1'],
    [[ipv4(192, 168, 1, 2)], 10, 'private network 192.168.1.2'],
    [[ipv4(192, 0, 2, 7)], 90, 'documentation address 192.0.2.7'],
    [[ipv4(192, 0, 2, 7), path('/admin/x')], 100, 'documentation address 192.0.2.7'],
    [[ipv4(8, 8, 8, 8), path('/no/admin')], 50, 'never seen 8.8.8.8'],
    [[ipv6('20010db8000000000000000000000001')], 90, 'documentation address 2001:db8::1'],
  ])('quick-start.lua scores case %#', async (args, score, note) => {
    expect(await ask(...args)).toEqual(answer(score, note));
  });

  test('quick-start.lua unsets the score of a client without an address', async () => {
    const src: KvEntry = { name: 'src', value: { type: 'null' } };
    expect(await ask(src)).toEqual([{ type: 'unset-var', scope: Scope.SESS, name: 'ip_score' }]);
  });
});
