import type { Socket } from 'node:net';
import { readShared } from '@offload/shared-read';
import type { AgentSession } from '@offload/spop-codec';

/**
 * Reads a socket: into memory that all connections share, where that can be done, for 64 KiB of fresh memory per read cost
 * more than all else that is done for a NOTIFY.
 *
 * @param keepsBytes bytes that were taken may be kept: each chunk gets memory of its own
 */
export function readChunks(
  socket: Socket,
  session: AgentSession,
  keepsBytes: boolean,
  take: (chunk: Uint8Array) => void,
): void {
  const isShared = readShared(socket, (length, bytes) => {
    if (keepsBytes) {
      const own = Buffer.allocUnsafe(length);
      own.set(bytes.subarray(0, length));
      take(plain(own));
    } else {
      take(plain(bytes.subarray(0, length)));
      // What the session still holds must outlive the next read.
      session.keep();
    }
    return true;
  });
  if (!isShared) socket.on('data', (chunk: Uint8Array) => take(plain(chunk)));
}

/** A plain Uint8Array, as all other bytes here: one type of array keeps the byte loops fast. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}
