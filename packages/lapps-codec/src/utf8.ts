const SHORT = 48;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const asciiEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let at = start;
  while (at < end && bytes[at]! < 0x80) at += 1;
  return at;
};

/** Whether `bytes` from `start` to `end` are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing cut. */
export const isUtf8 = (bytes: Uint8Array, start: number, end: number): boolean => {
  // The loop beats the call for short text, which is nearly always ASCII; past that the native decoder wins.
  const from = asciiEnd(bytes, start, Math.min(end, start + SHORT));
  if (from === end) return true;
  try {
    decoder.decode(bytes.subarray(from, end));
    return true;
  } catch {
    return false;
  }
};

/** Moves surrogates behind U+E000 to U+FFFF, where their code points belong. */
const codePointRank = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

/** Order of two strings by their UTF-8 bytes, which is the order of their code points. */
export const compareUtf8 = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
};

/** ES2024; the compiler's library here ends at ES2023. */
interface WellFormedTest {
  isWellFormed(): boolean;
}

/** Whether a string has no lone surrogate, so that it has a UTF-8 form. */
export const isWellFormed = (text: string): boolean => (text as unknown as WellFormedTest).isWellFormed();
