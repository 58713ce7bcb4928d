/** Every error code of this package. */
export const UNIX_SOCKET_ERROR_CODES = [
  /** The system would cut the path, or it cannot be one. */
  'UNIX_SOCKET_ERR_PATH',
  /** Another process answers there. */
  'UNIX_SOCKET_ERR_IN_USE',
  /** The path holds something that is no socket. */
  'UNIX_SOCKET_ERR_NOT_A_SOCKET',
  /** The mode is none, or the system does not set it; `cause` has its error. */
  'UNIX_SOCKET_ERR_MODE',
] as const;

/** Literal union of the codes a `UnixSocketError` can carry. */
export type UnixSocketErrorCode = (typeof UNIX_SOCKET_ERROR_CODES)[number];

/** What this package throws by itself. Messages begin in the middle of a sentence: "Cannot listen on X: ". */
export class UnixSocketError extends Error {
  override readonly name = 'UnixSocketError';
  readonly code: UnixSocketErrorCode;

  constructor(code: UnixSocketErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
