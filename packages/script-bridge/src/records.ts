/**
 * The layout of every record that crosses threads (architecture.md 1). Kinds are unique over all frontends, so one
 * pool serves them all.
 *
 * | kind | direction | task | payload |
 * |---|---|---|---|
 * | `Notify` | IO -> worker | yes | payload of one NOTIFY: messages, undecoded |
 * | `Actions` | worker -> IO, answers `Notify` | yes | actions of the ACK, encoded |
 * | `ActionsWithFaults` | worker -> IO, answers `Notify` | yes | uint32 LE length of the actions, the actions, then JSON (UTF-8): an array of {@link FaultRecord} |
 * | `WsOpen` | IO -> worker | tag: slot | a connection came to an instance: uint32 LE generation, uint32 LE instance number |
 * | `WsText`, `WsBinary` | IO -> worker | tag: slot | one message, as it came |
 * | `WsDisconnect` | IO -> worker | yes | the connection is gone: uint32 LE slot. Behind all of its messages |
 * | `WsDisconnected` | worker -> IO, answers `WsDisconnect` | yes | nothing: `onDisconnect` is over, the slot can be given out again |
 * | `WsClosing` | IO -> worker | yes | nothing more of the client counts, as it closes or the server stops: uint32 LE slot. Behind all of its messages |
 * | `WsAnswered` | worker -> IO, answers `WsClosing` | yes | nothing: every message is handled, what answers them was sent before |
 * | `WsSendText`, `WsSendBinary` | worker -> IO | no | *address*, the message |
 * | `WsClose` | worker -> IO | no | *address*, uint32 LE close code, reason (UTF-8) |
 * | `WsPause`, `WsResume` | worker -> IO | no | *address*: stop or go on reading, the connection has messages waiting for its handler |
 * | `BcastSubscribe`, `BcastUnsubscribe` | worker -> IO | no | *address*, float64 LE broadcast id |
 * | `BcastSend` | worker -> IO | no | float64 LE broadcast id, the message |
 * | `ServiceFault` | worker -> IO | no | JSON (UTF-8): a {@link FaultRecord} with `service`, `instance`, `conn` |
 * | `RunService` | IO -> worker | yes | nothing: call `run` of the standalone service this thread is for |
 * | `ServiceEnded` | worker -> IO, answers `RunService` | yes | nothing: `run` is over, faults were reported before |
 *
 * An *address* is uint32 LE slot, uint32 LE generation: the id of a connection (`OpenConnections`).
 */
export const RecordKind = {
  Notify: 1,
  Actions: 2,
  ActionsWithFaults: 3,
  WsOpen: 16,
  WsText: 17,
  WsBinary: 18,
  WsDisconnect: 19,
  WsDisconnected: 20,
  WsSendText: 21,
  WsSendBinary: 22,
  WsClose: 23,
  WsPause: 24,
  WsResume: 25,
  BcastSubscribe: 26,
  BcastUnsubscribe: 27,
  BcastSend: 28,
  ServiceFault: 29,
  RunService: 30,
  ServiceEnded: 31,
  WsClosing: 32,
  WsAnswered: 33,
} as const;

/** Bytes of an *address*. */
export const ADDRESS_BYTES = 8;

/** Reads a uint32 of a record; `bytes` may be shared memory. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** Writes a uint32 of a record. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Reads a float64 of a record. */
export function readFloat64(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0, true);
}

/** What went wrong in one call, for the log of the thread that knows the connection. */
export interface FaultRecord {
  readonly message: string;
  readonly code: string;
  /** Name of the SPOE message whose handler failed, if one did. */
  readonly spoeMessage?: string;
  /** Service, its instance (0 .. n-1) and the connection whose handler failed, if one did. */
  readonly service?: string;
  readonly instance?: number;
  readonly conn?: number;
  readonly language?: string;
  readonly script?: string;
  readonly line?: number;
  readonly traceback?: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Payload of an `ActionsWithFaults` record. */
export function encodeActionsWithFaults(actions: Uint8Array, faults: readonly FaultRecord[]): Uint8Array {
  const json = encoder.encode(JSON.stringify(faults));
  const payload = new Uint8Array(4 + actions.length + json.length);
  new DataView(payload.buffer).setUint32(0, actions.length, true);
  payload.set(actions, 4);
  payload.set(json, 4 + actions.length);
  return payload;
}

/** Splits the payload of an `ActionsWithFaults` record: the actions are `bytes` from `at + 4` to `actionsEnd`. */
export function decodeActionsWithFaults(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly actionsAt: number; readonly actionsEnd: number; readonly faults: readonly FaultRecord[] } {
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  const actionsAt = at + 4;
  const actionsEnd = actionsAt + length;
  // TextDecoder does not take shared memory: slice copies.
  return { actionsAt, actionsEnd, faults: JSON.parse(decoder.decode(bytes.slice(actionsEnd, end))) as FaultRecord[] };
}

/** Payload of a `ServiceFault` record. */
export function encodeFault(fault: FaultRecord): Uint8Array {
  return encoder.encode(JSON.stringify(fault));
}

/** Reads the payload of a `ServiceFault` record. */
export function decodeFault(bytes: Uint8Array, at: number, end: number): FaultRecord {
  return JSON.parse(decoder.decode(bytes.slice(at, end))) as FaultRecord;
}
