import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { SpopAgentError } from './errors.js';
import type { ListenAddress, ListenOptions } from './types.js';

const DEFAULT_BACKLOG = 1024;
/** A dead peer that sent no FIN is noticed after this and some probes. */
const KEEP_ALIVE_MS = 60_000;
/**
 * A queue that reached this size is followed by 'drain'. Half of the least `maxQueuedWriteBytes`, so that every stop
 * of reading ends; the default differs between Node versions.
 */
const HIGH_WATER_BYTES = 16 * 1024;

/** Node cuts longer paths of sockets without a word, and listens elsewhere. */
const MOST_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

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
    if ('path' in at) {
      checkPath(at.path);
      await removeStaleSocket(at.path);
    }
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
    await withMode('path' in at ? at.mode : undefined, () => listening(server, at));
    server.on('error', onError);
    if ('path' in at) {
      if (at.mode !== undefined) setMode(server, at.path, at.mode);
      return new Listener(server, { path: at.path });
    }
    const bound = server.address() as { address: string; port: number };
    return new Listener(server, { host: bound.address, port: bound.port });
  }

  /** Stops listening; connections stay. A unix socket's file goes with it. */
  close(): void {
    this.server.close();
  }
}

/**
 * Nobody else may connect between the bind, which `listen` does at once, and the chmod. The umask is the process's: only
 * its main thread may set it.
 */
function withMode<T>(mode: number | undefined, listen: () => T): T {
  if (mode === undefined || !isMainThread) return listen();
  const before = process.umask(0o777 & ~mode);
  try {
    return listen();
  } finally {
    process.umask(before);
  }
}

function setMode(server: Server, path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (cause) {
    server.close();
    throw new SpopAgentError(
      'SPOP_AGENT_ERR_LISTEN',
      `Cannot set the mode of ${path}: ${(cause as Error).message}`,
      cause,
    );
  }
}

function listening(server: Server, at: ListenOptions): Promise<void> {
  const backlog = at.backlog ?? DEFAULT_BACKLOG;
  const options =
    'path' in at
      ? { path: at.path, backlog }
      : { host: at.host ?? '127.0.0.1', port: at.port, backlog, reusePort: at.reusePort === true };
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      const where = 'path' in options ? options.path : `${options.host}:${options.port}`;
      const message = `Cannot listen on ${where}: ${cause instanceof Error ? cause.message : String(cause)}`;
      reject(new SpopAgentError('SPOP_AGENT_ERR_LISTEN', message, cause));
    };
    server.once('error', fail);
    try {
      server.listen(options, () => {
        server.off('error', fail);
        resolve();
      });
    } catch (error) {
      fail(error);
    }
  });
}

function checkPath(path: string): void {
  const length = Buffer.byteLength(path);
  const why =
    length > MOST_PATH_BYTES
      ? `the path of a socket has ${MOST_PATH_BYTES} bytes at most, this has ${length}`
      : path.includes('\0')
        ? 'a path holds no NUL'
        : undefined;
  if (why !== undefined) throw new SpopAgentError('SPOP_AGENT_ERR_LISTEN', `Cannot listen on ${path}: ${why}`);
}

/** Removes a socket file that no one answers on; a file of another kind is left alone. */
async function removeStaleSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) {
    throw new SpopAgentError('SPOP_AGENT_ERR_NOT_A_SOCKET', `Cannot listen on ${path}: it exists and is no socket`);
  }
  if (await answers(path)) {
    throw new SpopAgentError('SPOP_AGENT_ERR_SOCKET_IN_USE', `Cannot listen on ${path}: another process answers there`);
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const done = (answer: boolean) => {
      probe.destroy();
      resolve(answer);
    };
    probe.once('connect', () => done(true));
    // Refused means that no one listens; anything else (no permission, queue full) may be someone.
    probe.once('error', (error: NodeJS.ErrnoException) =>
      done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}
