import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Agent, AgentOptions } from '../src/index.js';
import * as api from '../src/index.js';
import { notifyFrame, RawEngine } from './support/raw-engine.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const eventsSource = readFileSync(new URL('../src/events.ts', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** First cells of the table under a heading. */
function firstColumn(heading: string): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!);
}

/** Runs an example on a free port and hands over its agent; names it imports come from the sources. */
async function run(example: string): Promise<{ agent: Agent; port: number }> {
  let made: Agent | undefined;
  const createAgent = (options: AgentOptions) => {
    made = api.createAgent({ ...options, onEvent: () => {} });
    return made;
  };
  const body = example
    .replace(/^import .*\n/gm, '')
    .replaceAll('port: 12345', 'port: 0')
    .replace('await agent.listen', 'const address = await agent.listen');
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<unknown>;
  const main = new AsyncFunction('createAgent', 'setVar', 'unsetVar', 'process', `${body}\nreturn address.port;`);
  const port = (await main(createAgent, api.setVar, api.unsetVar, { once() {} })) as number;
  return { agent: made!, port };
}

describe('README', () => {
  test('README: the first example answers both its messages', async () => {
    const { agent, port } = await run(examples[0]!);
    const engine = await RawEngine.ready({ host: '127.0.0.1', port });
    const ip = { type: 'ipv4', value: Uint8Array.of(10, 0, 0, 7) } as const;
    engine.send(
      notifyFrame(1, [{ name: 'check-client-ip', args: [{ name: 'ip', value: ip }] }]),
      notifyFrame(2, [{ name: 'check-client-ip', args: [] }]),
      notifyFrame(3, [{ name: 'look-up', args: [{ name: 'ip', value: ip }] }]),
    );
    expect(await engine.take(3)).toMatchObject([
      { actions: [{ type: 'set-var', scope: 1, name: 'ip_score', value: { type: 'int32', value: 7 } }] },
      { actions: [{ type: 'unset-var', scope: 1, name: 'ip_score' }] },
      { actions: [{ type: 'set-var', scope: 2, name: 'country' }] },
    ]);
    engine.close();
    await agent.stop({ graceMs: 0 });
  });

  test('README: the second example acknowledges', async () => {
    const { agent, port } = await run(examples[1]!);
    const engine = await RawEngine.ready({ host: '127.0.0.1', port });
    engine.send(notifyFrame(1));
    expect(await engine.next()).toMatchObject({ type: 'ack', streamId: 1, actions: [] });
    engine.close();
    await agent.stop({ graceMs: 0 });
  });

  test('README lists exactly the error codes', () => {
    expect(firstColumn('Error codes')).toEqual([...api.SPOP_AGENT_ERROR_CODES]);
  });

  test('README lists exactly the limits, with their defaults', () => {
    expect(firstColumn('Limits')).toEqual(Object.keys(api.DEFAULT_AGENT_LIMITS));
    for (const [name, value] of Object.entries(api.DEFAULT_AGENT_LIMITS)) {
      expect(readme).toMatch(new RegExp(`\\| \`${name}\` +\\| ${value} +\\|`));
    }
  });

  test('README lists exactly the events', () => {
    const types = [...eventsSource.matchAll(/readonly type: '([^']+)'/g)].map((match) => match[1]!);
    expect(firstColumn('Events').sort()).toEqual(types.sort());
  });
});
