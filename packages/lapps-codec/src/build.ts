import { encodeCbor } from './cbor.js';
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

/** Server to client: success on channel 0. @throws LappsCodecError `LAPPS_ERR_ENCODE_*` */
export const encodeResult = (result: readonly CborInput[]): Uint8Array => encodeCbor({ cid: 0, result, status: 1 });

/** Server to client: an error on channel 0. @throws LappsCodecError `LAPPS_ERR_ENCODE_*` */
export const encodeError = (error: ErrorObject): Uint8Array =>
  encodeCbor({ cid: 0, error: { code: error.code, data: error.data, message: error.message }, status: 0 });

/** Server to client: an out-of-order notification (OON) on a channel other than 0. @throws LappsCodecError `LAPPS_ERR_ENCODE_*` */
export const encodeNotification = (cid: number | bigint, message: readonly CborInput[]): Uint8Array =>
  encodeCbor({ cid, message, status: 1 });
