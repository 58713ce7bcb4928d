/** LuaJIT's bit library: 32-bit operations on doubles. */
import { BIT_FUNCTIONS } from '../compiler/emit/bit-call.js';
import type { Engine } from '../runtime/engine.js';
import type { LuaValue } from '../value.js';
import { checkNumber } from './args.js';
import type { Library } from './host.js';

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

/** 2^52 + 2^51: added to a double it moves the integer part into the low word, rounded half to even. */
const BIAS = 6755399441055744;

/** What is a whole number below this needs no rounding. */
const MAX_WHOLE = 2 ** 51;

/** A number as LuaJIT's bit operations take it: modulo 2^32, as a signed integer. */
function toBit(v: LuaValue, arg: number, argc: number): number {
  const n = typeof v === 'number' ? v : checkNumber(v, arg, argc);
  const whole = n | 0;
  if (whole === n || (Math.floor(n) === n && Math.abs(n) < MAX_WHOLE)) return whole;
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

/** The operations that take any number of arguments, for all numbers but two. */
function fold(list: ArrayLike<LuaValue>, operation: (a: number, b: number) => number): number {
  const argc = list.length;
  let result = toBit(list[0], 1, argc);
  for (let at = 1; at < argc; at++) result = operation(result, toBit(list[at], at + 1, argc));
  return result;
}

/** Written out one by one: V8 inlines a function that calls no other one by way of a variable. */
export function openBit({ runtime }: Engine): Library {
  const library: Library = {
    band(a: LuaValue, b: LuaValue): LuaValue {
      return arguments.length === 2 ? toBit(a, 1, 2) & toBit(b, 2, 2) : fold(arguments, (x, y) => x & y);
    },
    bor(a: LuaValue, b: LuaValue): LuaValue {
      return arguments.length === 2 ? toBit(a, 1, 2) | toBit(b, 2, 2) : fold(arguments, (x, y) => x | y);
    },
    bxor(a: LuaValue, b: LuaValue): LuaValue {
      return arguments.length === 2 ? toBit(a, 1, 2) ^ toBit(b, 2, 2) : fold(arguments, (x, y) => x ^ y);
    },
    bnot(n: LuaValue): LuaValue {
      return ~toBit(n, 1, arguments.length);
    },
    bswap(n: LuaValue): LuaValue {
      return byteSwap(toBit(n, 1, arguments.length));
    },
    lshift(n: LuaValue, by: LuaValue): LuaValue {
      return toBit(n, 1, arguments.length) << toBit(by, 2, arguments.length);
    },
    rshift(n: LuaValue, by: LuaValue): LuaValue {
      return (toBit(n, 1, arguments.length) >>> toBit(by, 2, arguments.length)) | 0;
    },
    arshift(n: LuaValue, by: LuaValue): LuaValue {
      return toBit(n, 1, arguments.length) >> toBit(by, 2, arguments.length);
    },
    rol(n: LuaValue, by: LuaValue): LuaValue {
      const whole = toBit(n, 1, arguments.length);
      const count = toBit(by, 2, arguments.length);
      return (whole << count) | (whole >>> -count);
    },
    ror(n: LuaValue, by: LuaValue): LuaValue {
      const whole = toBit(n, 1, arguments.length);
      const count = toBit(by, 2, arguments.length);
      return (whole >>> count) | (whole << -count);
    },
    tobit(n: LuaValue): LuaValue {
      return toBit(n, 1, arguments.length);
    },
    tohex(n: LuaValue, digits: LuaValue): LuaValue {
      const argc = arguments.length;
      const value = toBit(n, 1, argc);
      return toHex(value, digits === undefined && argc < 2 ? 8 : toBit(digits, 2, argc));
    },
  };
  for (const name of BIT_FUNCTIONS) runtime[name] = library[name];
  return library;
}
