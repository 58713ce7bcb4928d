/** Arithmetic and concatenation: bare where types are known, else guarded by `typeof` with a call as the slow path. */
import { numberToString } from '../../lib/number-text.js';
import type { BinaryExpr, Expr, UnaryExpr } from '../ast.js';
import { typeOf } from '../infer.js';
import { type FunctionContext, isBoxed, literal } from './context.js';
import { emitExpr, emitRaw } from './expression.js';
import { numberText, type Operand, operand, releaseOperand } from './operand.js';

const SLOW: Record<string, string> = {
  '+': 'ADD',
  '-': 'SUB',
  '*': 'MUL',
  '/': 'DIV',
  '%': 'MOD',
  '^': 'POW',
  '//': 'IDIV',
  '&': 'BAND',
  '|': 'BOR',
  '~': 'BXOR',
  '<<': 'SHL',
  '>>': 'SHR',
};

/** Two operands evaluated in Lua's order, with the text that evaluates both before anything else if that is needed. */
export interface OperandPair {
  readonly pre: string;
  readonly a: Operand;
  readonly b: Operand;
}

/**
 * Evaluates two operands. `first` names the one whose `init` must come first in the text that uses them; the other's
 * `init` is then equal to its `ref` or follows in order.
 */
export function operandPair(
  cx: FunctionContext,
  ea: Expr,
  eb: Expr,
  make: (cx: FunctionContext, e: Expr) => Operand = rawOperand,
): OperandPair {
  if (isLateRead(cx, ea)) {
    // A boxed local of this function is read when the operation runs, after the right operand was evaluated.
    const b = make(cx, eb);
    const a = make(cx, ea);
    return { pre: b.temp === undefined ? '' : `${b.init},`, a, b: { ...b, init: b.ref } };
  }
  const a = make(cx, ea);
  const b = make(cx, eb);
  if (a.temp !== undefined && b.temp !== undefined) return { pre: `${a.init},`, a: { ...a, init: a.ref }, b };
  return { pre: '', a, b };
}

function rawOperand(cx: FunctionContext, e: Expr): Operand {
  return operand(cx, e, emitRaw);
}

function isLateRead(cx: FunctionContext, e: Expr): boolean {
  return e.kind === 'Local' && isBoxed(e.v) && e.v.owner === cx.fn;
}

export function releasePair(cx: FunctionContext, p: OperandPair): void {
  releaseOperand(cx, p.a);
  releaseOperand(cx, p.b);
}

/**
 * `test` of both operands, the one with an effect first; an operand whose type is known is not tested.
 * Returns the condition, '' when nothing has to be tested.
 */
export function typeTest(p: OperandPair, type: string, aKnown: boolean, bKnown: boolean): string {
  if (aKnown) return bKnown ? '' : `typeof ${p.b.init}==='${type}'`;
  const a = `typeof ${p.a.init}==='${type}'`;
  if (bKnown) return a;
  // The right operand holds the evaluation that is still to do, unless only the left one is a temporary.
  const b = `typeof ${p.b.init}==='${type}'`;
  return p.b.init !== p.b.ref ? `${b}&&${a}` : `${a}&&${b}`;
}

export function emitArith(cx: FunctionContext, e: BinaryExpr): string {
  const aNum = typeOf(e.a) === 'number';
  const bNum = typeOf(e.b) === 'number';
  if (aNum && bNum && isPlain(e)) return `(${emitExpr(cx, e.a)}${e.op}${emitExpr(cx, e.b)})`;
  const p = operandPair(cx, e.a, e.b);
  releasePair(cx, p);
  const a = p.a.ref;
  const b = p.b.ref;
  const test = typeTest(p, 'number', aNum, bNum);
  // What was not evaluated by the test is evaluated in front of it.
  const pre = p.pre + restInit(p.a, aNum) + restInit(p.b, bNum);
  const fast = e.op === '//' ? `${cx.mark(e.line)}NIDIV(${a},${b})` : fastArith(e, a, b);
  if (test === '') return `(${pre}${fast})`;
  const slow = cx.slow(`${cx.mark(e.line, e.a, e.b)}${cx.op(SLOW[e.op]!)}(${a},${b})`);
  if (cx.brief) return generally(p, slow);
  return `(${pre}${test}?${fast}:${slow})`;
}

