import type { ScriptErrorData } from '@offload/script-runtime';
import type { AgentConnection } from '@offload/spop-agent';
import { decodeActionsWithFaults, type FaultRecord, RecordKind } from '../records.js';
import { FaultLog } from './fault-log.js';
import type { Log } from './frontend.js';

/** A NOTIFY on its way through the scripts. */
export interface NotifyContext {
  readonly connection: AgentConnection;
  readonly streamId: number | bigint;
  readonly frameId: number | bigint;
}

/** Makes ACKs of what the scripts answered, and log lines of their faults. */
export class NotifyAnswers {
  private readonly faults: FaultLog;

  constructor(log: Log) {
    this.faults = new FaultLog(log);
  }

  /** @param kind `Actions` or `ActionsWithFaults` */
  reply(context: NotifyContext, kind: number, bytes: Uint8Array, at: number, end: number): void {
    const { connection, streamId, frameId } = context;
    if (kind === RecordKind.Actions) {
      connection.ack(streamId, frameId, bytes, at, end);
      return;
    }
    const { actionsAt, actionsEnd, faults } = decodeActionsWithFaults(bytes, at, end);
    connection.ack(streamId, frameId, bytes, actionsAt, actionsEnd);
    for (const fault of faults) this.write(context, fault);
  }

  /** Nobody will answer: an ACK without actions. */
  fault(context: NotifyContext, error: ScriptErrorData): void {
    context.connection.ack(context.streamId, context.frameId);
    this.write(context, error);
  }

  private write({ connection, streamId, frameId }: NotifyContext, record: FaultRecord): void {
    this.faults.write(record, { conn: connection.id, engine: connection.engineId, stream: streamId, frame: frameId });
  }
}
