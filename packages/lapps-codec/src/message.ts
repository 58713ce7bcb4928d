import { decodeCbor } from './cbor.js';
import { LappsCodecError, type LappsCodecErrorCode } from './errors.js';
import type { CborLimits } from './limits.js';
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

/** Numeric as LAppS means it: any CBOR number, never a boolean. */
export const isNumeric = (value: CborValue | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

const isMethod = (method: CborValue | undefined): method is string =>
  typeof method === 'string' && method.length > 0 && method[0] !== '_' && !method.includes('.');

/**
 * Classifies a decoded item by the rules of `lapps.md 1.2`, in their order. `params` counts only as a non-empty array; a
 * numeric `cid`, 0 included, makes a notification; unknown members are let through.
 *
 * @throws LappsCodecError `LAPPS_ERR_NOT_A_MAP`, `LAPPS_ERR_BAD_VERSION`, `LAPPS_ERR_BAD_METHOD`, `LAPPS_ERR_BAD_CID`; each
 *   means close 1002 and error -32600
 */
export const classifyMessage = (item: CborValue): InboundMessage => {
  if (!(item instanceof Map)) return fail('LAPPS_ERR_NOT_A_MAP', 'the item is not a map');
  const version = item.get('lapps');
  if (version !== 1) return fail('LAPPS_ERR_BAD_VERSION', 'member lapps is not the number 1');
  const method = item.get('method');
  if (!isMethod(method)) {
    return fail('LAPPS_ERR_BAD_METHOD', 'member method is not a name without dots and leading underscore');
  }
  const rawParams = item.get('params');
  const params = Array.isArray(rawParams) && rawParams.length > 0 ? rawParams : undefined;
  if (!item.has('cid')) {
    const type = params === undefined ? MessageType.request : MessageType.requestWithParams;
    return { type, method, params, cid: undefined, message: item };
  }
  const cid = item.get('cid');
  if (!isNumeric(cid)) return fail('LAPPS_ERR_BAD_CID', 'member cid is not a number');
  const type = params === undefined ? MessageType.notification : MessageType.notificationWithParams;
  return { type, method, params, cid, message: item };
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
