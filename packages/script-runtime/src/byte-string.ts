/** Past this length one call into C++ beats building the string char by char. */
const SHORT = 24;

/**
 * A *byte string* (char codes 0..255) of `bytes` from `at` to `end`; the bytes may lie in shared memory.
 */
export function byteString(bytes: Uint8Array, at: number, end: number): string {
  if (end - at <= SHORT) {
    let text = '';
    for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]);
    return text;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1');
}

/** The bytes of a byte string. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
