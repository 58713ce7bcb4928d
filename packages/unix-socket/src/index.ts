/**
 * Servers of Node on unix sockets.
 *
 * @packageDocumentation
 */
export { UNIX_SOCKET_ERROR_CODES, UnixSocketError, type UnixSocketErrorCode } from './errors.js';
export { listenUnix, type UnixSocketOptions } from './listen-unix.js';
