/** LuaJIT's bit library: 32-bit operations on doubles. */
import type { LuaValue } from '../value.js';
import { checkNumber } from './args.js';
import type { Library } from './host.js';

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

/** 2^52 + 2^51: added to a double it moves the integer part into the low word, rounded half to even. */
const BIAS = 6755399441055744;

/** A number as LuaJIT's bit operations take it: modulo 2^32, as a signed integer. */
function toBit(v: LuaValue, arg: number, argc: number): number {
  const n = typeof v === 'number' ? v : checkNumber(v, arg, argc);
  const whole = n | 0;
  if (whole === n) return whole;
  double[0] = n + BIAS;
  return halves[LOW]!;
}

function byteSwap(n: number): number {
  return (n << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24);
}

function toHex(n: number, digits: number): string {
  const count = Math.min(Math.abs(digits), 254);
  const text = (n >>> 0).toString(16).padStart(count, '0');
  const cut = text.slice(text.length - count);
  return digits < 0 ? cut.toUpperCase() : cut;
}

type Shift = (n: number, by: number) => number;

function shift(operation: Shift): (n: LuaValue, by: LuaValue) => LuaValue {
  return function shiftBy(n: LuaValue, by: LuaValue): LuaValue {
    const argc = arguments.length;
    return operation(toBit(n, 1, argc), toBit(by, 2, argc) & 31);
  };
}

function fold(operation: (a: number, b: number) => number): (...list: LuaValue[]) => LuaValue {
  return function foldAll(...list: LuaValue[]): LuaValue {
    const argc = list.length;
    let result = toBit(list[0], 1, argc);
    for (let at = 1; at < argc; at++) result = operation(result, toBit(list[at], at + 1, argc));
    return result;
  };
}

export function openBit(): Library {
  return {
    arshift: shift((n, by) => n >> by),
    band: fold((a, b) => a & b),
    bnot(n: LuaValue): LuaValue {
      return ~toBit(n, 1, arguments.length);
    },
    bor: fold((a, b) => a | b),
    bswap(n: LuaValue): LuaValue {
      return byteSwap(toBit(n, 1, arguments.length));
    },
    bxor: fold((a, b) => a ^ b),
    lshift: shift((n, by) => n << by),
    rol: shift((n, by) => (n << by) | (n >>> (32 - by))),
    ror: shift((n, by) => (n >>> by) | (n << (32 - by))),
    rshift: shift((n, by) => (n >>> by) | 0),
    tobit(n: LuaValue): LuaValue {
      return toBit(n, 1, arguments.length);
    },
    tohex(n: LuaValue, digits: LuaValue): LuaValue {
      const argc = arguments.length;
      const value = toBit(n, 1, argc);
      return toHex(value, digits === undefined && argc < 2 ? 8 : toBit(digits, 2, argc));
    },
  };
}
