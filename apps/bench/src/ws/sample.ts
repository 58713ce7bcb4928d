import { decodeServerMessage, encodeRequest } from '@offload/lapps-codec';

/** The request of LAppS's demo in its closed loop: a key, and the numbers from 1 to 25. */
const AUTHKEY = 3_411_090_053;
const NUMBERS = Array.from({ length: 25 }, (_, i) => i + 1);

export const LAPPS_REQUEST = encodeRequest('echo', [{ authkey: AUTHKEY }, NUMBERS]);

/** Whether a message is the response that repeats the parameters. */
export function isLappsEcho(payload: Uint8Array): boolean {
  const message = decodeServerMessage(payload);
  if (message.kind !== 'result' || message.result.length !== 2) return false;
  const [first, numbers] = message.result;
  return first instanceof Map && first.get('authkey') === AUTHKEY && String(numbers) === String(NUMBERS);
}
