/** Every reason for which the bus refuses a call. */
export const BUS_ERROR_CODES = ['BUS_ERR_BAD_ID', 'BUS_ERR_TOO_MANY_BROADCASTS', 'BUS_ERR_CLOSED'] as const;

export type BusErrorCode = (typeof BUS_ERROR_CODES)[number];

/** The one error class of this package. Branch on `code`. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
