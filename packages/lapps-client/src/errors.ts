/** Every reason for which this package fails a call. */
export const LAPPS_CLIENT_ERROR_CODES = [
  'LAPPS_CLIENT_ERR_BAD_OPTION',
  'LAPPS_CLIENT_ERR_CONNECT',
  'LAPPS_CLIENT_ERR_NOT_CONNECTED',
  'LAPPS_CLIENT_ERR_CLOSED',
  'LAPPS_CLIENT_ERR_TIMEOUT',
  'LAPPS_CLIENT_ERR_ABORTED',
  'LAPPS_CLIENT_ERR_TOO_MANY',
  'LAPPS_CLIENT_ERR_RESPONSE',
  'LAPPS_CLIENT_ERR_PROTOCOL',
] as const;

export type LappsClientErrorCode = (typeof LAPPS_CLIENT_ERROR_CODES)[number];

export interface ErrorDetails {
  readonly cause?: unknown;
  /** WebSocket close status, for `CONNECT` and `CLOSED`, where there was one. */
  readonly closeCode?: number | undefined;
  /** Code of the server's error object, for `RESPONSE`. */
  readonly rpcCode?: number | undefined;
  /** Its `data`, maps as objects that inherit nothing, for `RESPONSE`. */
  readonly data?: unknown;
}

/** The one error class of this package. Branch on `code`. */
export class LappsClientError extends Error {
  override readonly name = 'LappsClientError';
  readonly code: LappsClientErrorCode;
  readonly closeCode: number | undefined;
  readonly rpcCode: number | undefined;
  readonly data: unknown;

  constructor(code: LappsClientErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.closeCode = details.closeCode;
    this.rpcCode = details.rpcCode;
    this.data = details.data;
  }
}
