/**
 * Integers beyond doubles, and the bitwise operators of Lua 5.3. A bigint is a number that no double holds exactly:
 * everything here gives a double where that is exact, a bigint within 64 bits where it is not, or an error.
 */
import { luaError } from '../raise.js';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MIN = -(1n << 63n);
const MAX = (1n << 64n) - 1n;

/** `n` as a Lua number: a double within +-(2^53 - 1), a bigint beyond. */
export function fromBigint(n: bigint): number | bigint {
  return n <= SAFE && n >= -SAFE ? Number(n) : n;
}

/** The integer a number stands for, undefined when it has a fraction or is not finite. */
function toBigint(n: number | bigint): bigint | undefined {
  if (typeof n === 'bigint') return n;
  return Number.isInteger(n) ? BigInt(n) : undefined;
}

/** Arithmetic where at least one side is a bigint. */
export function bigArith(op: string, a: number | bigint, b: number | bigint): number | bigint {
  const x = toBigint(a);
  const y = toBigint(b);
  // A fraction, an infinity, `/` and `^` make the result a double, as in Lua 5.3.
  if (x === undefined || y === undefined || op === '/' || op === '^') return floatArith(op, Number(a), Number(b));
  switch (op) {
    case '+':
      return checked(x + y);
    case '-':
      return checked(x - y);
    case '*':
      return checked(x * y);
    case '//':
      return checked(floorDiv(x, y));
    default:
      return checked(x - floorDiv(x, y) * y);
  }
}

function floatArith(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '^':
      return a ** b;
    case '//':
      return Math.floor(a / b);
    default:
      return a - Math.floor(a / b) * b;
  }
}

function floorDiv(x: bigint, y: bigint): bigint {
  if (y === 0n) throw luaError('attempt to divide by zero');
  const q = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? q - 1n : q;
}

function checked(n: bigint): number | bigint {
  if (n < MIN || n > MAX) throw luaError('integer overflow');
  return fromBigint(n);
}

/** Floor division of doubles, exact for integers. */
export function floorDivide(a: number, b: number): number {
  const q = Math.floor(a / b);
  if (Math.abs(q) < 0x1fffffffffffff || !Number.isInteger(a) || !Number.isInteger(b)) {
    // The quotient may have been rounded up to the next integer.
    const r = a % b;
    if (r !== 0 && r < 0 === b < 0 && q * b > a === b > 0) return q - 1;
    return q;
  }
  return Number(floorDiv(BigInt(a), BigInt(b)));
}

/** A bitwise operator on 64-bit integers. */
export function bitwise(op: string, a: number | bigint, b: number | bigint): number | bigint {
  const x = integerOperand(a);
  const y = integerOperand(b);
  switch (op) {
    case '&':
      return wrap(x & y);
    case '|':
      return wrap(x | y);
    case '~':
      return wrap(x ^ y);
    case '<<':
      return shiftLeft(x, y);
    default:
      return shiftLeft(x, -y);
  }
}

function integerOperand(n: number | bigint): bigint {
  const x = toBigint(n);
  if (x === undefined || x < MIN || x > MAX) throw luaError('number has no integer representation');
  return BigInt.asIntN(64, x);
}

function wrap(n: bigint): number | bigint {
  return fromBigint(BigInt.asIntN(64, n));
}

/** Logical shift; a negative count shifts right, counts of 64 and more give 0 (Lua 5.3, 3.4.2). */
function shiftLeft(x: bigint, count: bigint): number | bigint {
  if (count >= 64n || count <= -64n) return 0;
  return count >= 0n ? wrap(x << count) : wrap(BigInt.asUintN(64, x) >> -count);
}
