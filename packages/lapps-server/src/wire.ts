import type { Duplex, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import type { PeerSocket } from './peer-socket.js';

const kConnection = Symbol('connection');
type Wired = Duplex & { [kConnection]?: Connection };
/** The part of ws that reads frames; its `write` is all that is used of it. */
type Receiver = Writable & { [kConnection]?: Connection };

// Shared functions, not one closure per event and connection: an idle connection should cost little.

/** In the place of the receiver's own `write`: ws gets what was not delivered ahead of it. */
function writeRest(this: Receiver, chunk: Buffer): boolean {
  const taken = this[kConnection]?.receivedChunk(chunk) ?? 0;
  if (taken === chunk.length) return true;
  const { write } = Object.getPrototypeOf(this) as { write(this: Receiver, chunk: Buffer): boolean };
  return write.call(this, taken === 0 ? chunk : chunk.subarray(taken));
}

function onSocketClose(this: Wired): void {
  this[kConnection]?.beforeSocketClosed();
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  (this as PeerSocket).connection?.receivedMessage(data, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  (this as PeerSocket).connection?.receivedPing(data);
}

function onError(this: WebSocket, error: Error): void {
  (this as PeerSocket).connection?.protocolFailed(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  (this as PeerSocket).connection?.socketClosed(code, reason.toString());
}

/** Joins a connection with the events of its two sockets. The listener on the TCP socket comes before that of ws. */
export const wire = (connection: Connection, ws: PeerSocket, socket: Duplex): void => {
  (socket as Wired)[kConnection] = connection;
  ws.connection = connection;
  // Not of the documented interface of ws, whose version is pinned.
  const { _receiver: receiver } = ws as unknown as { readonly _receiver: Receiver };
  receiver[kConnection] = connection;
  receiver.write = writeRest;
  socket.prependListener('close', onSocketClose);
  ws.on('message', onMessage);
  ws.on('ping', onPing);
  ws.on('error', onError);
  ws.on('close', onClose);
};