/** `text`, the general way to do an operation, after its operands were evaluated. */
export function generally(p: OperandPair, text: string): string {
  const pre = p.pre + restInit(p.a, true) + restInit(p.b, true);
  return pre === '' ? text : `(${pre}${text})`;
}

function restInit(o: Operand, known: boolean): string {
  return known && o.init !== o.ref ? `${o.init},` : '';
}

/** Operators that JavaScript has as well, with the same meaning for numbers. */
function isPlain(e: BinaryExpr): boolean {
  return e.op === '+' || e.op === '-' || e.op === '*' || e.op === '/';
}

function fastArith(e: BinaryExpr, a: string, b: string): string {
  switch (e.op) {
    case '%':
      return modText(e.b, a, b);
    case '^':
      if (e.b.kind === 'Number' && e.b.value === 2) return `${a}*${a}`;
      return `NPOW(${a},${b})`;
    default:
      return `${a}${e.op}${b}`;
  }
}

/** `a - floor(a/b)*b`, and the integer remainder where `b` is a small positive constant and `a` fits. */
function modText(eb: Expr, a: string, b: string): string {
  const general = `${a}-Math.floor(${a}/${b})*${b}`;
  if (eb.kind !== 'Number' || !Number.isInteger(eb.value) || eb.value <= 0 || eb.value > 0x7fffffff) return general;
  return `((${a}|0)===${a}&&${a}>=0?(${a}|0)%${numberText(eb.value)}:${general})`;
}

export function emitMinus(cx: FunctionContext, e: UnaryExpr): string {
  if (typeOf(e.a) === 'number') return `(-${emitExpr(cx, e.a)})`;
  const a = operand(cx, e.a, emitRaw);
  releaseOperand(cx, a);
  const slow = cx.slow(`${cx.mark(e.line, e.a)}${cx.op('UNM')}(${a.ref})`);
  return `(typeof ${a.init}==='number'?-${a.ref}:${slow})`;
}

export function emitBitwise(cx: FunctionContext, e: BinaryExpr): string {
  const a = emitExpr(cx, e.a);
  const ta = cx.temp();
  const b = emitExpr(cx, e.b);
  cx.release(ta);
  return `(${ta}=${a},${cx.slow(`${cx.mark(e.line, e.a, e.b)}${cx.op(SLOW[e.op]!)}(${ta},${b})`)})`;
}

/** Concatenation, right associative. What is known to be text or a number needs no test. */
export function emitConcat(cx: FunctionContext, e: BinaryExpr): string {
  const aStr = isText(e.a);
  const bStr = isText(e.b);
  if (aStr && bStr) return `(${textOf(cx, e.a)}+${textOf(cx, e.b)})`;
  const p = operandPair(cx, e.a, e.b, textOperand);
  releasePair(cx, p);
  const test = typeTest(p, 'string', aStr, bStr);
  const pre = p.pre + restInit(p.a, aStr) + restInit(p.b, bStr);
  const slow = cx.slow(
    `${cx.mark(e.line, e.a, e.b)}${cx.op('CAT')}(${slowOperand(e.a, p.a)},${slowOperand(e.b, p.b)})`,
  );
  if (cx.brief) return generally(p, slow);
  return `(${pre}${test}?${p.a.ref}+${p.b.ref}:${slow})`;
}

/** A constant number goes to `__concat` as a number, not as the text it is written with. */
function slowOperand(e: Expr, o: Operand): string {
  return e.kind === 'Number' ? numberText(e.value) : o.ref;
}

function isText(e: Expr): boolean {
  const t = typeOf(e);
  return t === 'string' || t === 'number';
}

function textOf(cx: FunctionContext, e: Expr): string {
  if (e.kind === 'Number') return literal(numberToString(e.value));
  return typeOf(e) === 'number' ? `NS(${emitExpr(cx, e)})` : emitExpr(cx, e);
}

function textOperand(cx: FunctionContext, e: Expr): Operand {
  if (e.kind === 'Number') {
    const text = textOf(cx, e);
    return { init: text, ref: text, temp: undefined };
  }
  if (typeOf(e) !== 'number') return operand(cx, e, emitRaw);
  const text = textOf(cx, e);
  const temp = cx.temp();
  return { init: `(${temp}=${text})`, ref: temp, temp };
}
