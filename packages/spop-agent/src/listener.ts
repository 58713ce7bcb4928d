import { createServer, type ListenOptions as NetListenOptions, type Server, type Socket } from 'node:net';
import { listenUnix, UnixSocketError, type UnixSocketErrorCode } from '@offload/unix-socket';
import { SpopAgentError, type SpopAgentErrorCode } from './errors.js';
import type { ListenAddress, ListenOptions } from './types.js';

const DEFAULT_BACKLOG = 1024;
/** A dead peer that sent no FIN is noticed after this and some probes. */
const KEEP_ALIVE_MS = 60_000;
/**
 * A queue that reached this size is followed by 'drain'. Half of the least `maxQueuedWriteBytes`, so that every stop
 * of reading ends; the default differs between Node versions.
 */
const HIGH_WATER_BYTES = 16 * 1024;

/** Those of unix sockets that have a code of their own here. */
const CODES: Partial<Record<UnixSocketErrorCode, SpopAgentErrorCode>> = {
  UNIX_SOCKET_ERR_IN_USE: 'SPOP_AGENT_ERR_SOCKET_IN_USE',
  UNIX_SOCKET_ERR_NOT_A_SOCKET: 'SPOP_AGENT_ERR_NOT_A_SOCKET',
};

/** One listening socket. */
export class Listener {
  readonly address: ListenAddress;
  private readonly server: Server;

  private constructor(server: Server, address: ListenAddress) {
    this.server = server;
    this.address = address;
  }

  /** Throws SPOP_AGENT_ERR_LISTEN, SPOP_AGENT_ERR_SOCKET_IN_USE, SPOP_AGENT_ERR_NOT_A_SOCKET, SPOP_AGENT_ERR_OPTION. */
  static async open(
    at: ListenOptions,
    accept: (socket: Socket) => void,
    onError: (error: Error) => void,
  ): Promise<Listener> {
    const server = createServer(
      {
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        highWaterMark: HIGH_WATER_BYTES,
      },
      accept,
    );
    await listening(server, at);
    server.on('error', onError);
    if ('path' in at) return new Listener(server, { path: at.path });
    const bound = server.address() as { address: string; port: number };
    return new Listener(server, { host: bound.address, port: bound.port });
  }

  /** Stops listening; connections stay. A unix socket's file goes with it. */
  close(): void {
    this.server.close();
  }
}

async function listening(server: Server, at: ListenOptions): Promise<void> {
  const backlog = at.backlog ?? DEFAULT_BACKLOG;
  const host = 'path' in at ? '' : (at.host ?? '127.0.0.1');
  try {
    if ('path' in at) await listenUnix(server, { path: at.path, mode: at.mode, backlog });
    else await listenTcp(server, { host, port: at.port, backlog, reusePort: at.reusePort === true });
  } catch (cause) {
    const where = 'path' in at ? at.path : `${host}:${at.port}`;
    const code = (cause instanceof UnixSocketError ? CODES[cause.code] : undefined) ?? 'SPOP_AGENT_ERR_LISTEN';
    const message = `Cannot listen on ${where}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SpopAgentError(code, message, cause);
  }
}

function listenTcp(server: Server, options: NetListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
