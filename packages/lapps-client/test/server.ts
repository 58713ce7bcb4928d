import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  decodeMessage,
  encodeError,
  encodeNotification,
  encodeResult,
  type InboundMessage,
} from '@offload/lapps-codec';
import { afterEach } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** What a test's server does with one message. */
export type Behaviour = (socket: WebSocket, message: InboundMessage) => void;

export interface TestServer {
  readonly url: string;
  readonly server: WebSocketServer;
  /** Connections so far, oldest first. */
  readonly sockets: WebSocket[];
  readonly messages: InboundMessage[];
  /** Resolves when there have been `count` connections. */
  readonly connected: (count: number) => Promise<void>;
}

const running: WebSocketServer[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await once(server, 'close');
  }
});

/** A LAppS server of ws and the codec, nothing of ours in between. */
export const startServer = async (behave: Behaviour, port = 0): Promise<TestServer> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  running.push(server);
  const sockets: WebSocket[] = [];
  const messages: InboundMessage[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data: Buffer) => {
      const message = decodeMessage(data);
      messages.push(message);
      behave(socket, message);
    });
  });
  await once(server, 'listening');
  const connected = async (count: number): Promise<void> => {
    while (sockets.length < count) await once(server, 'connection');
  };
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, server, sockets, messages, connected };
};

/** echo: the params; fail: error 10; silent: nothing; bye: close 4001; notifications come back on their channel. */
export const usual: Behaviour = (socket, { method, params = [], cid }) => {
  if (cid !== undefined) socket.send(encodeNotification(cid, [method, ...params]));
  else if (method === 'echo') socket.send(encodeResult(params));
  else if (method === 'fail') socket.send(encodeError({ code: 10, message: 'no', data: { left: 2 } }));
  else if (method === 'bye') socket.close(4001, 'bye');
};
