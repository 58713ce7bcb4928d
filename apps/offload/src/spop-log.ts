import type { ReportedAgentEvent } from '@offload/script-bridge';
import type { AgentConnection, AgentEvent } from '@offload/spop-agent';
import { LineQuota } from './line-quota.js';
import type { LogFields, Logger } from './logger.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/**
 * One line per event of the agent; of the same kind a few, for a script that sets too much does so on every request, and
 * who floods the port shall not flood the log. What an ordinary day brings is `debug`; what somebody must look into is
 * `warn`.
 */
export class SpopLog {
  private readonly logger: Logger;
  private readonly quota: LineQuota;

  constructor(logger: Logger) {
    this.logger = logger;
    this.quota = new LineQuota((type, more) => logger.warn(`${title(type)}: ${more}`));
  }

  /** @param worker the worker whose agent it is, if it is one's own. */
  write(event: AgentEvent | ReportedAgentEvent, worker?: number): void {
    const { logger } = this;
    const level = levelOf(event);
    // No fields are made for a level that is off.
    if (!logger.isLevelEnabled(level)) return;
    if (level !== 'debug' && !this.quota.mayWrite(event.type)) return;
    const { type, connection, engineId: _engineId, streamId, frameId, error, ...own } = event as Flattened;
    const fields: LogFields = {
      ...(worker === undefined ? {} : { worker }),
      ...(connection === undefined ? {} : { conn: connection.id }),
      ...(connection?.engineId === undefined ? {} : { engine: connection.engineId }),
      ...(streamId === undefined ? {} : { stream: streamId, frame: frameId }),
    };
    const peer = connection === undefined ? {} : { peer: connection.peer };
    const fault = error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) };
    logger[level]({ ...fields, ...peer, ...own, ...fault }, title(type) + meaningOf(event));
  }
}

function title(type: string): string {
  return `spop ${type.replaceAll('-', ' ')}`;
}

/** What the name of an event alone does not tell. */
function meaningOf(event: AgentEvent | ReportedAgentEvent): string {
  switch (event.type) {
    case 'ack-truncated':
      return ": the variables named do not fit into HAProxy's max-frame-size and are not set";
    case 'action-dropped':
      return ': HAProxy would not take it';
    case 'notify-invalid':
      return ': it cannot be read, and sets no variables';
    case 'message-too-big':
      return ': more than spop.limits.maxReassembledBytes; it sets no variables';
    case 'acks-paced':
      return ': answers so large are held back, so that HAProxy from 3.1 on does not block';
    case 'refused':
      return event.reason === 'too-many-connections' ? ': there are spop.limits.maxConnections' : '';
    default:
      return '';
  }
}

/** What any event may have. */
interface Flattened {
  readonly type: string;
  readonly connection?: Pick<AgentConnection, 'id' | 'peer' | 'engineId'>;
  /** The connection has it too. */
  readonly engineId?: string | undefined;
  readonly streamId?: number | bigint;
  readonly frameId?: number | bigint;
  readonly error?: unknown;
}

/** Statuses that end a connection in good order: normal and idle (spop.md 2.6). */
const ORDINARY_STATUS = new Set([0, 2]);

/** Ends that neither side is to blame for (spop.md 3.1). */
const ORDINARY_CLOSE = new Set(['peer', 'disconnect-received', 'health-check', 'idle-timeout', 'stopped', 'refused']);

function levelOf(event: AgentEvent | ReportedAgentEvent): Level {
  switch (event.type) {
    case 'connection-opened':
    case 'disconnect-sent':
    case 'frame-skipped':
    case 'message-aborted':
    case 'message-unknown':
      return 'debug';
    case 'connection-closed':
      return ORDINARY_CLOSE.has(event.reason) ? 'debug' : 'warn';
    case 'acks-paced':
      return 'info';
    case 'health-check':
      return event.ok ? 'debug' : 'info';
    case 'disconnect-received':
      return ORDINARY_STATUS.has(event.status) ? 'debug' : 'warn';
    case 'refused':
    case 'protocol-error':
    case 'message-too-big':
    case 'notify-invalid':
    case 'action-dropped':
    case 'ack-truncated':
    case 'ack-unexpected':
      return 'warn';
    case 'accept-error':
    case 'handler-error':
    case 'handler-timeout':
      return 'error';
    default:
      return event satisfies never;
  }
}
