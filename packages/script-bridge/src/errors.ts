/** Every code a {@link BridgeError} can carry; the README lists them. */
export type BridgeErrorCode =
  | 'BRIDGE_ERR_ENGINE'
  | 'BRIDGE_ERR_EXTENSION'
  | 'BRIDGE_ERR_DUPLICATE_MESSAGE'
  | 'BRIDGE_ERR_SERVICE'
  | 'BRIDGE_ERR_DEPENDS'
  | 'BRIDGE_ERR_DIRECT'
  | 'BRIDGE_ERR_MODULE';

/** The error class of this package. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;

  constructor(code: BridgeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
