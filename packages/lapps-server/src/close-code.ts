import { LappsServerError } from './errors.js';

/** Longest reason a Close frame holds (RFC 6455 5.5), bytes. */
const MAX_REASON_BYTES = 123;

/** Codes an endpoint may send: 1000 to 1014 without 1004, 1005, 1006, and 3000 to 4999 (RFC 6455 7.4). */
export const isSendableCloseCode = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999));

/** @throws LappsServerError `LAPPS_SERVER_ERR_BAD_CLOSE_CODE` */
export const checkCloseCode = (code: number): void => {
  if (isSendableCloseCode(code)) return;
  throw new LappsServerError('LAPPS_SERVER_ERR_BAD_CLOSE_CODE', `Cannot close with code ${code}`);
};

/** The longest prefix of `reason` that is whole UTF-8 characters and fits a Close frame. */
export const cutReason = (reason: string): string => {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_REASON_BYTES) return bytes.toString();
  let end = MAX_REASON_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
};
