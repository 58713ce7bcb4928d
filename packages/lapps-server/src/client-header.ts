/** Longest header of a client's frame. */
export const MAX_HEADER = 14;

/** Length of a frame's header as its second byte tells; clients mask, so the key counts (RFC 6455 5.2). */
export const headerLength = (second: number): number => {
  const length = second & 127;
  if (length < 126) return 6;
  return length === 126 ? 8 : 14;
};

/** Length of the payload of the frame at `at`, of whose header everything but the key must be there. */
export const payloadLength = (bytes: Uint8Array, at: number): number => {
  const length = bytes[at + 1]! & 127;
  if (length < 126) return length;
  if (length === 126) return (bytes[at + 2]! << 8) | bytes[at + 3]!;
  let value = 0;
  for (let i = 2; i < 10; i += 1) value = value * 256 + bytes[at + i]!;
  return value;
};

/** The four bytes that end at `end` as the masking key {@link unmask} takes. */
export const keyBefore = (bytes: Uint8Array, end: number): number =>
  (bytes[end - 4]! << 24) | (bytes[end - 3]! << 16) | (bytes[end - 2]! << 8) | bytes[end - 1]!;

const WHOLE_TEXT = 0x81;
const WHOLE_BINARY = 0x82;

/** Whether the two bytes begin a masked frame that is a whole message, without extension bits (RFC 6455 5.2). */
export const isWholeMessage = (first: number, second: number): boolean =>
  (first === WHOLE_BINARY || first === WHOLE_TEXT) && second >= 0x80;

/** Whether a frame that is a whole message is binary. */
export const isBinaryMessage = (first: number): boolean => first === WHOLE_BINARY;
