export type { ChannelListener, LappsClient } from './client.js';
export type { Connectors } from './connect.js';
export { LAPPS_CLIENT_ERROR_CODES, LappsClientError, type LappsClientErrorCode } from './errors.js';
export { type ClientOptions, DEFAULT_RECONNECT, type ReconnectOptions, type SessionOptions } from './options.js';
export type { RequestOptions } from './pending.js';
export type { RawClient, RawListener } from './raw-client.js';
export type { SessionState } from './session.js';
export type { CloseInfo, SocketFactory, SocketLike } from './socket.js';
