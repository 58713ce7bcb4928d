/** What the lexer knows of a character, indexed by byte: its classes, and the operators that begin with it. */

export const SPACE = 1;
export const DIGIT = 2;
export const HEX = 4;
/** Letters, `_` and every byte from 128 up, as LuaJIT has it. */
export const NAME_START = 8;

const classes = new Uint8Array(256);
for (const c of [9, 10, 11, 12, 13, 32]) classes[c] = SPACE;
for (let c = 48; c < 58; c++) classes[c] = DIGIT | HEX;
for (let c = 65; c < 91; c++) classes[c] = NAME_START | (c < 71 ? HEX : 0);
for (let c = 97; c < 123; c++) classes[c] = NAME_START | (c < 103 ? HEX : 0);
for (let c = 128; c < 256; c++) classes[c] = NAME_START;
classes[95] = NAME_START;

export const CHAR_CLASS: Uint8Array = classes;

/** Every byte as text. */
export const SYMBOLS: readonly string[] = Array.from({ length: 256 }, (_, c) => String.fromCharCode(c));
/** Operators of two characters: those that end in `=`, and those that repeat the first. */
export const BEFORE_EQUALS = byFirst(['<=', '==', '>=', '~=']);
export const DOUBLED = byFirst(['//', '::', '<<', '>>']);

function byFirst(operators: readonly string[]): readonly (string | undefined)[] {
  return SYMBOLS.map((symbol) => operators.find((operator) => operator[0] === symbol));
}
