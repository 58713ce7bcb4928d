import { byteString } from '../../byte-string.js';

/** Longest text that is looked through byte by byte. */
const SHORT = 64;

/** Length of the well-formed UTF-8 sequence of two bytes or more at `at`; 0 when there is none. */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const second = bytes[at + 1] as number;
  // Over-long forms, surrogates and what is beyond U+10FFFF (Unicode, table 3-7).
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}

/**
 * Text of marshal, UTF-8 with surrogates let through, as a byte string: what `surrogateescape` put in the place of
 * bytes that are no UTF-8 becomes those bytes again.
 */
export function textOfMarshal(bytes: Uint8Array, at: number, end: number): string {
  // Within this text only: `indexOf` has no end, and the rest of a batch is long. Short texts are looked through here: a
  // view costs more than they do.
  const find = (from: number): number => {
    if (end - from <= SHORT) {
      for (let i = from; i < end; i++) if (bytes[i] === 0xed) return i;
      return -1;
    }
    const found = from < end ? bytes.subarray(from, end).indexOf(0xed) : -1;
    return found < 0 ? -1 : from + found;
  };
  let escaped = find(at);
  if (escaped < 0) return byteString(bytes, at, end);
  let text = '';
  let from = at;
  while (escaped >= 0 && escaped + 2 < end) {
    const second = bytes[escaped + 1] as number;
    if (second === 0xb2 || second === 0xb3) {
      // U+DC80 .. U+DCFF: ED B2 80 .. ED B3 BF.
      text += byteString(bytes, from, escaped);
      text += String.fromCharCode(0x80 | ((second & 1) << 6) | ((bytes[escaped + 2] as number) & 0x3f));
      from = escaped + 3;
    }
    escaped = find(escaped + 3);
  }
  return text + byteString(bytes, from, end);
}
