/**
 * LAppS client for Node: the platform's WebSocket where there is one, ws where there is none.
 *
 * @packageDocumentation
 */
import { makeConnectors } from './connect.js';
import type { SocketLike } from './socket.js';

export * from './exports.js';

type Constructor = new (url: string, protocols: string[]) => unknown;

const constructorHere = async (): Promise<Constructor> => {
  const own = (globalThis as { WebSocket?: Constructor }).WebSocket;
  return own ?? (await import('ws')).WebSocket;
};

const connectors = makeConnectors(async (url, protocols) => {
  const Socket = await constructorHere();
  return new Socket(url, protocols) as SocketLike;
});

/** See {@link Connectors.connect}. */
export const connect = connectors.connect;
/** See {@link Connectors.connectRaw}. */
export const connectRaw = connectors.connectRaw;
