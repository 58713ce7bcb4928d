import { formatSocketAddress, type SocketAddress } from './listen-address.js';
import { tableText } from './table-text.js';

/** A message some script registered. */
export interface LoadedMessage {
  readonly name: string;
  /** `FILE:LINE` of its handler. */
  readonly where: string;
  readonly engine: string;
}

/** What runs after a start. */
export interface Running {
  readonly spop: readonly SocketAddress[];
  readonly scripts: readonly string[];
  readonly messages: readonly LoadedMessage[];
  /** Number of worker threads; 0 when the scripts run in the main thread. */
  readonly workers: number;
}

/** The messages as a table; a sentence where there are none. */
export function messagesText(messages: readonly LoadedMessage[]): string {
  if (messages.length === 0) return '  No script registered a message.\n';
  const rows = messages.map(({ name, where, engine }) => [name, where, engine]);
  return tableText(['message', 'registered at', 'engine'], rows);
}

/** The page `serve` prints when it is ready. `tryIt` is the next command, or several. */
export function readyText(running: Running, tryIt: readonly string[]): string {
  const { spop, workers, scripts } = running;
  const where = workers === 0 ? 'in the main thread' : `in ${workers} worker${workers === 1 ? '' : 's'}`;
  return [
    'Offload is ready.',
    ...spop.map((address) => `  SPOP agent on ${formatSocketAddress(address)}`),
    ...scripts.map((file) => `  script ${file} ${where}`),
    messagesText(running.messages).trimEnd(),
    '',
    'Try it from another terminal:',
    ...tryIt.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
