/** Frames at least this long are unmasked here; ws is as fast on shorter ones. */
const WORTH_IT = 128;
const MAX_HEADER = 14;

/** XORs `bytes` from `start` to `end` with the key, beginning at its byte `phase`; a word at a time where it can. */
const unmask = (bytes: Uint8Array, start: number, end: number, key: Uint8Array, phase: number): void => {
  let at = start;
  while (at < end && ((bytes.byteOffset + at) & 3) !== 0) {
    bytes[at]! ^= key[phase]!;
    phase = (phase + 1) & 3;
    at += 1;
  }
  if (at === end) return;
  const turned = Uint8Array.from(key, (_byte, i) => key[(phase + i) & 3]!);
  const word = new Uint32Array(turned.buffer)[0]!;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
  const count = words.length;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    words[i]! ^= word;
    words[i + 1]! ^= word;
    words[i + 2]! ^= word;
    words[i + 3]! ^= word;
  }
  for (; i < count; i += 1) words[i]! ^= word;
  for (at += count * 4, i = 0; at < end; at += 1, i += 1) bytes[at]! ^= turned[i]!;
};

/** Length of a frame's header as its second byte tells; clients mask, so the key counts (RFC 6455 5.2). */
const headerLength = (second: number): number => {
  const length = second & 127;
  if (length < 126) return 6;
  return length === 126 ? 8 : 14;
};

const payloadLength = (bytes: Uint8Array, at: number): number => {
  const length = bytes[at + 1]! & 127;
  if (length < 126) return length;
  let value = 0;
  for (let i = 2; i < (length === 126 ? 4 : 10); i += 1) value = value * 256 + bytes[at + i]!;
  return value;
};

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
  #key: Uint8Array | undefined;
  #phase = 0;
  /** A header that began in an earlier chunk; its frame is left to ws, which has part of the header already. */
  #split: Uint8Array | undefined;
  #splitLength = 0;
  #done = false;

  /** Whether the next bytes belong to a payload whose key was taken away: without this object they are unreadable. */
  get inFrame(): boolean {
    return this.#left > 0 && this.#key !== undefined;
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
    const end = at + header;
    if (this.#left >= WORTH_IT) {
      this.#key = Uint8Array.of(chunk[end - 4]!, chunk[end - 3]!, chunk[end - 2]!, chunk[end - 1]!);
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
    this.#split = undefined;
    return end;
  }
}
