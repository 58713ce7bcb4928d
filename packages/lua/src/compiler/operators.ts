/** Operators: how strongly they bind, and their results on literals. */
import type { Token } from './lexer.js';

/** Left and right binding power; right below left makes the operator right associative. */
export const PRIORITY: ReadonlyMap<Token, readonly [number, number]> = new Map([
  ['or', [1, 1]],
  ['and', [2, 2]],
  ['<', [3, 3]],
  ['>', [3, 3]],
  ['<=', [3, 3]],
  ['>=', [3, 3]],
  ['~=', [3, 3]],
  ['==', [3, 3]],
  ['|', [4, 4]],
  ['~', [5, 5]],
  ['&', [6, 6]],
  ['<<', [7, 7]],
  ['>>', [7, 7]],
  ['..', [9, 8]],
  ['+', [10, 10]],
  ['-', [10, 10]],
  ['*', [11, 11]],
  ['/', [11, 11]],
  ['//', [11, 11]],
  ['%', [11, 11]],
  ['^', [14, 13]],
]);

/** Binding power of `-`, `not`, `#` and `~` before an operand. */
export const UNARY_PRIORITY = 12;

/** Result of an arithmetic operator on literals where it is finite and not zero, as LuaJIT folds. */
export function foldNumbers(op: Token, a: number, b: number): number | undefined {
  let r: number;
  if (op === '+') r = a + b;
  else if (op === '-') r = a - b;
  else if (op === '*') r = a * b;
  else if (op === '/') r = a / b;
  else return undefined;
  return Number.isFinite(r) && r !== 0 ? r : undefined;
}
