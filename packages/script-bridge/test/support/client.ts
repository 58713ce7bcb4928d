import { once } from 'node:events';
import { type CborInput, decodeCbor, encodeCbor, type PlainValue, toPlain } from '@offload/lapps-codec';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket client with what came kept in order. */
export interface Client {
  readonly socket: WebSocket;
  send(data: string | Uint8Array): void;
  sendCbor(value: CborInput): void;
  /** The next message: text as a string, binary as bytes. */
  next(): Promise<string | Buffer>;
  /** The next message, decoded from CBOR. */
  nextCbor(): Promise<PlainValue>;
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects; the client is ended with the test. */
export async function connect(url: string, options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(url, options);
  const queue: (string | Buffer)[] = [];
  const waiting: ((message: string | Buffer) => void)[] = [];
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const message = isBinary ? data : data.toString();
    const take = waiting.shift();
    if (take === undefined) queue.push(message);
    else take(message);
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: code as number,
    reason: (reason as Buffer).toString(),
  }));
  // One that was refused fails at `open`.
  closed.catch(() => {});
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const next = async (): Promise<string | Buffer> => queue.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return {
    socket,
    closed,
    next,
    send: (data) => socket.send(data),
    sendCbor: (value) => socket.send(encodeCbor(value)),
    nextCbor: async () => toPlain(decodeCbor((await next()) as Buffer)),
  };
}
