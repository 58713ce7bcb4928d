/**
 * Every reason for which this package refuses a value. What belongs to which side:
 * `CBOR_*` bytes that cannot be read (RFC 8949 appendix F kinds, then what this dialect leaves out, then limits);
 * `TEXT_FRAME`, `NOT_A_MAP` .. `BAD_CID` inbound messages (`lapps.md 1.2`); `ENCODE_*` values that cannot be written;
 * `OUT_*` outbound messages (`lapps.md 1.3`); `BAD_LIMIT` a wrong option.
 */
export const LAPPS_CODEC_ERROR_CODES = [
  'LAPPS_ERR_CBOR_TRUNCATED',
  'LAPPS_ERR_CBOR_RESERVED',
  'LAPPS_ERR_CBOR_BREAK',
  'LAPPS_ERR_CBOR_CHUNK',
  'LAPPS_ERR_CBOR_SIMPLE',
  'LAPPS_ERR_CBOR_TRAILING',
  'LAPPS_ERR_CBOR_UTF8',
  'LAPPS_ERR_CBOR_TAG',
  'LAPPS_ERR_CBOR_KEY',
  'LAPPS_ERR_CBOR_DEPTH',
  'LAPPS_ERR_CBOR_ITEMS',
  'LAPPS_ERR_CBOR_BYTES',
  'LAPPS_ERR_TEXT_FRAME',
  'LAPPS_ERR_NOT_A_MAP',
  'LAPPS_ERR_BAD_VERSION',
  'LAPPS_ERR_BAD_METHOD',
  'LAPPS_ERR_BAD_CID',
  'LAPPS_ERR_BAD_MESSAGE',
  'LAPPS_ERR_ENCODE_TYPE',
  'LAPPS_ERR_ENCODE_RANGE',
  'LAPPS_ERR_ENCODE_UTF8',
  'LAPPS_ERR_ENCODE_DEPTH',
  'LAPPS_ERR_ENCODE_ITEMS',
  'LAPPS_ERR_ENCODE_BYTES',
  'LAPPS_ERR_OUT_NOT_A_MAP',
  'LAPPS_ERR_OUT_CID',
  'LAPPS_ERR_OUT_STATUS',
  'LAPPS_ERR_OUT_ERROR',
  'LAPPS_ERR_OUT_RESULT',
  'LAPPS_ERR_OUT_MESSAGE',
  'LAPPS_ERR_BAD_LIMIT',
] as const;

export type LappsCodecErrorCode = (typeof LAPPS_CODEC_ERROR_CODES)[number];

/** JSON-RPC 2.0 codes that LAppS reserves (`lapps.md 1.1`). */
export const RpcCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

const INVALID_REQUEST: ReadonlySet<LappsCodecErrorCode> = new Set<LappsCodecErrorCode>([
  'LAPPS_ERR_TEXT_FRAME',
  'LAPPS_ERR_NOT_A_MAP',
  'LAPPS_ERR_BAD_VERSION',
  'LAPPS_ERR_BAD_METHOD',
  'LAPPS_ERR_BAD_CID',
  'LAPPS_ERR_BAD_MESSAGE',
]);

const closeCodeOf = (code: LappsCodecErrorCode): number => {
  if (code === 'LAPPS_ERR_TEXT_FRAME') return 1003;
  if (code === 'LAPPS_ERR_CBOR_BYTES') return 1009;
  if (code.includes('_CBOR_')) return 1007;
  return INVALID_REQUEST.has(code) ? 1002 : 1011;
};

const rpcCodeOf = (code: LappsCodecErrorCode): number => {
  if (code.includes('_CBOR_')) return RpcCode.parseError;
  return INVALID_REQUEST.has(code) ? RpcCode.invalidRequest : RpcCode.internalError;
};

/**
 * The one error class of this package. Branch on `code`, never on the text.
 *
 * - `offset`: byte position in the input where the fault was seen, or -1 where there is no input.
 * - `closeCode`: WebSocket close status a server owes the peer that sent the input: 1007 for bytes that are not CBOR of
 *   this dialect, 1009 for too many bytes, 1003 for a text frame, 1002 for an invalid message, 1011 for faults of our own.
 * - `rpcCode`: code of the error object sent on channel 0 before closing: -32700, -32600 or -32603.
 */
export class LappsCodecError extends Error {
  override readonly name = 'LappsCodecError';
  readonly code: LappsCodecErrorCode;
  readonly offset: number;
  readonly closeCode: number;
  readonly rpcCode: number;

  constructor(code: LappsCodecErrorCode, message: string, offset = -1) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.closeCode = closeCodeOf(code);
    this.rpcCode = rpcCodeOf(code);
  }
}
