/** Lua's byte strings (char codes 0..255) and JavaScript's text and bytes. */

const CHUNK = 8192;

/** Bytes as a Lua string. */
export function stringFromBytes(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) parts.push(stringFromBytes(bytes.subarray(i, i + CHUNK)));
  return parts.join('');
}

/** The bytes of a Lua string. */
export function bytesFromString(s: string): Uint8Array {
  const bytes = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i);
  return bytes;
}

/** JavaScript text as a Lua string: its UTF-8 bytes. */
export function encodeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is its own encoding.
  return /^[\x00-\x7f]*$/.test(text) ? text : stringFromBytes(new TextEncoder().encode(text));
}

/** A Lua string read as UTF-8; bytes that are not UTF-8 become U+FFFD. */
export function decodeText(s: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is its own encoding.
  return /^[\x00-\x7f]*$/.test(s) ? s : new TextDecoder().decode(bytesFromString(s));
}

/** Source code as a Lua string: text is taken as UTF-8. */
export function sourceBytes(source: string | Uint8Array): string {
  return typeof source === 'string' ? encodeText(source) : stringFromBytes(source);
}
