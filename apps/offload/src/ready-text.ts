import { sep } from 'node:path';
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

/** The messages as a table; a sentence where there are none. Paths are shown as seen from `cwd`. */
export function messagesText(messages: readonly LoadedMessage[], cwd: string): string {
  if (messages.length === 0) return '  No script registered a message.\n';
  const rows = messages.map(({ name, where, engine }) => [name, pathFrom(cwd, where), engine]);
  return tableText(['message', 'registered at', 'engine'], rows);
}

/** The page `serve` prints when it is ready. `tryIt` is the next command, or several. */
export function readyText(running: Running, tryIt: readonly string[], cwd: string): string {
  const { spop, workers, scripts } = running;
  const where = workers === 0 ? 'in the main thread' : `in ${workers} worker${workers === 1 ? '' : 's'}`;
  return [
    'Offload is ready.',
    ...spop.map((address) => `  SPOP agent on ${formatSocketAddress(address)}`),
    ...scripts.map((file) => `  script ${pathFrom(cwd, file)} ${where}`),
    messagesText(running.messages, cwd).trimEnd(),
    '',
    'Try it from another terminal:',
    ...tryIt.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** A path inside `cwd` without it; any other as it is. */
function pathFrom(cwd: string, path: string): string {
  const prefix = cwd.endsWith(sep) ? cwd : cwd + sep;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
