import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedData } from '@offload/spop-codec';
import { afterEach, describe, expect, test } from 'vitest';
import { type MessageHandler, setVar } from '../src/index.js';
import { Haproxy, type HaproxySetup, haproxyVersion } from './support/haproxy.js';
import { startAgent } from './support/test-agent.js';

const version = haproxyVersion();
/** HAProxy sends no fragments from 3.1 on (spop.md 3.5). */
const fragments = Number(/version (\d+\.\d+)/.exec(version ?? '')?.[1] ?? 0) < 3.1;
if (version === undefined) console.warn('SKIPPED: tests against HAProxy; install the Debian package haproxy');

const running: Haproxy[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((haproxy) => haproxy.stop()));
});

async function start(setup: Partial<HaproxySetup> & Pick<HaproxySetup, 'agent'>): Promise<Haproxy> {
  const haproxy = await Haproxy.start({
    messages: ['check'],
    messageSections:
      'spoe-message check\n    args path=path n=int(-1) len=req.body_len\n    event on-frontend-http-request',
    frontend: `    http-request return status 200 content-type text/plain lf-string "err=%[var(txn.t.err)] path=%[var(txn.t.path)] n=%[var(txn.t.n)]"`,
    ...setup,
  });
  running.push(haproxy);
  return haproxy;
}

async function get(haproxy: Haproxy, path: string, init?: RequestInit): Promise<string> {
  return (await fetch(haproxy.url + path, init)).text();
}

const echo: MessageHandler = ({ args }) =>
  args
    .filter(({ name }) => name !== 'len')
    .map(({ name, value }: { name: string; value: TypedData }) => setVar('txn', name, value));
const at = (address: object) => `127.0.0.1:${(address as { port: number }).port}`;

describe.skipIf(version === undefined)(`createAgent with ${version}`, () => {
  test('createAgent() answers HAProxy over TCP, pipelined, with no request without its variables', async () => {
    const t = await startAgent({ handlers: { check: echo } });
    const haproxy = await start({ agent: at(t.address) });
    const paths = Array.from({ length: 200 }, (_, i) => `/p${i}`);
    const bodies = await Promise.all(paths.map((path) => get(haproxy, path)));
    expect(bodies).toEqual(paths.map((path) => `err= path=${path} n=-1`));
    expect(t.all('connection-opened')[0]).toMatchObject({
      capabilities: expect.arrayContaining(['pipelining']),
      maxFrameBytes: 16_380,
    });
    expect(t.all('disconnect-received').filter(({ status }) => status > 2)).toEqual([]);
  });

  test('createAgent() answers HAProxy from asynchronous handlers over a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spop-agent-'));
    const path = join(folder, 'agent.sock');
    const handlers: Record<string, MessageHandler> = {
      check: async (message, context) => {
        await new Promise((resolve) => setTimeout(resolve, Number(context.streamId) % 7));
        return echo(message, context);
      },
    };
    await startAgent({ handlers }, { path });
    const haproxy = await start({ agent: `unix@${path}` });
    const bodies = await Promise.all(Array.from({ length: 50 }, (_, i) => get(haproxy, `/q${i}`)));
    expect(bodies).toEqual(bodies.map((_, i) => `err= path=/q${i} n=-1`));
    rmSync(folder, { recursive: true, force: true });
  });

  test.skipIf(!fragments)('createAgent() joins the fragments HAProxy sends for a large message', async () => {
    const lengths: number[] = [];
    const t = await startAgent({
      handlers: {
        check: ({ args }) => {
          const body = args[0]!.value;
          if (body.type === 'binary') lengths.push(body.value.length);
          return [setVar('txn', 'path', 'ok')];
        },
      },
    });
    const haproxy = await start({
      agent: at(t.address),
      agentLines: '    max-frame-size 256',
      messageSections: 'spoe-message check\n    args body=req.body b2=req.body\n    event on-frontend-http-request',
    });
    const body = await get(haproxy, '/', { method: 'POST', body: 'x'.repeat(9000) });
    expect(body).toContain('err= path=ok');
    expect(lengths.at(-1)).toBe(9000);
    expect(t.all('protocol-error')).toEqual([]);
  });

  test('createAgent() passes the health check, and fails it with a listed status while it stops', async () => {
    const t = await startAgent({ handlers: { check: echo } });
    const haproxy = await start({ agent: at(t.address), check: true });
    expect((await t.event('health-check')).ok).toBe(true);
    expect(await get(haproxy, '/a')).toBe('err= path=/a n=-1');
    const stopped = t.agent.stop({ drainMs: 60_000, graceMs: 60_000 });
    await haproxy.logged(/agents\/a1 is DOWN/);
    expect(t.all('health-check').some(({ ok }) => !ok)).toBe(true);
    await haproxy.stop();
    const now = t.agent.stop({ graceMs: 0 });
    await Promise.all([stopped, now]);
  });

  test('createAgent() ends HAProxy connections without an error when it stops', async () => {
    const t = await startAgent({ handlers: { check: echo } });
    const haproxy = await start({ agent: at(t.address) });
    expect(await get(haproxy, '/a')).toBe('err= path=/a n=-1');
    await t.agent.stop({ graceMs: 10_000 });
    expect(t.all('connection-closed').every(({ reason }) => reason === 'stopped')).toBe(true);
    expect(t.agent.stats().connections).toBe(0);
  });
});
