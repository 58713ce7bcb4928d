/** Payloads up to this size are XORed byte by byte: making a view for words costs more. */
const SHORT = 64;

/**
 * XORs `bytes` from `start` to `end` with a masking key (RFC 6455 5.3), a word at a time where that pays.
 * @param key its four bytes in the order of the wire, as a big-endian int32
 * @param phase which of them is for the byte at `start`, 0 to 3
 */
export const unmask = (bytes: Uint8Array, start: number, end: number, key: number, phase = 0): void => {
  // From here on the byte for the present position is the highest one.
  let turned = phase === 0 ? key : (key << (phase * 8)) | (key >>> (32 - phase * 8));
  let at = start;
  const aligned = end - start <= SHORT ? end : Math.min(end, start + (-(bytes.byteOffset + start) & 3));
  for (; at < aligned; at += 1) {
    bytes[at]! ^= turned >>> 24;
    turned = (turned << 8) | (turned >>> 24);
  }
  if (at === end) return;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
  const word = LITTLE_ENDIAN ? swapped(turned) : turned;
  const count = words.length;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    words[i]! ^= word;
    words[i + 1]! ^= word;
    words[i + 2]! ^= word;
    words[i + 3]! ^= word;
  }
  for (; i < count; i += 1) words[i]! ^= word;
  for (at += count * 4; at < end; at += 1) {
    bytes[at]! ^= turned >>> 24;
    turned = (turned << 8) | (turned >>> 24);
  }
};

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const swapped = (word: number): number =>
  (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
