/** The one protocol version in use (spop.md 2.1). */
export const SPOP_VERSION = '2.0';

/** Smallest `max-frame-size` either side may announce (SPOE.txt 3.2.4). */
export const MIN_MAX_FRAME_SIZE = 256;

/** HAProxy's own default for `max-frame-size`: tune.bufsize (16384) less the length prefix. */
export const DEFAULT_MAX_FRAME_BYTES = 16_380;

/** Cap for the first frame of a connection, before a size is agreed (spop.md 2.5). */
export const FIRST_FRAME_MAX_BYTES = 65_536;

/** Bytes of the length prefix that precedes every frame; the prefix does not count itself. */
export const LENGTH_PREFIX_BYTES = 4;

/** Smallest legal length field: type, flags and two one-byte ids. A shorter one can crash HAProxy 2.6 (spop.md 3.10). */
export const MIN_FRAME_BYTES = 7;

/**
 * Longest variable name an action may carry, in bytes. HAProxy refuses a full name (scope, configured prefix, name)
 * over 63 bytes, and the prefix is not on the wire, so this leaves room for one (spop.md 1.5).
 */
export const MAX_VARIABLE_NAME_BYTES = 48;

/** Frame types (SPOE.txt 3.2). */
export const FrameType = {
  UNSET: 0,
  HAPROXY_HELLO: 1,
  HAPROXY_DISCONNECT: 2,
  NOTIFY: 3,
  AGENT_HELLO: 101,
  AGENT_DISCONNECT: 102,
  ACK: 103,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Frame flags; the other 30 bits are reserved and ignored on receipt (SPOE.txt 3.2). */
export const FrameFlag = { FIN: 1, ABORT: 2 } as const;

/** Data types, found in the **low** nibble of the type byte; SPOE.txt 3.1 draws it the other way round (spop.md 1.3). */
export const DataType = {
  NULL: 0,
  BOOL: 1,
  INT32: 2,
  UINT32: 3,
  INT64: 4,
  UINT64: 5,
  IPV4: 6,
  IPV6: 7,
  STRING: 8,
  BINARY: 9,
} as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

/** The four tags that carry an integer. */
export type IntegerType = 2 | 3 | 4 | 5;

/** Type byte of a true boolean: the flag 0x10 above the tag. `21` and the like are false (spop.md 1.3). */
export const BOOL_TRUE = 0x11;

/** Action types and the argument count each must state (SPOE.txt 3.2.7). */
export const ActionType = { SET_VAR: 1, UNSET_VAR: 2 } as const;

/** Variable scopes as the wire numbers them (SPOE.txt 3.4). */
export const Scope = { PROC: 0, SESS: 1, TXN: 2, REQ: 3, RES: 4 } as const;
export type Scope = (typeof Scope)[keyof typeof Scope];

/** Scope names in wire order: `SCOPE_NAMES[Scope.TXN]` is `'txn'`. */
export const SCOPE_NAMES = ['proc', 'sess', 'txn', 'req', 'res'] as const;
export type ScopeName = (typeof SCOPE_NAMES)[number];

/** Words of the `capabilities` lists (SPOE.txt 3.2.4, spop.md 2.4). */
export const CAPABILITIES = ['pipelining', 'async', 'fragmentation'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/**
 * Status codes of DISCONNECT frames with the texts HAProxy sends (SPOE.txt 3.5, spop.md 2.6).
 * No other code may be sent: 14..98 in reply to a health check kills HAProxy 2.6.12 and 3.0.11.
 */
export const STATUS_TEXTS = {
  0: 'normal',
  1: 'I/O error',
  2: 'a timeout occurred',
  3: 'frame is too big',
  4: 'invalid frame received',
  5: 'version value not found',
  6: 'max-frame-size value not found',
  7: 'capabilities value not found',
  8: 'unsupported version',
  9: 'max-frame-size too big or too small',
  10: 'fragmentation not supported',
  11: 'invalid interlaced frames',
  12: 'frame-id not found',
  13: 'resource allocation error',
  99: 'an unknown error occurred',
} as const;
export type StatusCode = keyof typeof STATUS_TEXTS;

/** The listed status codes by name. */
export const Status = {
  NORMAL: 0,
  IO: 1,
  TIMEOUT: 2,
  TOO_BIG: 3,
  INVALID: 4,
  NO_VERSION: 5,
  NO_MAX_FRAME_SIZE: 6,
  NO_CAPABILITIES: 7,
  BAD_VERSION: 8,
  BAD_MAX_FRAME_SIZE: 9,
  FRAGMENTATION: 10,
  INTERLACED_FRAMES: 11,
  FRAME_ID_NOT_FOUND: 12,
  RESOURCE: 13,
  UNKNOWN: 99,
} as const satisfies Record<string, StatusCode>;

/** True when `code` is one of the codes a DISCONNECT may carry (0..13 and 99). */
export function isStatusCode(code: number): code is StatusCode {
  return code === 99 || (Number.isInteger(code) && code >= 0 && code <= 13);
}
