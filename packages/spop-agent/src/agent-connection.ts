/** A stream-id or frame-id: a number up to 2^53-1, a bigint beyond. */
export type Id = number | bigint;

/** One connection of an engine. */
export interface AgentConnection {
  /** Counts up from 1 within the agent. */
  readonly id: number;
  /** Of the HELLO; undefined before it, and from engines that send none. */
  readonly engineId: string | undefined;
  /** Negotiated `max-frame-size`; 0 before the HELLO. */
  readonly maxFrameBytes: number;
  /** `host:port` of the peer, or the path of the unix socket. */
  readonly peer: string;
  readonly closed: boolean;
  /**
   * Answers a NOTIFY with the encoded actions `actionBytes[at..end)`, which are copied. What exceeds a frame is left
   * out in whole actions. A second ACK for the same NOTIFY is ignored and reported; one after the end of the connection
   * is ignored. Frames leave with the end of the pass, with `agent.flush()`, or on the next tick.
   */
  ack(streamId: Id, frameId: Id, actionBytes?: Uint8Array, at?: number, end?: number): void;
  /** Writes the ACKs so far although the pass goes on: what comes next in it may take long. */
  sendNow(): void;
}
