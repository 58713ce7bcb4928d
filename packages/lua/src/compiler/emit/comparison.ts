/** Comparisons: JavaScript booleans. */
import type { BinaryExpr, CompareOp, Expr } from '../ast.js';
import { typeOf } from '../infer.js';
import { generally, operandPair, releasePair, typeTest } from './arithmetic.js';
import type { FunctionContext } from './context.js';
import { emitExpr } from './expression.js';
import { type Operand, operand } from './operand.js';

export function emitComparison(cx: FunctionContext, e: BinaryExpr): string {
  const op = e.op as CompareOp;
  if (op === '==' || op === '~=') return emitEquality(cx, e, op === '~=');
  return emitOrder(cx, e, op);
}

/** Types of which two values are equal exactly when they are identical. */
function isIdentityType(e: Expr): boolean {
  if (e.kind === 'Nil') return true;
  const t = typeOf(e);
  return t === 'number' || t === 'string' || t === 'boolean' || t === 'function';
}

function emitEquality(cx: FunctionContext, e: BinaryExpr, negate: boolean): string {
  if (isIdentityType(e.a) || isIdentityType(e.b)) {
    return `(${emitExpr(cx, e.a)}${negate ? '!==' : '==='}${emitExpr(cx, e.b)})`;
  }
  const a = operand(cx, e.a, emitExpr);
  const b = operand(cx, e.b, emitExpr);
  if (a.temp !== undefined) cx.release(a.temp);
  if (b.temp !== undefined) cx.release(b.temp);
  const slow = cx.slow(`${cx.mark(e.line)}${cx.op('EQ')}(${a.ref},${b.ref})`);
  const same = `(${a.init}===${b.init}||typeof ${a.ref}==='object'&&${slow})`;
  return negate ? `!${same}` : same;
}

function emitOrder(cx: FunctionContext, e: BinaryExpr, op: CompareOp): string {
  const aNum = typeOf(e.a) === 'number';
  const bNum = typeOf(e.b) === 'number';
  if (aNum && bNum) return `(${emitExpr(cx, e.a)}${op}${emitExpr(cx, e.b)})`;
  const p = operandPair(cx, e.a, e.b);
  releasePair(cx, p);
  const a = p.a.ref;
  const b = p.b.ref;
  const test = typeTest(p, 'number', aNum, bNum);
  const pre = p.pre + rest(p.a, aNum) + rest(p.b, bNum);
  // a > b is b < a, as in LuaJIT: it decides which operand an error names first.
  const name = cx.op(op === '<' || op === '>' ? 'LT' : 'LE');
  const args = op === '<' || op === '<=' ? `${a},${b}` : `${b},${a}`;
  const slow = cx.slow(`${cx.mark(e.line)}${name}(${args})`);
  if (cx.brief) return generally(p, slow);
  return `(${pre}${test}?${a}${op}${b}:${slow})`;
}

function rest(o: Operand, known: boolean): string {
  return known && o.init !== o.ref ? `${o.init},` : '';
}
