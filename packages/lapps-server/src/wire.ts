import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import type { PeerSocket } from './peer-socket.js';

const kConnection = Symbol('connection');
type Wired = Duplex & { [kConnection]?: Connection };

// Shared functions, not one closure per event and connection: an idle connection should cost little.

function onChunk(this: Wired, chunk: Uint8Array): void {
  this[kConnection]?.receivedChunk(chunk);
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

/** Joins a connection with the events of its two sockets. The listeners on the TCP socket come before those of ws. */
export const wire = (connection: Connection, ws: PeerSocket, socket: Duplex): void => {
  (socket as Wired)[kConnection] = connection;
  ws.connection = connection;
  socket.prependListener('data', onChunk);
  socket.prependListener('close', onSocketClose);
  ws.on('message', onMessage);
  ws.on('ping', onPing);
  ws.on('error', onError);
  ws.on('close', onClose);
};
