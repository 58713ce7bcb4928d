import { LappsCodecError, type LappsCodecErrorCode } from './errors.js';
import { isMembers, isNumeric, type Members } from './members.js';

/** A message that must not be sent, with what is wrong with it. */
export const outboundFault = (code: LappsCodecErrorCode, what: string): LappsCodecError =>
  new LappsCodecError(code, `Cannot send LAppS message: ${what}`);

/** Loose, so that `0n` and `0` are the same channel. */
const equals = (value: number | bigint, wanted: number): boolean => Number(value) === wanted;

const checkError = (message: Members, cid: number | bigint): LappsCodecError | undefined => {
  if (!equals(cid, 0)) return outboundFault('LAPPS_ERR_OUT_CID', 'an error belongs on channel 0');
  const error = message.get('error');
  if (!isMembers(error)) return outboundFault('LAPPS_ERR_OUT_ERROR', 'member error is not a map');
  if (!isNumeric(error.get('code'))) return outboundFault('LAPPS_ERR_OUT_ERROR', 'error.code is not a number');
  if (typeof error.get('message') !== 'string')
    return outboundFault('LAPPS_ERR_OUT_ERROR', 'error.message is not a string');
  return undefined;
};

const checkSuccess = (message: Members, cid: number | bigint): LappsCodecError | undefined => {
  if (equals(cid, 0)) {
    return Array.isArray(message.get('result'))
      ? undefined
      : outboundFault('LAPPS_ERR_OUT_RESULT', 'member result is not an array');
  }
  return Array.isArray(message.get('message'))
    ? undefined
    : outboundFault('LAPPS_ERR_OUT_MESSAGE', 'member message is not an array');
};

/**
 * The rules for a message sent to one client, responses and notifications alike (`lapps.md 1.3`, `ws:send`). Returns what
 * is wrong (`LAPPS_ERR_OUT_*`, its text fit to show), or undefined when the message may go.
 */
export const checkOutMessage = (item: unknown): LappsCodecError | undefined => {
  if (!isMembers(item)) return outboundFault('LAPPS_ERR_OUT_NOT_A_MAP', 'the item is not a map');
  const cid = item.get('cid');
  if (!isNumeric(cid)) return outboundFault('LAPPS_ERR_OUT_CID', 'member cid is not a number');
  const status = item.get('status');
  if (!isNumeric(status) || !(equals(status, 0) || equals(status, 1))) {
    return outboundFault('LAPPS_ERR_OUT_STATUS', 'member status is neither 0 nor 1');
  }
  return equals(status, 0) ? checkError(item, cid) : checkSuccess(item, cid);
};

/**
 * The rules for a broadcast (`lapps.md 1.3`, `bcast:send`): numeric `cid`, 0 allowed, and an array `message`; `status` is
 * not looked at. Returns what is wrong (`LAPPS_ERR_OUT_*`), or undefined when the message may go.
 */
export const checkBroadcast = (item: unknown): LappsCodecError | undefined => {
  if (!isMembers(item)) return outboundFault('LAPPS_ERR_OUT_NOT_A_MAP', 'the item is not a map');
  if (!isNumeric(item.get('cid'))) return outboundFault('LAPPS_ERR_OUT_CID', 'member cid is not a number');
  return Array.isArray(item.get('message'))
    ? undefined
    : outboundFault('LAPPS_ERR_OUT_MESSAGE', 'member message is not an array');
};
