import type { SpopError, StatusCode } from '@offload/spop-codec';
import type { AgentConnection, Id } from './agent-connection.js';

/** Why a connection ended. `peer` is the normal end: EOF, reset or a broken pipe between two frames (spop.md 3.1). */
export type CloseReason =
  | 'peer'
  | 'disconnect-received'
  | 'health-check'
  | 'refused'
  | 'protocol-error'
  | 'handshake-timeout'
  | 'idle-timeout'
  | 'stopped'
  | 'error';

/** Why a connection was refused. */
export type RefuseReason = 'too-many-connections' | 'handshake';

interface OfConnection {
  readonly connection: AgentConnection;
}

interface OfNotify extends OfConnection {
  readonly streamId: Id;
  readonly frameId: Id;
}

/**
 * What an agent reports; it logs nothing by itself. None of these is raised for an ordinary NOTIFY and its ACK.
 * The hook must not throw.
 */
export type AgentEvent =
  /** A HELLO was accepted. */
  | ({
      readonly type: 'connection-opened';
      readonly engineId: string | undefined;
      /** What the engine announced. */
      readonly capabilities: readonly string[];
      readonly maxFrameBytes: number;
    } & OfConnection)
  /** `midFrame`: bytes of an unfinished frame or message were held. `opened`: its HELLO had been accepted. */
  | ({
      readonly type: 'connection-closed';
      readonly reason: CloseReason;
      readonly opened: boolean;
      readonly inFlight: number;
      readonly midFrame: boolean;
      readonly error?: Error;
    } & OfConnection)
  /** A health check was answered; `ok` is false while the agent drains. */
  | ({ readonly type: 'health-check'; readonly ok: boolean } & OfConnection)
  /** The connection is held for `refuseDelayMs`, then gets AGENT-DISCONNECT with `status`. */
  | ({
      readonly type: 'refused';
      readonly reason: RefuseReason;
      readonly status: StatusCode;
      readonly error?: SpopError;
    } & OfConnection)
  | ({ readonly type: 'disconnect-received'; readonly status: number; readonly message: string } & OfConnection)
  | ({ readonly type: 'disconnect-sent'; readonly status: StatusCode } & OfConnection)
  /** The engine broke the protocol after its HELLO; the connection ends with `error.status`. */
  | ({ readonly type: 'protocol-error'; readonly error: SpopError } & OfConnection)
  /** A frame of a type no engine sends was passed over. */
  | ({ readonly type: 'frame-skipped'; readonly frameType: number } & OfConnection)
  /** The engine gave up a fragmented message. */
  | ({ readonly type: 'message-aborted' } & OfNotify)
  /** A fragmented message passed `maxReassembledBytes` and was given up. */
  | ({ readonly type: 'message-too-big' } & OfNotify)
  /** The payload of a NOTIFY could not be decoded; it got an empty ACK. */
  | ({ readonly type: 'notify-invalid'; readonly error: SpopError } & OfNotify)
  /** A message without a handler. */
  | ({ readonly type: 'message-unknown'; readonly name: string } & OfNotify)
  /** A handler threw or rejected; its message has no actions. */
  | ({ readonly type: 'handler-error'; readonly name: string; readonly error: unknown } & OfNotify)
  /** A handler took longer than `handlerTimeoutMs`. */
  | ({ readonly type: 'handler-timeout'; readonly name: string } & OfNotify)
  /** An action that HAProxy would not take was left out: bad name, scope or value. */
  | ({ readonly type: 'action-dropped'; readonly name: string; readonly error: unknown } & OfNotify)
  /**
   * The actions exceed a frame; the last `bytes` of them were left out. `variables` names those they were for, ten at most,
   * in their order: `txn.score`. The first of them is the one that did not fit.
   */
  | ({ readonly type: 'ack-truncated'; readonly bytes: number; readonly variables: readonly string[] } & OfNotify)
  /**
   * An ACK of `bytes` is so large that 20 of them could stop HAProxy 3.1 and later for good: from now on ACKs of this
   * connection may wait (spop.md 3.10). Without the capability `pipelining` none has to.
   */
  | ({ readonly type: 'acks-paced'; readonly bytes: number } & OfConnection)
  /** A connection could not be accepted (too many open files and the like); the agent still listens. */
  | { readonly type: 'accept-error'; readonly error: Error }
  /** An ACK for a NOTIFY that does not wait for one was ignored. */
  | ({ readonly type: 'ack-unexpected' } & OfNotify);
