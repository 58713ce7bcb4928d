import type { ServerEvent } from '@offload/lapps-server';
import type { ReportedClient, ReportedServerEvent } from '@offload/script-bridge';
import type { Logger } from './logger.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Lines above `debug` that one kind of event gets in a window; anyone may connect, and nobody may fill the log. */
const LINES_PER_WINDOW = 10;
const WINDOW_MS = 10_000;

/** One line per event of the WebSocket server; of the same kind a few, then one that says how many more there were. */
export class WsLog {
  private readonly logger: Logger;
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  write(event: ServerEvent | ReportedServerEvent): void {
    const level = levelOf(event);
    if (!this.logger.isLevelEnabled(level)) return;
    if (level !== 'debug' && !this.mayWrite(event.type)) return;
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

  private mayWrite(type: string): boolean {
    const count = (this.counts.get(type) ?? 0) + 1;
    this.counts.set(type, count);
    if (this.timer === undefined) {
      this.timer = setTimeout(() => this.endWindow(), WINDOW_MS);
      this.timer.unref();
    }
    return count <= LINES_PER_WINDOW;
  }

  private endWindow(): void {
    this.timer = undefined;
    for (const [type, count] of this.counts) {
      const more = count - LINES_PER_WINDOW;
      if (more > 0) this.logger.info(`ws ${type.replaceAll('-', ' ')}: ${more} more in the last ${WINDOW_MS / 1000} s`);
    }
    this.counts.clear();
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
