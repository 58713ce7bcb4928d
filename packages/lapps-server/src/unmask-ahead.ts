import { headerLength, keyBefore, MAX_HEADER, payloadLength } from './client-header.js';
import { unmask } from './unmask.js';

/** Frames at least this long are unmasked here; ws is as fast on shorter ones. */
const WORTH_IT = 128;

/**
 * Unmasks large frames in the chunks of one connection before ws sees them, and leaves them a key of zero, which ws skips.
 * Without the native bufferutil ws unmasks byte by byte, half of what a 64 KiB message costs. ws stays the judge of
 * everything: this only follows frame boundaries, touches nothing but keys and payloads, and gives up at the first header
 * ws will refuse.
 */
export class UnmaskAhead {
  /** Payload bytes of the current frame that are still to come. */
  #left = 0;
  /** Key of the current frame while it is unmasked here. */
  #key: number | undefined;
  #phase = 0;
  /** A header that began in an earlier chunk; its frame is left to ws, which has part of the header already. */
  #split: Uint8Array | undefined;
  #splitLength = 0;
  #done = false;
  /** A message has begun whose last fragment is still to come. */
  #fragmented = false;

  /** Whether the next bytes belong to a payload whose key was taken away: without this object they are unreadable. */
  get inFrame(): boolean {
    return this.#left > 0 && this.#key !== undefined;
  }

  /** Whether the next byte begins a frame and no message is under way. */
  get atRest(): boolean {
    return this.#left === 0 && this.#split === undefined && !this.#fragmented && !this.#done;
  }

  /** Follows one chunk, changing it in place. Chunks must come in order and before ws gets them. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#done) {
      if (this.#left > 0) at = this.#takePayload(chunk, at);
      else at = this.#split === undefined ? this.#takeHeader(chunk, at) : this.#finishHeader(chunk, at, this.#split);
    }
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    if (this.#key !== undefined) {
      unmask(chunk, at, end, this.#key, this.#phase);
      this.#phase = (this.#phase + end - at) & 3;
    }
    this.#left -= end - at;
    if (this.#left === 0) this.#key = undefined;
    return end;
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const have = chunk.length - at;
    const header = have < 2 ? 2 : headerLength(chunk[at + 1]!);
    if (have < header) {
      this.#split = new Uint8Array(MAX_HEADER);
      this.#split.set(chunk.subarray(at));
      this.#splitLength = have;
      return chunk.length;
    }
    if ((chunk[at + 1]! & 128) === 0) {
      this.#done = true;
      return chunk.length;
    }
    this.#left = payloadLength(chunk, at);
    this.#follow(chunk[at]!);
    const end = at + header;
    if (this.#left >= WORTH_IT) {
      this.#key = keyBefore(chunk, end);
      this.#phase = 0;
      chunk.fill(0, end - 4, end);
    }
    return end;
  }

  #finishHeader(chunk: Uint8Array, at: number, split: Uint8Array): number {
    const wanted = this.#splitLength < 2 ? 2 : headerLength(split[1]!);
    const end = Math.min(chunk.length, at + wanted - this.#splitLength);
    split.set(chunk.subarray(at, end), this.#splitLength);
    this.#splitLength += end - at;
    if (this.#splitLength < 2 || this.#splitLength < headerLength(split[1]!)) return end;
    if ((split[1]! & 128) === 0) this.#done = true;
    this.#left = payloadLength(split, 0);
    this.#follow(split[0]!);
    this.#split = undefined;
    return end;
  }

  /** Data frames begin, continue or end a message; control frames may stand in between (RFC 6455 5.4). */
  #follow(first: number): void {
    if ((first & 15) < 8) this.#fragmented = (first & 0x80) === 0;
  }
}
