import { formatSocketAddress, type SocketAddress } from './listen-address.js';

/** Where a server listens, as far as its URLs depend on it. */
interface Server {
  readonly tls: boolean;
}

/** URL of a WebSocket server; `target` is the path of a service. A unix socket as `ws` knows it: `ws+unix:PATH:/target`. */
export function wsUrl({ tls }: Server, address: SocketAddress, target = ''): string {
  const scheme = tls ? 'wss' : 'ws';
  if ('path' in address) return `${scheme}+unix:${address.path}${target === '' ? '' : `:${target}`}`;
  return `${scheme}://${formatSocketAddress(address)}${target}`;
}

/** URL of the files served on the same address. */
export function httpUrl({ tls }: Server, address: SocketAddress): string {
  const scheme = tls ? 'https' : 'http';
  return 'path' in address ? `${scheme}+unix:${address.path}` : `${scheme}://${formatSocketAddress(address)}/`;
}

/** The address to connect to: all addresses of a machine are also its own. */
export function reachable(address: SocketAddress): SocketAddress {
  if ('path' in address) return address;
  const own = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address.host];
  return own === undefined ? address : { ...address, host: own };
}
