/** Slow paths of arithmetic, concatenation and length. */
import { numberToString, stringToNumber } from '../lib/number-text.js';
import { operandError } from '../raise.js';
import { LuaTable } from '../table.js';
import type { LuaValue } from '../value.js';
import type { TypeMetas } from './heap.js';
import { bigArith, bitwise, floorDivide } from './integer.js';
import type { Invoke } from './invoke.js';
import { settleFirst } from './tail-call.js';

const EVENTS: Record<string, string> = {
  '+': '__add',
  '-': '__sub',
  '*': '__mul',
  '/': '__div',
  '%': '__mod',
  '^': '__pow',
  '//': '__idiv',
  '&': '__band',
  '|': '__bor',
  '~': '__bxor',
  '<<': '__shl',
  '>>': '__shr',
};

type Binary = (a: LuaValue, b: LuaValue) => LuaValue;

/** A double, or a bigint, or undefined when `v` is no number and does not read as one. */
function numeric(v: LuaValue): number | bigint | undefined {
  if (typeof v === 'number' || typeof v === 'bigint') return v;
  return typeof v === 'string' ? stringToNumber(v) : undefined;
}

/** `a ^ b` as C's `pow` has it where JavaScript differs. */
export function power(a: number, b: number): number {
  return a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b;
}

export function arithmeticOps(metas: TypeMetas, invoke: Invoke) {
  const handlerOf = (a: LuaValue, b: LuaValue, event: string): LuaValue =>
    metas.metaOf(a)?.getStr(event) ?? metas.metaOf(b)?.getStr(event);

  const arith = (op: string, compute: (a: number, b: number) => number): Binary => {
    const event = EVENTS[op]!;
    return (a, b) => {
      if (a instanceof Array) a = settleFirst(a);
      if (b instanceof Array) b = settleFirst(b);
      if (typeof a === 'number' && typeof b === 'number') return compute(a, b);
      const x = numeric(a);
      const y = numeric(b);
      if (x !== undefined && y !== undefined) {
        return typeof x === 'number' && typeof y === 'number' ? compute(x, y) : bigArith(op, x, y);
      }
      const handler = handlerOf(a, b, event);
      if (handler === undefined)
        throw operandError('perform arithmetic on', x === undefined ? a : b, x === undefined ? 'a' : 'b');
      return invoke(handler, [a, b], 'first');
    };
  };

  const bits = (op: string): Binary => {
    const event = EVENTS[op]!;
    return (a, b) => {
      const x = numeric(a);
      const y = numeric(b);
      if (x !== undefined && y !== undefined) return bitwise(op, x, y);
      const handler = handlerOf(a, b, event);
      if (handler === undefined) {
        throw operandError('perform bitwise operation on', x === undefined ? a : b, x === undefined ? 'a' : 'b');
      }
      return invoke(handler, [a, b], 'first');
    };
  };

  const unm = (a: LuaValue): LuaValue => {
    if (a instanceof Array) a = settleFirst(a);
    const x = numeric(a);
    if (x !== undefined) return typeof x === 'number' ? -x : bigArith('-', 0, x);
    const handler = metas.metaOf(a)?.getStr('__unm');
    if (handler === undefined) throw operandError('perform arithmetic on', a, 'a');
    return invoke(handler, [a, a], 'first');
  };

  const bnot = (a: LuaValue): LuaValue => {
    const x = numeric(a);
    if (x !== undefined) return bitwise('~', x, -1);
    const handler = metas.metaOf(a)?.getStr('__bnot');
    if (handler === undefined) throw operandError('perform bitwise operation on', a, 'a');
    return invoke(handler, [a, a], 'first');
  };

  const concat: Binary = (a, b) => {
    if (a instanceof Array) a = settleFirst(a);
    if (b instanceof Array) b = settleFirst(b);
    const x =
      typeof a === 'string' ? a : typeof a === 'number' || typeof a === 'bigint' ? numberToString(a) : undefined;
    const y =
      typeof b === 'string' ? b : typeof b === 'number' || typeof b === 'bigint' ? numberToString(b) : undefined;
    if (x !== undefined && y !== undefined) return x + y;
    const handler = handlerOf(a, b, '__concat');
    if (handler === undefined) throw operandError('concatenate', x === undefined ? a : b, x === undefined ? 'a' : 'b');
    return invoke(handler, [a, b], 'first');
  };

  const length = (a: LuaValue): LuaValue => {
    if (a instanceof Array) a = settleFirst(a);
    if (typeof a === 'string') return a.length;
    if (a instanceof LuaTable) return a.length();
    const handler = metas.metaOf(a)?.getStr('__len');
    if (handler === undefined) throw operandError('get length of', a, 'a');
    return invoke(handler, [a], 'first');
  };

  return {
    ADD: arith('+', (a, b) => a + b),
    SUB: arith('-', (a, b) => a - b),
    MUL: arith('*', (a, b) => a * b),
    DIV: arith('/', (a, b) => a / b),
    MOD: arith('%', (a, b) => a - Math.floor(a / b) * b),
    POW: arith('^', power),
    IDIV: arith('//', floorDivide),
    BAND: bits('&'),
    BOR: bits('|'),
    BXOR: bits('~'),
    SHL: bits('<<'),
    SHR: bits('>>'),
    UNM: unm,
    BNOT: bnot,
    CAT: concat,
    LEN: length,
  };
}
