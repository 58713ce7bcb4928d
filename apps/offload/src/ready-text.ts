import { sep } from 'node:path';
import { formatSocketAddress, type SocketAddress } from './listen-address.js';
import { tableText } from './table-text.js';
import { printable } from './typed-text.js';
import { httpUrl, wsUrl } from './ws-url.js';

/** A message some script registered. */
export interface LoadedMessage {
  readonly name: string;
  /** `FILE:LINE` of its handler. */
  readonly where: string;
  readonly engine: string;
}

/** A service that was started. */
export interface LoadedService {
  readonly name: string;
  readonly kind: 'raw' | 'LAppS' | 'standalone';
  /** Path clients ask for; standalone services have none. */
  readonly target?: string;
  readonly instances: number;
  readonly file: string;
}

/** The WebSocket server that runs after a start. */
export interface RunningWs {
  readonly listening: readonly SocketAddress[];
  readonly tls: boolean;
  /** The worker reads the sockets itself. */
  readonly direct?: boolean;
  /** Nothing was configured: these are the demo services. */
  readonly demo: boolean;
  readonly services: readonly LoadedService[];
  /** Folder whose files are served over HTTP. */
  readonly static?: string;
}

/** What runs after a start. */
export interface Running {
  /** Each worker reads its own SPOP connections. */
  readonly direct?: boolean;
  readonly spop: readonly SocketAddress[];
  readonly ws?: RunningWs;
  readonly scripts: readonly string[];
  readonly messages: readonly LoadedMessage[];
  /** Number of worker threads; 0 when the scripts run in the main thread. */
  readonly workers: number;
}

/** The messages as a table; a sentence where there are none. Paths are shown as seen from `cwd`. */
export function messagesText(messages: readonly LoadedMessage[], cwd: string): string {
  if (messages.length === 0) return '  No script registered a message.\n';
  const rows = messages.map(({ name, where, engine }) => [
    printable(Buffer.from(name, 'latin1')),
    pathFrom(cwd, where),
    engine,
  ]);
  return tableText(['message', 'registered at', 'engine'], rows);
}

/** The services as a table. Paths are shown as seen from `cwd`. */
export function servicesText(services: readonly LoadedService[], cwd: string): string {
  if (services.length === 0) return '  No service is configured.\n';
  const rows = services.map(({ name, kind, target, instances, file }) => [
    name,
    kind,
    target ?? '-',
    String(instances),
    pathFrom(cwd, file),
  ]);
  return tableText(['service', 'kind', 'path', 'instances', 'script'], rows);
}

/** The page `serve` prints when it is ready. `tryIt` is the next command, or several. */
export function readyText(running: Running, tryIt: readonly string[], cwd: string): string {
  const { direct, spop, ws, workers, scripts, messages } = running;
  const where = workers === 0 ? 'in the main thread' : `in ${workers} worker${workers === 1 ? '' : 's'}`;
  const readers = workers === 1 ? 'the worker itself' : 'the workers themselves';
  return [
    'Offload is ready.',
    ...spop.map((address) => {
      const note = direct === true && !('path' in address) ? `, read by ${readers}` : '';
      return `  SPOP agent on ${formatSocketAddress(address)}${note}`;
    }),
    ...(ws === undefined ? [] : wsLines(ws, cwd)),
    ...scripts.map((file) => `  script ${pathFrom(cwd, file)} ${where}`),
    ...(spop.length > 0 || messages.length > 0 ? [messagesText(messages, cwd).trimEnd()] : []),
    ...(ws === undefined ? [] : [servicesText(ws.services, cwd).trimEnd()]),
    '',
    'Try it from another terminal:',
    ...tryIt.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function wsLines(ws: RunningWs, cwd: string): string[] {
  const notes = [
    ws.tls ? '' : ', without TLS',
    ws.demo ? ', the demo services as none are configured' : '',
    ws.direct === true ? ', read by the worker itself' : '',
  ].join('');
  return [
    ...ws.listening.map((address) => `  WebSockets on ${wsUrl(ws, address)}${notes}`),
    ...(ws.static === undefined
      ? []
      : ws.listening.map((at) => `  files of ${pathFrom(cwd, ws.static ?? '')} on ${httpUrl(ws, at)}`)),
  ];
}

/** A path inside `cwd` without it; any other as it is. */
function pathFrom(cwd: string, path: string): string {
  const prefix = cwd.endsWith(sep) ? cwd : cwd + sep;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
