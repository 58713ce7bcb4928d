import { OffloadError } from './errors.js';
import { parseSocketAddress, type SocketAddress } from './listen-address.js';

/**
 * Opens every address, in order.
 *
 * @param listen opens one and tells what was bound.
 * @returns what was bound, the ports that were chosen included.
 * @throws OffloadError `OFFLOAD_ERR_LISTEN`
 */
export async function listenAll(
  addresses: readonly string[],
  listen: (address: SocketAddress) => Promise<SocketAddress>,
): Promise<SocketAddress[]> {
  const bound: SocketAddress[] = [];
  for (const text of addresses) {
    const address = parseSocketAddress(text);
    if (typeof address === 'string') throw new OffloadError('OFFLOAD_ERR_LISTEN', address);
    try {
      bound.push(await listen(address));
    } catch (error) {
      const message = plainly(error instanceof Error ? error.message : String(error));
      throw new OffloadError('OFFLOAD_ERR_LISTEN', message, { cause: error });
    }
  }
  return bound;
}

/** What the system's words mean for who starts a server. */
const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function plainly(message: string): string {
  return message.replace(/\blisten (E[A-Z]+): .*$/s, (words, code: string) => WHY[code] ?? words);
}
