import type { Connection } from './connection.js';

/** Why a connection ended. */
export type CloseCause =
  /** The client sent the first Close frame. */
  | 'peer'
  /** `close()` was called. */
  | 'local'
  /** The connection broke, or `terminate()` was called: no Close frame either way. */
  | 'lost'
  /** The client broke RFC 6455 or a size limit. */
  | 'protocol'
  /** A handler threw or its promise was rejected. */
  | 'handler'
  | 'slow-consumer'
  | 'ping-timeout'
  | 'idle'
  | 'shutdown';

/** How a connection ended. */
export interface CloseInfo {
  /** Close status: the client's for `peer` (1005 when it gave none), 1006 for `lost` and `ping-timeout`, else the one we sent. */
  readonly code: number;
  /** The client's reason for `peer`, ours otherwise. */
  readonly reason: string;
  readonly cause: CloseCause;
}

/** What a server reports as it happens. It logs nothing itself. */
export type ServerEvent =
  | {
      readonly type: 'refused';
      /** HTTP status of the answer. */
      readonly status: number;
      readonly why: 'acl' | 'target' | 'origin' | 'connections' | 'address' | 'stopping' | 'handshake';
      readonly address: string;
      readonly target: string;
    }
  | { readonly type: 'opened'; readonly connection: Connection }
  | { readonly type: 'closed'; readonly connection: Connection; readonly info: CloseInfo }
  | { readonly type: 'protocol-error'; readonly connection: Connection; readonly error: Error }
  | {
      readonly type: 'handler-error';
      readonly connection: Connection;
      readonly handler: 'onOpen' | 'onMessage' | 'onClosing' | 'onClose';
      readonly error: unknown;
    }
  | { readonly type: 'slow-consumer'; readonly connection: Connection; readonly bufferedBytes: number }
  /** The system could not hand over a new TCP connection (no memory and the like); the server still listens. */
  | { readonly type: 'accept-error'; readonly error: Error };

export type ServerEventHook = (event: ServerEvent) => void;

/** Counters since start; `connections` is the current number. */
export interface ServerStats {
  connections: number;
  opened: number;
  closed: number;
  /** Upgrades answered with an HTTP error. */
  refused: number;
  messagesIn: number;
  /** Payload bytes, after inflation. */
  bytesIn: number;
  /** Messages accepted for sending, each broadcast recipient counted. */
  messagesOut: number;
  /** Payload bytes, before compression. */
  bytesOut: number;
  protocolErrors: number;
  handlerErrors: number;
  slowConsumers: number;
  pingTimeouts: number;
}

export const zeroStats = (): ServerStats => ({
  connections: 0,
  opened: 0,
  closed: 0,
  refused: 0,
  messagesIn: 0,
  bytesIn: 0,
  messagesOut: 0,
  bytesOut: 0,
  protocolErrors: 0,
  handlerErrors: 0,
  slowConsumers: 0,
  pingTimeouts: 0,
});
