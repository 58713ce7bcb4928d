import type { Server } from 'node:net';
import { bindWithin, checkMode, setMode } from './socket-mode.js';
import { checkPath, removeStale } from './socket-path.js';

/** Where a server listens. */
export interface UnixSocketOptions {
  /** At most 107 bytes of UTF-8 (macOS: 103). */
  readonly path: string;
  /** Permission bits, 0 to 0o777: `connect` needs write permission. Default: as the umask says. */
  readonly mode?: number | undefined;
  /** Connections that may wait to be accepted. Default: that of Node. */
  readonly backlog?: number | undefined;
}

/**
 * Has a server listen on a unix socket; resolves when it does. A socket file that no one answers on is replaced.
 *
 * @throws UnixSocketError; the system's error when it cannot listen. The server does not listen then.
 */
export async function listenUnix(server: Server, { path, mode, backlog }: UnixSocketOptions): Promise<void> {
  checkPath(path);
  if (mode !== undefined) checkMode(mode);
  await removeStale(path);
  const listening = new Promise<void>((resolve, reject) => {
    const start = (): unknown =>
      server.once('error', reject).listen({ path, backlog }, () => {
        server.off('error', reject);
        resolve();
      });
    // `listen` binds at once.
    if (mode === undefined) start();
    else bindWithin(mode, start);
  });
  await listening;
  if (mode === undefined) return;
  try {
    setMode(path, mode);
  } catch (error) {
    server.close();
    throw error;
  }
}
