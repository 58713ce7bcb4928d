import { encodeCbor } from './cbor.js';
import { isNumeric } from './members.js';
import { outboundFault } from './outbound.js';
import type { CborInput } from './value.js';

/** Error object of a response (`lapps.md 1.1`): codes -32768 to -32000 are reserved as in JSON-RPC 2.0. */
export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: CborInput | undefined;
}

const withParams = (head: { [key: string]: CborInput }, params: readonly CborInput[] | undefined): CborInput =>
  params === undefined ? head : { ...head, params };

/** Client to server: a request on channel 0. @throws LappsCodecError `LAPPS_ERR_ENCODE_*` */
export const encodeRequest = (method: string, params?: readonly CborInput[]): Uint8Array =>
  encodeCbor(withParams({ lapps: 1, method }, params));

/** Client to server: a notification on channel `cid`, never answered. @throws LappsCodecError `LAPPS_ERR_ENCODE_*` */
export const encodeClientNotification = (
  cid: number | bigint,
  method: string,
  params?: readonly CborInput[],
): Uint8Array => encodeCbor(withParams({ lapps: 1, cid, method }, params));

// What types promise is checked nevertheless: plain JavaScript calls these, too.

/** Server to client: success on channel 0. @throws LappsCodecError `LAPPS_ERR_ENCODE_*`, `LAPPS_ERR_OUT_RESULT` */
export const encodeResult = (result: readonly CborInput[]): Uint8Array => {
  if (!Array.isArray(result)) throw outboundFault('LAPPS_ERR_OUT_RESULT', 'member result is not an array');
  return encodeCbor({ cid: 0, result, status: 1 });
};

/** Server to client: an error on channel 0. @throws LappsCodecError `LAPPS_ERR_ENCODE_*`, `LAPPS_ERR_OUT_ERROR` */
export const encodeError = ({ code, data, message }: ErrorObject): Uint8Array => {
  if (typeof code !== 'number') throw outboundFault('LAPPS_ERR_OUT_ERROR', 'error.code is not a number');
  if (typeof message !== 'string') throw outboundFault('LAPPS_ERR_OUT_ERROR', 'error.message is not a string');
  return encodeCbor({ cid: 0, error: { code, data, message }, status: 0 });
};

/**
 * Server to client: an out-of-order notification (OON) on a channel other than 0.
 * @throws LappsCodecError `LAPPS_ERR_ENCODE_*`, `LAPPS_ERR_OUT_CID`, `LAPPS_ERR_OUT_MESSAGE`
 */
export const encodeNotification = (cid: number | bigint, message: readonly CborInput[]): Uint8Array => {
  if (!isNumeric(cid) || Number(cid) === 0) {
    throw outboundFault('LAPPS_ERR_OUT_CID', 'a notification belongs on a channel other than 0');
  }
  if (!Array.isArray(message)) throw outboundFault('LAPPS_ERR_OUT_MESSAGE', 'member message is not an array');
  return encodeCbor({ cid, message, status: 1 });
};
