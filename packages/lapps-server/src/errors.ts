/** Every reason for which this package refuses a call. Faults of peers are never thrown: they end as close codes and events. */
export const LAPPS_SERVER_ERROR_CODES = [
  'LAPPS_SERVER_ERR_BAD_LIMIT',
  'LAPPS_SERVER_ERR_BAD_ACL',
  'LAPPS_SERVER_ERR_BAD_ORIGIN',
  'LAPPS_SERVER_ERR_BAD_SERVICE',
  'LAPPS_SERVER_ERR_BAD_TLS',
  'LAPPS_SERVER_ERR_BAD_CLOSE_CODE',
  'LAPPS_SERVER_ERR_LISTEN',
  'LAPPS_SERVER_ERR_STATE',
] as const;

export type LappsServerErrorCode = (typeof LAPPS_SERVER_ERROR_CODES)[number];

/** The one error class of this package. Branch on `code`; `cause` holds what the platform said, where it did. */
export class LappsServerError extends Error {
  override readonly name = 'LappsServerError';
  readonly code: LappsServerErrorCode;

  constructor(code: LappsServerErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
