import type { ScriptErrorData } from '@offload/script-runtime';
import { type Agent, type AgentConnection, type AgentOptions, createAgent } from '@offload/spop-agent';
import { decodeActionsWithFaults, type FaultRecord, RecordKind } from '../records.js';
import { FaultLog } from './fault-log.js';
import type { Bridge, Frontend } from './frontend.js';

/** A NOTIFY on its way through a worker. */
interface NotifyContext {
  readonly connection: AgentConnection;
  readonly streamId: number | bigint;
  readonly frameId: number | bigint;
}

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
  const faults = new FaultLog(log);
  const fault = ({ connection, streamId, frameId }: NotifyContext, record: FaultRecord): void => {
    faults.write(record, { conn: connection.id, engine: connection.engineId, stream: streamId, frame: frameId });
  };
  const frontend: Frontend = {
    kinds: [RecordKind.Notify, RecordKind.Actions, RecordKind.ActionsWithFaults],
    reply(context, kind, bytes, at, end) {
      const c = context as NotifyContext;
      if (kind === RecordKind.Actions) {
        c.connection.ack(c.streamId, c.frameId, bytes, at, end);
        return;
      }
      const { actionsAt, actionsEnd, faults: records } = decodeActionsWithFaults(bytes, at, end);
      c.connection.ack(c.streamId, c.frameId, bytes, actionsAt, actionsEnd);
      for (const record of records) fault(c, record);
    },
    fault(context, _kind, error: ScriptErrorData) {
      const c = context as NotifyContext;
      c.connection.ack(c.streamId, c.frameId);
      fault(c, error);
    },
    passEnd: () => agent.flush(),
    congested: (on) => {
      if (on) agent.pauseReading();
      else agent.resumeReading();
    },
  };
  bridge.add(frontend);
  return agent;
}
