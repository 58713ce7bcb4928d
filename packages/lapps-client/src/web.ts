/**
 * LAppS client over the WebSocket the platform has: browsers, and Node from 22.
 *
 * @packageDocumentation
 */
import { makeConnectors } from './connect.js';
import type { SocketLike } from './socket.js';

export * from './exports.js';

const connectors = makeConnectors((url, protocols) => new WebSocket(url, protocols) as unknown as SocketLike);

/** See {@link Connectors.connect}. */
export const connect = connectors.connect;
/** See {@link Connectors.connectRaw}. */
export const connectRaw = connectors.connectRaw;
