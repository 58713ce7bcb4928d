/** The math library of LuaJIT 2.1, with what Lua 5.3 adds as far as doubles carry it. */
import { argError } from '../raise.js';
import type { LuaValue } from '../value.js';
import { checkAny, checkNumber } from './args.js';
import type { Library } from './host.js';
import { stringToNumber } from './number-text.js';
import { LuaRandom } from './random.js';

function unary(operation: (n: number) => number): (n: LuaValue) => LuaValue {
  return function apply(n: LuaValue): LuaValue {
    return operation(typeof n === 'number' ? n : checkNumber(n, 1, arguments.length));
  };
}

function binary(operation: (a: number, b: number) => number): (a: LuaValue, b: LuaValue) => LuaValue {
  return function apply(a: LuaValue, b: LuaValue): LuaValue {
    const argc = arguments.length;
    return operation(checkNumber(a, 1, argc), checkNumber(b, 2, argc));
  };
}

/** `x * 2^exponent` without rounding twice. */
function scale(x: number, exponent: number): number {
  if (Math.abs(exponent) < 1000) {
    const result = x * 2 ** exponent;
    if (Math.abs(result) > 1e-290 || x === 0) return result;
  }
  if (!Number.isFinite(exponent)) return exponent > 0 ? x * Infinity : exponent < 0 ? x * 0 : Number.NaN;
  if (x === 0 || !Number.isFinite(x)) return x;
  const [fraction, power] = frexp(x);
  const target = Math.max(-3000, Math.min(3000, exponent)) + power;
  if (target > 1024) return x > 0 ? Infinity : -Infinity;
  if (target >= -1021) return fraction * 2 * 2 ** (target - 1);
  // A denormal result: the last multiplication rounds, the one before it is exact.
  return target < -1080 ? fraction * 0 : fraction * 2 ** (target + 1074) * 2 ** -1074;
}

function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  let fraction = x * 2 ** -exponent;
  while (Math.abs(fraction) < 0.5) {
    fraction *= 2;
    exponent--;
  }
  while (Math.abs(fraction) >= 1) {
    fraction /= 2;
    exponent++;
  }
  return [fraction, exponent];
}

function modf(n: number): [number, number] {
  if (n === Infinity || n === -Infinity) return [n, n > 0 ? 0 : -0];
  const whole = Math.trunc(n);
  return [whole, whole === n && n !== 0 ? (n > 0 ? 0 : -0) : n === 0 ? n : n - whole];
}

/** The largest or smallest argument, with the processor's view of NaN and of 0 and -0: the second one of two equals. */
function choose(list: readonly LuaValue[], better: (a: number, b: number) => boolean): number {
  const argc = list.length;
  let best = checkNumber(list[0], 1, argc);
  for (let at = 1; at < argc; at++) {
    const n = checkNumber(list[at], at + 1, argc);
    if (!better(best, n)) best = n;
  }
  return best;
}

/** LuaJIT computes a logarithm to any base by way of base 2. */
function logarithm(n: number, base: number): number {
  return Math.log2(n) * (1 / Math.log2(base));
}

function toInteger(v: LuaValue): number | undefined {
  const n = typeof v === 'string' ? stringToNumber(v) : v;
  return typeof n === 'number' && Number.isSafeInteger(n) ? n : undefined;
}

function checkExact(v: LuaValue, arg: number, argc: number): bigint {
  const n = typeof v === 'bigint' ? v : checkNumber(v, arg, argc);
  if (typeof n === 'bigint') return n;
  if (!Number.isInteger(n) || Math.abs(n) >= 2 ** 63) throw argError(arg, 'number has no integer representation');
  return BigInt(n);
}

function openRandom(): Library {
  const generator = new LuaRandom();
  return {
    random(low: LuaValue, high: LuaValue): LuaValue {
      const argc = arguments.length;
      const r = generator.next();
      if (argc === 0) return r;
      const from = checkNumber(low, 1, argc);
      if (argc === 1) return Math.floor(r * from) + 1;
      return Math.floor(r * (checkNumber(high, 2, argc) - from + 1)) + from;
    },
    randomseed(seed: LuaValue): LuaValue {
      generator.seed(checkNumber(seed, 1, arguments.length));
      return [];
    },
  };
}

/** What Lua 5.3 added. An integer is a number without fraction in the range where doubles count by one. */
function openIntegers(): Library {
  return {
    maxinteger: Number.MAX_SAFE_INTEGER,
    mininteger: Number.MIN_SAFE_INTEGER,
    tointeger(v: LuaValue): LuaValue {
      checkAny(v, 1, arguments.length);
      return typeof v === 'bigint' ? v : toInteger(v);
    },
    type(v: LuaValue): LuaValue {
      checkAny(v, 1, arguments.length);
      if (typeof v === 'bigint') return 'integer';
      if (typeof v !== 'number') return undefined;
      return Number.isSafeInteger(v) && !Object.is(v, -0) ? 'integer' : 'float';
    },
    ult(a: LuaValue, b: LuaValue): LuaValue {
      const argc = arguments.length;
      return BigInt.asUintN(64, checkExact(a, 1, argc)) < BigInt.asUintN(64, checkExact(b, 2, argc));
    },
  };
}

export function openMath(): Library {
  return {
    abs: unary(Math.abs),
    acos: unary(Math.acos),
    asin: unary(Math.asin),
    atan(y: LuaValue, x: LuaValue): LuaValue {
      const argc = arguments.length;
      const n = checkNumber(y, 1, argc);
      return x === undefined ? Math.atan(n) : Math.atan2(n, checkNumber(x, 2, argc));
    },
    atan2: binary(Math.atan2),
    ceil: unary(Math.ceil),
    cos: unary(Math.cos),
    cosh: unary(Math.cosh),
    deg: unary((n) => n * (180 / Math.PI)),
    exp: unary(Math.exp),
    floor: unary(Math.floor),
    fmod: binary((a, b) => a % b),
    frexp(n: LuaValue): LuaValue {
      return frexp(checkNumber(n, 1, arguments.length));
    },
    huge: Infinity,
    ldexp: binary((x, exponent) => scale(x, Math.trunc(exponent))),
    log(n: LuaValue, base: LuaValue): LuaValue {
      const argc = arguments.length;
      const value = checkNumber(n, 1, argc);
      return argc < 2 ? Math.log(value) : logarithm(value, checkNumber(base, 2, argc));
    },
    log10: unary(Math.log10),
    max(a: LuaValue, b: LuaValue, ...more: LuaValue[]): LuaValue {
      if (arguments.length === 2 && typeof a === 'number' && typeof b === 'number') return a > b ? a : b;
      return choose(arguments.length < 2 ? [...arguments] : [a, b, ...more], (best, n) => best > n);
    },
    min(a: LuaValue, b: LuaValue, ...more: LuaValue[]): LuaValue {
      if (arguments.length === 2 && typeof a === 'number' && typeof b === 'number') return a < b ? a : b;
      return choose(arguments.length < 2 ? [...arguments] : [a, b, ...more], (best, n) => best < n);
    },
    modf(n: LuaValue): LuaValue {
      return modf(checkNumber(n, 1, arguments.length));
    },
    pi: Math.PI,
    pow: binary((a, b) => a ** b),
    rad: unary((n) => n * (Math.PI / 180)),
    sin: unary(Math.sin),
    sinh: unary(Math.sinh),
    sqrt: unary(Math.sqrt),
    tan: unary(Math.tan),
    tanh: unary(Math.tanh),
    ...openRandom(),
    ...openIntegers(),
  };
}
