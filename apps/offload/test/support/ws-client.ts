import { once } from 'node:events';
import { type CborInput, decodeCbor, encodeCbor, type PlainValue, toPlain } from '@offload/lapps-codec';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket client that keeps what came, in order. */
export interface WsClient {
  readonly socket: WebSocket;
  sendCbor(value: CborInput): void;
  /** The next message: text as a string, binary as bytes. */
  next(): Promise<string | Buffer>;
  nextCbor(): Promise<PlainValue>;
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects; the client is ended with the test. */
export async function openWs(url: string, options: ClientOptions = {}): Promise<WsClient> {
  const socket = new WebSocket(url, options);
  const queue: (string | Buffer)[] = [];
  const waiting: ((message: string | Buffer) => void)[] = [];
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const message = isBinary ? data : data.toString();
    const take = waiting.shift();
    if (take === undefined) queue.push(message);
    else take(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() }));
  });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const next = async (): Promise<string | Buffer> => queue.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return {
    socket,
    closed,
    next,
    sendCbor: (value) => socket.send(encodeCbor(value)),
    nextCbor: async () => toPlain(decodeCbor((await next()) as Buffer)),
  };
}
