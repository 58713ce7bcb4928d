/** Reads byte strings out of records without making a view for each. */
export class ByteReader {
  private memory: ArrayBufferLike | undefined;
  private whole: Buffer = Buffer.alloc(0);

  /** The byte string (char codes 0..255) of `bytes` from `at` to `end`. */
  text(bytes: Uint8Array, at: number, end: number): string {
    if (bytes.buffer !== this.memory) {
      this.memory = bytes.buffer;
      this.whole = Buffer.from(bytes.buffer);
    }
    return this.whole.toString('latin1', bytes.byteOffset + at, bytes.byteOffset + end);
  }
}
