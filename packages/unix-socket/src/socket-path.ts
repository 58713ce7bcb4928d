import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { UnixSocketError } from './errors.js';

/** Node cuts longer paths of sockets without a word, and listens elsewhere. */
const MOST_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** @throws UnixSocketError `UNIX_SOCKET_ERR_PATH` */
export function checkPath(path: string): void {
  const length = Buffer.byteLength(path);
  const why =
    length > MOST_PATH_BYTES
      ? `the path of a socket has ${MOST_PATH_BYTES} bytes at most, this has ${length}`
      : path.includes('\0')
        ? 'a path holds no NUL'
        : // Node says "permission denied".
          existsSync(dirname(path))
          ? undefined
          : `there is no folder ${dirname(path)}`;
  if (why !== undefined) throw new UnixSocketError('UNIX_SOCKET_ERR_PATH', why);
}

/**
 * Removes a socket file that no one answers on; what else there may be is left alone.
 *
 * @throws UnixSocketError `UNIX_SOCKET_ERR_NOT_A_SOCKET`, `UNIX_SOCKET_ERR_IN_USE`; the system's error
 */
export async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new UnixSocketError('UNIX_SOCKET_ERR_NOT_A_SOCKET', 'it exists and is no socket');
  if (await answers(path)) throw new UnixSocketError('UNIX_SOCKET_ERR_IN_USE', 'another process answers there');
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
