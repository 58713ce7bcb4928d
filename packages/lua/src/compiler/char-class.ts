/** Character classes of the lexer, indexed by byte. */

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
