import { isUtf8 } from 'node:buffer';
import { headerLength, isBinaryMessage, isWholeMessage, keyBefore, payloadLength } from './client-header.js';
import { copyBytes } from './copy-bytes.js';
import { unmask } from './unmask.js';
import { viewOf } from './view-of.js';

/** Who gets the messages. */
export interface MessageTaker {
  /** Open and not paused: the next message may come. */
  readonly listening: boolean;
  receivedMessage(data: Buffer, isBinary: boolean): void;
}

/** Shortest header of a client: two bytes and the key. */
const SHORTEST_HEADER = 6;

/** The bytes from `at` to `end` in memory that nobody writes to again. */
export const ownCopy = (bytes: Uint8Array, at: number, end: number): Buffer => {
  const copy = Buffer.allocUnsafe(end - at);
  copyBytes(bytes, at, end, copy, 0);
  return copy;
};

/**
 * Delivers the whole messages a chunk has from `from` on, and returns where they end. They are what nearly all traffic is, and
 * ws takes several times as long for one, having to be ready for everything else. Everything else is left to it: what is
 * fragmented, compressed, cut by the end of the chunk, a control frame, or wrong in any way. To be called between two
 * messages only.
 * @param copies the chunk's memory is used again, and who gets the messages may keep them
 */
export const takeMessages = (
  taker: MessageTaker,
  chunk: Buffer,
  from: number,
  maxBytes: number,
  copies: boolean,
): number => {
  let at = from;
  // Asked for once: `subarray` does it for each view, and that is half its cost.
  const { buffer: memory, byteOffset } = chunk;
  while (chunk.length - at >= SHORTEST_HEADER && taker.listening) {
    const first = chunk[at]!;
    const second = chunk[at + 1]!;
    if (!isWholeMessage(first, second)) break;
    const payloadAt = at + headerLength(second);
    if (payloadAt > chunk.length) break;
    const length = payloadLength(chunk, at);
    const end = payloadAt + length;
    if (end > chunk.length || length > maxBytes) break;
    unmask(chunk, payloadAt, end, keyBefore(chunk, payloadAt));
    const isBinary = isBinaryMessage(first);
    const data = copies ? ownCopy(chunk, payloadAt, end) : viewOf(memory, byteOffset + payloadAt, length);
    if (!isBinary && !isUtf8(data)) {
      // ws says so to the client. The payload is unmasked already: with a key of zero it stays as it is.
      chunk.fill(0, payloadAt - 4, payloadAt);
      break;
    }
    at = end;
    taker.receivedMessage(data, isBinary);
  }
  return at;
};
