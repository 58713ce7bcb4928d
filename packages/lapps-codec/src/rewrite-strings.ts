/** Length of a head's argument in bytes; heads 0 to 23 and 31 have none. */
const argumentWidth = (info: number): number => (info >= 24 && info <= 27 ? 1 << (info - 24) : 0);

const readLength = (bytes: Uint8Array, at: number, info: number): number => {
  if (info < 24) return info;
  let length = 0;
  for (let i = 0; i < argumentWidth(info); i += 1) length = length * 256 + bytes[at + i]!;
  return length;
};

const writeHead = (out: Uint8Array, at: number, major: number, length: number): number => {
  out[at] = (major << 5) | 26;
  new DataView(out.buffer, out.byteOffset).setUint32(at + 1, length);
  return at + 5;
};

/**
 * Rewrites checked CBOR for cbor-x: every indefinite-length string (RFC 8949 3.2.3) becomes a definite one, and a length in
 * 8 bytes gets 4. Heads stand in order in the bytes, so nesting need not be followed. A joined string may gain three bytes:
 * `5f 40 ff` gets a 5-byte head.
 */
export const rewriteStrings = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(bytes.length * 2 + 8);
  let from = 0;
  let to = 0;
  const copy = (count: number): void => {
    out.set(bytes.subarray(from, from + count), to);
    from += count;
    to += count;
  };
  while (from < bytes.length) {
    const major = bytes[from]! >> 5;
    const info = bytes[from]! & 31;
    const isString = major === 2 || major === 3;
    if (isString && info === 31) {
      const start = to;
      to += 5;
      from += 1;
      while (bytes[from] !== 0xff) {
        const chunkInfo = bytes[from]! & 31;
        const length = readLength(bytes, from + 1, chunkInfo);
        from += 1 + argumentWidth(chunkInfo);
        copy(length);
      }
      from += 1;
      writeHead(out, start, major, to - start - 5);
    } else if (isString && info === 27) {
      const length = readLength(bytes, from + 1, info);
      to = writeHead(out, to, major, length);
      from += 9;
      copy(length);
    } else {
      const length = isString ? readLength(bytes, from + 1, info) : 0;
      copy(1 + argumentWidth(info) + length);
    }
  }
  return out.subarray(0, to);
};
