import type { AgentConnection, AgentOptions } from '../../src/index.js';
import { startAgent, type TestAgent } from './test-agent.js';

/** A NOTIFY that waits for its ACK. */
export interface Held {
  readonly connection: AgentConnection;
  readonly streamId: number | bigint;
  readonly frameId: number | bigint;
  readonly payload: string;
}

/** An agent that keeps its NOTIFYs for the test to answer. */
export async function holding(options: Partial<AgentOptions> = {}): Promise<{ t: TestAgent; held: Held[] }> {
  const held: Held[] = [];
  const t = await startAgent({
    ...options,
    onNotify: (connection, streamId, frameId, bytes, at, end) => {
      held.push({ connection, streamId, frameId, payload: Buffer.from(bytes.subarray(at, end)).toString('hex') });
    },
  });
  return { t, held };
}

/** Resolves once the condition holds, looking again in every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
