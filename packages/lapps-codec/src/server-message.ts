import { decodeCbor } from './cbor.js';
import { LappsCodecError } from './errors.js';
import type { CborLimits } from './limits.js';
import { isNumeric } from './members.js';
import type { CborMap, CborValue } from './value.js';

/** What a client may receive (`lapps.md 1.1`). `message` is the whole decoded map. */
export type ServerMessage =
  | { readonly kind: 'result'; readonly result: CborValue[]; readonly message: CborMap }
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly text: string;
      readonly data: CborValue | undefined;
      readonly message: CborMap;
    }
  | {
      readonly kind: 'notification';
      readonly cid: number | bigint;
      readonly items: CborValue[];
      readonly message: CborMap;
    };

const refuse = (what: string): never => {
  throw new LappsCodecError('LAPPS_ERR_BAD_MESSAGE', `Cannot accept LAppS message: ${what}`);
};

const readError = (message: CborMap): ServerMessage => {
  const error = message.get('error');
  if (!(error instanceof Map)) return refuse('member error is not a map');
  const code = error.get('code');
  const text = error.get('message');
  if (!isNumeric(code) || typeof text !== 'string') return refuse('the error has no numeric code or no text');
  return { kind: 'error', code: Number(code), text, data: error.get('data'), message };
};

/**
 * Decodes what a server sent, from the client's side. A `message` array is a notification, with or without `status`, on
 * channel 0 too (broadcasts may use it, `lapps.md 1.4`); otherwise `status` tells an error from a result.
 *
 * @throws LappsCodecError as `decodeCbor`, and `LAPPS_ERR_BAD_MESSAGE`
 */
export const decodeServerMessage = (bytes: Uint8Array, limits?: Partial<CborLimits>): ServerMessage => {
  const message = decodeCbor(bytes, limits);
  if (!(message instanceof Map)) return refuse('the item is not a map');
  const cid = message.get('cid');
  if (!isNumeric(cid)) return refuse('member cid is not a number');
  const items = message.get('message');
  const result = message.get('result');
  if (Number(cid) === 0 && message.get('status') === 0) return readError(message);
  if (Number(cid) === 0 && Array.isArray(result)) return { kind: 'result', result, message };
  if (Array.isArray(items)) return { kind: 'notification', cid, items, message };
  return refuse('neither result, error nor notification');
};
