import type { ServerEvent } from '@offload/lapps-server';
import type { ReportedClient, ReportedServerEvent } from '@offload/script-bridge';
import { LineQuota } from './line-quota.js';
import type { Logger } from './logger.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** One line per event of the WebSocket server; of the same kind a few, since anyone may connect. */
export class WsLog {
  private readonly logger: Logger;
  private readonly quota: LineQuota;

  constructor(logger: Logger) {
    this.logger = logger;
    this.quota = new LineQuota((type, more) => logger.info(`ws ${type.replaceAll('-', ' ')}: ${more}`));
  }

  write(event: ServerEvent | ReportedServerEvent): void {
    const level = levelOf(event);
    if (!this.logger.isLevelEnabled(level)) return;
    if (level !== 'debug' && !this.quota.mayWrite(event.type)) return;
    const { type, connection, error, info, ...own } = event as Flattened;
    const fields = {
      ...(connection === undefined
        ? {}
        : { conn: connection.id, target: connection.service.target, peer: connection.remoteAddress }),
      ...own,
      ...info,
      ...(error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) }),
    };
    this.logger[level](fields, `ws ${type.replaceAll('-', ' ')}`);
  }
}

/** What any event may have. */
interface Flattened {
  readonly type: string;
  readonly connection?: ReportedClient;
  readonly error?: unknown;
  readonly info?: object;
}

/** What clients do is theirs to look into; ours are the handlers, and who reads too slowly for what is sent. */
function levelOf({ type }: { readonly type: ServerEvent['type'] }): Level {
  switch (type) {
    case 'opened':
    case 'closed':
      return 'debug';
    case 'refused':
    case 'protocol-error':
      return 'info';
    case 'slow-consumer':
      return 'warn';
    case 'handler-error':
    case 'accept-error':
      return 'error';
    default:
      return type satisfies never;
  }
}
