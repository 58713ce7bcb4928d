import type { StatusCode } from './constants.js';

/** Every error code, with the DISCONNECT status that answers a peer who caused it. */
const STATUS_OF_CODE = {
  /** A value, list or frame runs past the bytes that hold it. */
  SPOP_ERR_TRUNCATED: 4,
  /** A varint of more than 10 bytes or above 2^64-1. */
  SPOP_ERR_VARINT: 4,
  /** Bytes follow the frame that `decodeFrame` was given. */
  SPOP_ERR_TRAILING_BYTES: 4,
  /** A length field below 7. */
  SPOP_ERR_FRAME_TOO_SHORT: 4,
  /** A frame, or what is being written, exceeds its limit. */
  SPOP_ERR_FRAME_TOO_BIG: 3,
  /** A frame type SPOP 2.0 does not define. */
  SPOP_ERR_FRAME_TYPE: 4,
  /** FIN clear, or ABORT set, where the frame type does not allow it. */
  SPOP_ERR_FRAME_FLAGS: 10,
  /** A HELLO or DISCONNECT whose stream-id or frame-id is not 0. */
  SPOP_ERR_FRAME_ID: 4,
  /** A good frame that the state of the session does not allow. */
  SPOP_ERR_SEQUENCE: 4,
  /** An action HAProxy could not parse: unknown type, wrong NB-ARGS or unknown scope. */
  SPOP_ERR_ACTION: 4,
  /** A HELLO or DISCONNECT key is absent, of the wrong type or out of range. */
  SPOP_ERR_KEY: 4,
  /** A name that cannot be encoded: empty, too long, or with characters HAProxy refuses. */
  SPOP_ERR_NAME: 99,
  /** A value that does not fit its type. */
  SPOP_ERR_VALUE: 99,
  /** `FrameSplitter.push` was called before every frame of the last chunk was taken. */
  SPOP_ERR_NOT_DRAINED: 99,
} as const satisfies Record<string, StatusCode>;

/** Literal union of the codes a `SpopError` can carry. Branch on these, never on the text. */
export type SpopErrorCode = keyof typeof STATUS_OF_CODE;

/** All codes, for tables and tests. */
export const SPOP_ERROR_CODES = Object.keys(STATUS_OF_CODE) as readonly SpopErrorCode[];

export interface SpopErrorDetails {
  /** Byte offset in the array that was being read or written. */
  readonly offset?: number;
  /** Status to send when it differs from the code's usual one. */
  readonly status?: StatusCode;
  readonly cause?: unknown;
}

/** The only error this package throws on bad bytes or values that cannot be encoded. */
export class SpopError extends Error {
  override readonly name = 'SpopError';
  readonly code: SpopErrorCode;
  /** What a DISCONNECT that answers this fault should carry: 0..13 or 99 (spop.md 2.6). */
  readonly status: StatusCode;
  /** Byte offset in the array that was being read or written; -1 when no byte is to blame. */
  readonly offset: number;

  constructor(code: SpopErrorCode, message: string, details: SpopErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? STATUS_OF_CODE[code];
    this.offset = details.offset ?? -1;
  }
}
