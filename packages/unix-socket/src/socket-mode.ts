import { chmodSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { UnixSocketError } from './errors.js';

/** @throws UnixSocketError `UNIX_SOCKET_ERR_MODE` */
export function checkMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777) return;
  throw new UnixSocketError('UNIX_SOCKET_ERR_MODE', `the mode of a socket is from 0 to 0777, not ${octal(mode)}`);
}

/**
 * Calls `bind` so that nobody may use the file it makes who may not with `mode`: between bind and chmod there is time enough to
 * connect. The umask is the process's, and other threads make files: it only ever gets stricter, and only for this call.
 * In other threads than the main one Node does not let it be set.
 */
export function bindWithin<T>(mode: number, bind: () => T): T {
  if (!isMainThread) return bind();
  const others = 0o777 & ~mode;
  // There is no asking for it without setting it.
  const before = process.umask(0o077 | others);
  process.umask(before | others);
  try {
    return bind();
  } finally {
    process.umask(before);
  }
}

/** @throws UnixSocketError `UNIX_SOCKET_ERR_MODE` */
export function setMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (cause) {
    const message = `its mode cannot be set to ${octal(mode)}: ${(cause as Error).message}`;
    throw new UnixSocketError('UNIX_SOCKET_ERR_MODE', message, { cause });
  }
}

const octal = (mode: number): string => (mode >= 0 ? `0${mode.toString(8)}` : String(mode));
