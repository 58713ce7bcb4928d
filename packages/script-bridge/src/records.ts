/**
 * The layout of every record that crosses threads (architecture.md 1). Kinds are unique over all frontends, so one
 * pool serves them all.
 *
 * | kind | direction | task | payload |
 * |---|---|---|---|
 * | `Notify` | IO -> worker | yes | payload of one NOTIFY: messages, undecoded |
 * | `Actions` | worker -> IO, answers `Notify` | yes | actions of the ACK, encoded |
 * | `ActionsWithFaults` | worker -> IO, answers `Notify` | yes | uint32 LE length of the actions, the actions, then JSON (UTF-8): an array of {@link FaultRecord} |
 */
export const RecordKind = {
  Notify: 1,
  Actions: 2,
  ActionsWithFaults: 3,
} as const;

/** What went wrong in one call, for the log of the thread that knows the connection. */
export interface FaultRecord {
  readonly message: string;
  readonly code: string;
  /** Name of the SPOE message whose handler failed, if one did. */
  readonly spoeMessage?: string;
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
