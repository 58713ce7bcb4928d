import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** What a socket does its input and output with, until it is closed. */
export interface SocketHandle {
  readonly fd: number;
}

interface WithHandle {
  readonly writableLength: number;
  readonly writable: boolean;
  readonly _handle?: SocketHandle | null;
}

// Elsewhere sockets are no file descriptors.
const HAS_DESCRIPTORS = process.platform !== 'win32';

/** The handle {@link writeDirect} takes. Undefined for what is no plain connected TCP or unix socket (TLS). */
export const directHandle = (socket: unknown): SocketHandle | undefined => {
  if (!HAS_DESCRIPTORS || !(socket instanceof Socket) || socket.constructor !== Socket) return undefined;
  const handle = (socket as WithHandle)._handle;
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle : undefined;
};

/**
 * Writes past the stream of a socket, which spends on requests, callbacks and ticks what only bytes that have to wait need:
 * a tenth of a broadcast. `fd` is the one of `handle`: to ask for it each time is slow.
 *
 * @returns How many bytes from `start` to `end` the system took, nearly always all. The rest is for the caller to give to the
 * socket's `write` before anything else; that is also what meets the socket's errors.
 */
export const writeDirect = (
  socket: WithHandle,
  handle: SocketHandle,
  fd: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number => {
  // Nothing may overtake what waits already. Once the socket has let go of its handle, its descriptor may be another's.
  if (socket.writableLength > 0 || !socket.writable || socket._handle !== handle) return 0;
  try {
    return writeSync(fd, bytes, start, end - start);
  } catch {
    // The system's buffer is full, or the peer is gone.
    return 0;
  }
};
