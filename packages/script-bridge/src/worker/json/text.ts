import { BrokenText } from './value.js';

const NOT_ASCII = /[^\0-\x7f]/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Longest text looked at char by char. */
const SHORT = 48;

/** Names and short texts are the rule: for them a loop beats a regular expression. */
function isAscii(text: string): boolean {
  if (text.length > SHORT) return !NOT_ASCII.test(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** The byte string (UTF-8, char codes 0..255) a script sees for a text. */
export function toByteString(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text whose UTF-8 form a byte string is, or undefined when it is none. */
export function fromByteString(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes;
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
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}
