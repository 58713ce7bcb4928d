/** Sets of byte values: what one item of a pattern accepts. */

/** Membership by byte value: 1 or 0. */
export type CharSet = Uint8Array;

/** An empty set. */
export function emptySet(): CharSet {
  return new Uint8Array(256);
}

/** Every byte value: `.`. */
export const ANY: CharSet = emptySet().fill(1);

/** The set of one byte value. */
export function singleSet(code: number): CharSet {
  const set = emptySet();
  set[code] = 1;
  return set;
}

function isLower(c: number): boolean {
  return c >= 97 && c <= 122;
}

function isUpper(c: number): boolean {
  return c >= 65 && c <= 90;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isAlnum(c: number): boolean {
  return isLower(c) || isUpper(c) || isDigit(c);
}

function isGraph(c: number): boolean {
  return c > 32 && c < 127;
}

/** The character classes in the C locale, by their small letter. */
const CLASSES: ReadonlyMap<string, (c: number) => boolean> = new Map<string, (c: number) => boolean>([
  ['a', (c) => isLower(c) || isUpper(c)],
  ['c', (c) => c < 32 || c === 127],
  ['d', isDigit],
  ['g', isGraph],
  ['l', isLower],
  ['p', (c) => isGraph(c) && !isAlnum(c)],
  ['s', (c) => c === 32 || (c >= 9 && c <= 13)],
  ['u', isUpper],
  ['w', isAlnum],
  ['x', (c) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102)],
  ['z', (c) => c === 0],
]);

/** Adds what `%code` stands for: a class, its complement for a capital letter, or the character itself. */
export function addClass(set: CharSet, code: number): void {
  const letter = String.fromCharCode(code);
  const test = CLASSES.get(letter.toLowerCase());
  if (test === undefined) {
    set[code] = 1;
    return;
  }
  const wanted = isLower(code);
  for (let c = 0; c < 256; c++) if (test(c) === wanted) set[c] = 1;
}

/** Adds the byte values `from` to `to`, both included. */
export function addRange(set: CharSet, from: number, to: number): void {
  for (let c = from; c <= to; c++) set[c] = 1;
}

/** The set of all values not in `set`. */
export function complement(set: CharSet): CharSet {
  return set.map((member) => 1 - member);
}

/** Adds the members of `other` to `set`. */
export function addAll(set: CharSet, other: CharSet): void {
  for (let c = 0; c < 256; c++) if (other[c] === 1) set[c] = 1;
}

/** True when no value is in both sets. */
export function disjoint(a: CharSet, b: CharSet): boolean {
  for (let c = 0; c < 256; c++) if (a[c] === 1 && b[c] === 1) return false;
  return true;
}

/** The members as runs `[first, last]` in ascending order. */
export function runs(set: CharSet): [number, number][] {
  const list: [number, number][] = [];
  for (let c = 0; c < 256; c++) {
    if (set[c] === 0) continue;
    const from = c;
    while (c < 255 && set[c + 1] === 1) c++;
    list.push([from, c]);
  }
  return list;
}
