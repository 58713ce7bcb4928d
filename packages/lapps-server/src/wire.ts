import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readShared } from '@offload/shared-read';
import type { WebSocket } from 'ws';
import type { Connection } from './connection.js';
import type { PeerSocket } from './peer-socket.js';
import { viewOf } from './view-of.js';
import { receiverOf, type WsReceiver } from './ws-receiver.js';

const kConnection = Symbol('connection');
type Wired = Duplex & { [kConnection]?: Connection };
type WiredReceiver = WsReceiver & { [kConnection]?: Connection };

// Shared functions, not one closure per event and connection: an idle connection should cost little.

/** In the place of the receiver's own `write`: ws gets what was not delivered ahead of it. */
function writeRest(this: WiredReceiver, chunk: Buffer): boolean {
  const connection = this[kConnection]!;
  const taken = connection.receivedChunk(chunk, false);
  return taken === chunk.length || connection.inbound.passOn(taken === 0 ? chunk : chunk.subarray(taken));
}

/** What was read into shared memory: whole messages are delivered from there, the stream gets a copy of the rest. */
function onRead(this: Socket, length: number, bytes: Buffer): boolean {
  const chunk = viewOf(bytes.buffer, bytes.byteOffset, length);
  // Nothing may overtake what the stream still holds.
  if (this.readableFlowing !== true || this.readableLength > 0) return this.push(Buffer.from(chunk));
  const taken = (this as Wired)[kConnection]!.receivedChunk(chunk, true);
  // As the stream would; it has nothing to keep in between.
  if (taken < length) this.emit('data', Buffer.from(chunk.subarray(taken)));
  return true;
}

let wsOnEnd: ((this: Duplex) => void) | undefined;

/** In the place of ws's own listener, which ends our half at once. */
function onSocketEnd(this: Wired): void {
  const connection = this[kConnection]!;
  const answer = (): void => connection.whenWritten(() => wsOnEnd!.call(this));
  if (!connection.leaving.clientDone(answer)) answer();
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
  const receiver: WiredReceiver = receiverOf(ws);
  receiver[kConnection] = connection;
  receiver.write = writeRest;
  readShared(socket, onRead);
  socket.prependListener('close', onSocketClose);
  // One function for all sockets, which ws does not export.
  wsOnEnd ??= socket.listeners('end').find(({ name }) => name === 'socketOnEnd') as typeof wsOnEnd;
  if (wsOnEnd !== undefined) socket.off('end', wsOnEnd).on('end', onSocketEnd);
  ws.on('message', onMessage);
  ws.on('ping', onPing);
  ws.on('error', onError);
  ws.on('close', onClose);
};
