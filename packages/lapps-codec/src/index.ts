/**
 * LAppS 1.0 messages and their CBOR: bytes to checked messages and back, every validity rule of the protocol, limits on
 * everything that comes from a peer. No Node APIs: runs in browsers.
 *
 * @packageDocumentation
 */
export {
  type ErrorObject,
  encodeClientNotification,
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
} from './build.js';
export { decodeCbor, encodeCbor } from './cbor.js';
export { LAPPS_CODEC_ERROR_CODES, LappsCodecError, type LappsCodecErrorCode, RpcCode } from './errors.js';
export { type CborLimits, DEFAULT_CBOR_LIMITS, resolveCborLimits } from './limits.js';
export {
  classifyMessage,
  decodeMessage,
  type InboundMessage,
  MessageType,
  textFrameError,
  typeOfMessage,
} from './message.js';
export { checkBroadcast, checkOutMessage } from './outbound.js';
export { decodeServerMessage, type ServerMessage } from './server-message.js';
export { compareUtf8 } from './utf8.js';
export {
  type CborInput,
  type CborMap,
  type CborValue,
  mapToPlain,
  type PlainObject,
  type PlainValue,
  toPlain,
} from './value.js';
