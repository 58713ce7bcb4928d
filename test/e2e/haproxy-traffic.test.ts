/** Many requests at once, health checks, and agents and HAProxys that come and go while traffic runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageHandler } from '@offload/spop-agent';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Haproxy, type HaproxyOptions, haproxyBinary, isMultiplexer } from '../support/haproxy.js';
import { type Answer, Load } from '../support/load.js';
import { spoeConfig } from '../support/spoe-config.js';
import {
  argument,
  describeValue,
  setTxn,
  startTestAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const sections = 'spoe-message check\n    args path=path\n    event on-frontend-http-request';
const frontend =
  'http-request return status 200 content-type text/plain lf-string "err=%[var(txn.off.err)] a=%[var(txn.off.a)]"';

const answered = (path: string): string => `err= a=string:${path}`;
const wrong = (answers: readonly Answer[]): Answer[] => answers.filter(({ body, path }) => body !== answered(path));
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const describePath: MessageHandler = async (message) => {
  const path = describeValue(argument(message, 'path'));
  await nextTurn();
  return [setTxn('a', { type: 'string', value: Buffer.from(path) })];
};

describe.skipIf(haproxyBinary === undefined)('HAProxy and a library handler', () => {
  const started: (() => Promise<unknown>)[] = [];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'offload-agent-'));
  });

  afterEach(async () => {
    for (const stop of started.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function agentOf(check: MessageHandler, options?: TestAgentOptions): Promise<TestAgent> {
    const agent = await startTestAgent({ check }, options);
    started.push(() => agent.agent.stop({ graceMs: 100 }));
    return agent;
  }

  async function haproxyFor(agents: readonly string[], options: Partial<HaproxyOptions> = {}): Promise<Haproxy> {
    const haproxy = await Haproxy.start({ agents, spoe: spoeConfig({ sections }), frontend, ...options });
    started.push(() => haproxy.stop());
    return haproxy;
  }

  const requests = (haproxy: Haproxy, count: number): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const path = `/r${index}`;
        return { ...(await haproxy.request({ path })), path };
      }),
    );

  test('200 requests at once: each gets its own answer', async () => {
    const { address } = await agentOf(describePath);
    const haproxy = await haproxyFor([address], { global: 'nbthread 2' });
    expect(wrong(await requests(haproxy, 200))).toEqual([]);
  });

  test.skipIf(isMultiplexer)(
    'pipelining: several NOTIFYs wait on one connection, and are answered in reverse order',
    async () => {
      const held: (() => void)[] = [];
      const perConnection = new Map<number, number>();
      const { address } = await agentOf(async (message, context) => {
        const { id } = context.connection;
        perConnection.set(id, (perConnection.get(id) ?? 0) + 1);
        await new Promise<void>((resolve) => {
          held.push(resolve);
          if (held.length === 40) for (const release of held.reverse()) release();
        });
        return describePath(message, context);
      });
      const haproxy = await haproxyFor([address]);
      expect(wrong(await requests(haproxy, 40))).toEqual([]);
      expect(Math.max(...perConnection.values())).toBeGreaterThan(1);
    },
  );

  test('no pipelining: one NOTIFY at a time on each connection', async () => {
    const open = new Map<number, number>();
    let most = 0;
    const { address } = await agentOf(
      async (message, context) => {
        const { id } = context.connection;
        open.set(id, (open.get(id) ?? 0) + 1);
        most = Math.max(most, open.get(id)!);
        const actions = await describePath(message, context);
        open.set(id, open.get(id)! - 1);
        return actions;
      },
      { capabilities: ['fragmentation'] },
    );
    const haproxy = await haproxyFor([address]);
    expect(wrong(await requests(haproxy, 40))).toEqual([]);
    expect(most).toBe(1);
  });

  test('health checks: up when the agent listens, down when it drains', async () => {
    const path = join(folder, 'agent.sock');
    const haproxy = await haproxyFor([`unix@${path}`], {
      backend: 'option spop-check\ntimeout check 10s',
      server: 'check inter 50ms fall 1 rise 1',
    });
    await haproxy.waitForLine(/Server agents\/agent1 is DOWN/);
    const { agent, events } = await agentOf(describePath, { path });
    const line = await haproxy.waitForLine(/Server agents\/agent1 is UP/);
    expect(line).toContain('Layer7 check passed');
    const from = haproxy.lines.length;
    const stopped = agent.stop({ drainMs: 60_000, graceMs: 60_000 });
    await haproxy.waitForLine(/Server agents\/agent1 is DOWN/, from);
    await agent.stop({ graceMs: 100 });
    await stopped;
    expect(events.filter((event) => event.type === 'protocol-error')).toEqual([]);
  });

  test('an agent cut off and started again under load: no wrong answer, and all is well afterwards', async () => {
    const path = join(folder, 'agent.sock');
    const first = await agentOf(describePath, { path });
    const haproxy = await haproxyFor([first.address], { spoe: spoeConfig({ sections, processing: '500ms' }) });
    const load = new Load(haproxy, 8);
    await load.waitForMore(200);
    await first.agent.stop({ graceMs: 1 });
    await agentOf(describePath, { path });
    await load.waitForMore(400);
    const answers = await load.stop();
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    // What was open then got an empty ACK, and what came in the gap an error; none got the answer of another.
    expect(wrong(answers).filter(({ body }) => !/^err=(1|25\d)? a=$/.test(body))).toEqual([]);
    expect(wrong(answers.slice(-200))).toEqual([]);
  });

  test('HAProxy reloaded under load: no request fails, and the agent sees it as a normal end', async () => {
    const { address, events } = await agentOf(describePath);
    const haproxy = await haproxyFor([address]);
    const load = new Load(haproxy, 8);
    await load.waitForMore(200);
    const { oldEnded } = await haproxy.reload();
    expect(await oldEnded).toEqual({ code: 0, signal: null });
    await load.waitForMore(200);
    expect(wrong(await load.stop())).toEqual([]);
    const types = new Set(events.map((event) => event.type));
    expect([...types].sort()).not.toContain('protocol-error');
    if (!isMultiplexer) expect(types).toContain('disconnect-received');
  });

  test('HAProxy stopped softly: it says good-bye, and every connection ends as normal', async () => {
    const { agent, address, events } = await agentOf(describePath);
    const haproxy = await haproxyFor([address]);
    expect(wrong(await requests(haproxy, 20))).toEqual([]);
    expect((await haproxy.softStop()).code).toBe(0);
    await expect.poll(() => agent.stats().connections).toBe(0);
    const closed = events.flatMap((event) => (event.type === 'connection-closed' ? [event.reason] : []));
    expect(closed.every((reason) => reason === 'disconnect-received' || reason === 'peer')).toBe(true);
  });
});
