import { isUtf8 } from 'node:buffer';
import { unmask } from './unmask.js';

/** Who gets the messages. */
export interface MessageTaker {
  /** Open and not paused: the next message may come. */
  readonly listening: boolean;
  receivedMessage(data: Buffer, isBinary: boolean): void;
}

/** First byte of a whole message in one frame, without extension bits (RFC 6455 5.2). */
const WHOLE_TEXT = 0x81;
const WHOLE_BINARY = 0x82;
/** Shortest header of a client: two bytes and the key. */
const HEADER = 6;

/**
 * Delivers the whole messages a chunk begins with, and returns how many bytes that were. They are what nearly all traffic is,
 * and ws takes several times as long for one, having to be ready for everything else. Everything else is left to it: what is
 * fragmented, compressed, cut by the end of the chunk, a control frame, or wrong in any way. To be called between two
 * messages only.
 */
export const takeMessages = (taker: MessageTaker, chunk: Buffer, maxBytes: number): number => {
  let at = 0;
  while (chunk.length - at >= HEADER && taker.listening) {
    const first = chunk[at]!;
    const second = chunk[at + 1]!;
    if ((first !== WHOLE_BINARY && first !== WHOLE_TEXT) || second < 0x80 || second === 0xff) break;
    let length = second & 127;
    let payloadAt = at + HEADER;
    if (length === 126) {
      length = (chunk[at + 2]! << 8) | chunk[at + 3]!;
      payloadAt += 2;
    }
    const end = payloadAt + length;
    if (end > chunk.length || length > maxBytes) break;
    unmask(chunk, payloadAt, end, chunk.readInt32BE(payloadAt - 4));
    const data = chunk.subarray(payloadAt, end);
    if (first === WHOLE_TEXT && !isUtf8(data)) {
      // ws says so to the client. The payload is unmasked already: with a key of zero it stays as it is.
      chunk.fill(0, payloadAt - 4, payloadAt);
      break;
    }
    at = end;
    taker.receivedMessage(data, first === WHOLE_BINARY);
  }
  return at;
};
