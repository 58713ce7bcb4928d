import { BrokenText } from './value.js';

const NOT_ASCII = /[^\0-\x7f]/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The byte string (UTF-8, char codes 0..255) a script sees for a text. */
export function toByteString(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** The text whose UTF-8 form a byte string is, or undefined when it is none. */
export function fromByteString(bytes: string): string | undefined {
  if (!NOT_ASCII.test(bytes)) return bytes;
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

/** A script's string as a document holds it. */
export function textOrBroken(bytes: string): string | BrokenText {
  return fromByteString(bytes) ?? new BrokenText(bytes);
}

/** Text for people (log lines, close reasons): what is not UTF-8 becomes U+FFFD. */
export function readableText(bytes: string): string {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
