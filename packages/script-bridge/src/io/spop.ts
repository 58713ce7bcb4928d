import { type Agent, type AgentOptions, createAgent } from '@offload/spop-agent';
import { RecordKind } from '../records.js';
import type { Bridge, Frontend } from './frontend.js';
import { NotifyAnswers, type NotifyContext } from './notify-answers.js';

/** Options of the agent but for its handlers: NOTIFYs go to the pool. */
export type SpopOptions = Omit<AgentOptions, 'handlers' | 'onNotify' | 'onPassEnd'>;

/**
 * Puts an SPOP agent in front of the pool: NOTIFY payloads go to the worker with the least in flight, undecoded;
 * its actions become the ACK. Exactly one ACK per NOTIFY, a lost worker's included.
 */
export function connectSpop(bridge: Bridge, options: SpopOptions = {}): Agent {
  const { pool, log } = bridge;
  const agent = createAgent({
    ...options,
    onNotify: (connection, streamId, frameId, bytes, at, end) => {
      pool.send(RecordKind.Notify, { connection, streamId, frameId } satisfies NotifyContext, bytes, at, end);
    },
    onPassEnd: () => bridge.flushSoon(),
  });
  const answers = new NotifyAnswers(log);
  const frontend: Frontend = {
    kinds: [RecordKind.Notify, RecordKind.Actions, RecordKind.ActionsWithFaults],
    reply: (context, kind, bytes, at, end) => answers.reply(context as NotifyContext, kind, bytes, at, end),
    fault: (context, _kind, error) => answers.fault(context as NotifyContext, error),
    passEnd: () => agent.flush(),
    congested: (on) => {
      if (on) agent.pauseReading();
      else agent.resumeReading();
    },
  };
  bridge.add(frontend);
  return agent;
}
