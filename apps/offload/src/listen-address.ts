import { isIP } from 'node:net';

/** A TCP or unix socket address, in the shape `net.listen` and `net.connect` take. */
export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** How an address is written on the command line and in the configuration, for messages. */
export const ADDRESS_SYNTAX = 'HOST:PORT, [IPV6]:PORT or unix:PATH';

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`. Port 0 asks the system for a free port.
 *
 * @returns the address, or a sentence that says what is wrong with the text.
 */
export function parseSocketAddress(text: string): SocketAddress | string {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    return path === '' ? 'Expected a path after "unix:"' : { path };
  }
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  if (match === null) return `Expected ${ADDRESS_SYNTAX}, got "${text}"`;
  const [, bracketed, plain, digits] = match;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return `Expected an IPv6 address in [], got "${bracketed}"`;
  const host = bracketed ?? plain ?? '';
  if (host === '') return `Expected a host before ":${digits}"; all addresses are 0.0.0.0:${digits} or [::]:${digits}`;
  const port = Number(digits);
  return port > 65_535 ? `Expected a port from 0 to 65535, got ${digits}` : { host, port };
}

/** The address as {@link parseSocketAddress} reads it. */
export function formatSocketAddress(address: SocketAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
