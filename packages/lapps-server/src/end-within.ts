import type { Duplex } from 'node:stream';

/** Ends a connection when all that was written has gone out, or after `ms`: who does not read would hold it for ever. */
export const endWithin = (socket: Duplex, ms: number): void => {
  // The HTTP server has taken its own listener off, and an error nobody listens for ends the process.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(), ms);
  socket.once('close', () => clearTimeout(timer));
  if (socket.writable) socket.end();
  if (socket.writableFinished) socket.destroy();
  else socket.once('finish', () => socket.destroy());
};
