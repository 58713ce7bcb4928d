import { FrameFlag, FrameType, LENGTH_PREFIX_BYTES, MIN_FRAME_BYTES } from './constants.js';
import { type Cursor, need, type Writer, writeBytes } from './cursor.js';
import { SpopError } from './errors.js';
import { readVarint, writeVarint } from './varint.js';

/** What precedes the payload of a frame; an object to be filled again and again by `readFrameHeader`. */
export class FrameHeader {
  /** The type byte as it came; see `FrameType`. */
  type = 0;
  /** All 32 flag bits, unsigned; see `FrameFlag`. */
  flags = 0;
  /** A number up to 2^53-1, a bigint beyond: echo it as it is. */
  streamId: number | bigint = 0;
  frameId: number | bigint = 0;
  /** `bytes[payloadAt..payloadEnd)` is the payload. */
  payloadAt = 0;
  payloadEnd = 0;

  get fin(): boolean {
    return (this.flags & FrameFlag.FIN) !== 0;
  }

  get abort(): boolean {
    return (this.flags & FrameFlag.ABORT) !== 0;
  }
}

/**
 * Reads length, type, flags and ids of the frame the cursor holds whole, length prefix first (SPOE.txt 3.2), and
 * leaves the cursor at the payload. The type is not judged. Throws SPOP_ERR_FRAME_TOO_SHORT, SPOP_ERR_TRUNCATED,
 * SPOP_ERR_TRAILING_BYTES when the cursor holds more than the frame, SPOP_ERR_VARINT.
 */
export function readFrameHeader(c: Cursor, header: FrameHeader): void {
  const start = c.at;
  need(c, LENGTH_PREFIX_BYTES);
  const length = readUint32(c.bytes, start);
  if (length < MIN_FRAME_BYTES) throw tooShort(length, start);
  c.at = start + LENGTH_PREFIX_BYTES;
  need(c, length);
  if (c.end - c.at > length) {
    const message = `Cannot decode frame at offset ${start}: ${c.end - c.at - length} bytes follow its end`;
    throw new SpopError('SPOP_ERR_TRAILING_BYTES', message, { offset: c.at + length });
  }
  header.type = c.bytes[start + 4]!;
  header.flags = readUint32(c.bytes, start + 5);
  c.at = start + 9;
  header.streamId = readVarint(c);
  header.frameId = readVarint(c);
  header.payloadAt = c.at;
  header.payloadEnd = c.end;
}

/**
 * Writes the head of a frame with room for its length and returns the frame's start, for `endFrame`.
 * Throws SPOP_ERR_VALUE for an id outside 0..2^64-1, SPOP_ERR_FRAME_TOO_BIG past the writer's limit.
 */
export function beginFrame(
  w: Writer,
  type: FrameType,
  flags: number,
  streamId: number | bigint,
  frameId: number | bigint,
): number {
  const start = w.at;
  w.reserve(LENGTH_PREFIX_BYTES + MIN_FRAME_BYTES);
  const bytes = w.bytes;
  bytes[start + 4] = type;
  bytes[start + 5] = flags >>> 24;
  bytes[start + 6] = flags >>> 16;
  bytes[start + 7] = flags >>> 8;
  bytes[start + 8] = flags;
  w.at = start + 9;
  try {
    writeVarint(w, streamId);
    writeVarint(w, frameId);
  } catch (error) {
    w.at = start;
    throw error;
  }
  return start;
}

/**
 * Fills in the length of the frame begun at `start`. `maxFrameBytes` bounds the length field (the 4 bytes of the
 * prefix do not count): for frames to HAProxy pass its max-frame-size - 1 (spop.md 2.5).
 * Throws SPOP_ERR_FRAME_TOO_BIG and takes the frame back.
 */
export function endFrame(w: Writer, start: number, maxFrameBytes: number): void {
  const length = w.at - start - LENGTH_PREFIX_BYTES;
  if (!(length <= maxFrameBytes)) {
    w.at = start;
    throw tooBig(length, maxFrameBytes, start);
  }
  const bytes = w.bytes;
  bytes[start] = length >>> 24;
  bytes[start + 1] = length >>> 16;
  bytes[start + 2] = length >>> 8;
  bytes[start + 3] = length;
}

/**
 * Writes a whole ACK whose action bytes `actions[at..end)` are already encoded; FIN set and no other flag.
 * Throws as `beginFrame` and `endFrame`; the writer is then as it was.
 */
export function writeAck(
  w: Writer,
  streamId: number | bigint,
  frameId: number | bigint,
  actions: Uint8Array,
  at: number,
  end: number,
  maxFrameBytes: number = w.limit,
): void {
  const start = beginFrame(w, FrameType.ACK, FrameFlag.FIN, streamId, frameId);
  try {
    writeBytes(w, actions, at, end);
    endFrame(w, start, maxFrameBytes);
  } catch (error) {
    w.at = start;
    throw error;
  }
}

/** Reads a big-endian unsigned 32-bit integer; the four bytes must be there. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function tooShort(length: number, offset: number): SpopError {
  const message = `Cannot decode frame of length ${length}: ${MIN_FRAME_BYTES} bytes at least are needed`;
  return new SpopError('SPOP_ERR_FRAME_TOO_SHORT', message, { offset });
}

export function tooBig(length: number, limit: number, offset: number): SpopError {
  const message = `Cannot take frame of length ${length}: the limit is ${limit} bytes`;
  return new SpopError('SPOP_ERR_FRAME_TOO_BIG', message, { offset });
}
