import { decodeCbor } from './cbor.js';
import { LappsCodecError, type LappsCodecErrorCode } from './errors.js';
import type { CborLimits } from './limits.js';
import { isMembers, isNumeric } from './members.js';
import type { CborMap, CborValue } from './value.js';

/** Message types as scripts know them (`lapps.md 1.2`). */
export const MessageType = {
  notification: 1,
  notificationWithParams: 2,
  request: 3,
  requestWithParams: 4,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** A valid inbound message. `message` is the whole decoded map: unknown members and odd `params` are still in it. */
export interface InboundMessage {
  readonly type: MessageType;
  readonly method: string;
  /** The non-empty `params` array of types 2 and 4; undefined for types 1 and 3. */
  readonly params: CborValue[] | undefined;
  /** Channel of a notification (types 1 and 2), any number, 0 included; undefined for requests. */
  readonly cid: number | bigint | undefined;
  readonly message: CborMap;
}

const fail = (code: LappsCodecErrorCode, what: string): never => {
  throw new LappsCodecError(code, `Cannot accept LAppS message: ${what}`);
};

const isMethod = (method: unknown): method is string =>
  typeof method === 'string' && method.length > 0 && method[0] !== '_' && !method.includes('.');

const isParams = (params: unknown): params is CborValue[] => Array.isArray(params) && params.length > 0;

/**
 * Applies the rules of `lapps.md 1.2`, in their order, to a map of any class. `params` counts only as a non-empty array; a
 * numeric `cid`, 0 included, makes a notification; unknown members are let through.
 *
 * @throws LappsCodecError `LAPPS_ERR_NOT_A_MAP`, `LAPPS_ERR_BAD_VERSION`, `LAPPS_ERR_BAD_METHOD`, `LAPPS_ERR_BAD_CID`; each
 *   means close 1002 and error -32600
 */
export const typeOfMessage = (item: unknown): MessageType => {
  if (!isMembers(item)) return fail('LAPPS_ERR_NOT_A_MAP', 'the item is not a map');
  if (item.get('lapps') !== 1) return fail('LAPPS_ERR_BAD_VERSION', 'member lapps is not the number 1');
  if (!isMethod(item.get('method'))) {
    return fail('LAPPS_ERR_BAD_METHOD', 'member method is not a name without dots and leading underscore');
  }
  const hasParams = isParams(item.get('params'));
  const cid = item.get('cid');
  if (cid === undefined) return hasParams ? MessageType.requestWithParams : MessageType.request;
  if (!isNumeric(cid)) return fail('LAPPS_ERR_BAD_CID', 'member cid is not a number');
  return hasParams ? MessageType.notificationWithParams : MessageType.notification;
};

/**
 * Classifies a decoded item: see {@link typeOfMessage}.
 *
 * @throws LappsCodecError as {@link typeOfMessage}
 */
export const classifyMessage = (item: CborValue): InboundMessage => {
  const type = typeOfMessage(item);
  const message = item as CborMap;
  const params = message.get('params');
  return {
    type,
    method: message.get('method') as string,
    params: isParams(params) ? params : undefined,
    cid: message.get('cid') as number | bigint | undefined,
    message,
  };
};

/**
 * Decodes and classifies the payload of one binary WebSocket message (`lapps.md 1.2`).
 *
 * @throws LappsCodecError as `decodeCbor` and {@link classifyMessage}; its `closeCode` and `rpcCode` say what the sender is owed
 */
export const decodeMessage = (bytes: Uint8Array, limits?: Partial<CborLimits>): InboundMessage =>
  classifyMessage(decodeCbor(bytes, limits));

/** The fault of a text message sent to a LAppS service (`lapps.md 1.2` rule 1): close 1003, error -32600. */
export const textFrameError = (): LappsCodecError =>
  new LappsCodecError('LAPPS_ERR_TEXT_FRAME', 'Cannot accept LAppS message: it came as text, want binary');
