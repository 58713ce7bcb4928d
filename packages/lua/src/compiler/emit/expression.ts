/** Expressions that give one value. */
import type { BinaryExpr, Expr, LogicExpr, UnaryExpr } from '../ast.js';
import { isMulti } from '../ast.js';
import { unwrap } from '../expression-parser.js';
import { typeOf } from '../infer.js';
import { emitArith, emitBitwise, emitConcat, emitMinus } from './arithmetic.js';
import { emitCall, firstOf } from './call.js';
import { emitComparison } from './comparison.js';
import { type FunctionContext, varRef } from './context.js';
import { emitFunction } from './function.js';
import { emitIndex, globalText } from './index-access.js';
import { operand, releaseOperand, stableText } from './operand.js';
import { emitTable } from './table-constructor.js';

/** JavaScript for the single value of `e`. */
export function emitExpr(cx: FunctionContext, e: Expr): string {
  const stable = stableText(e);
  if (stable !== undefined) return stable;
  switch (e.kind) {
    case 'Vararg':
      return 'va[0]';
    case 'Local':
      return varRef(e.v);
    case 'Global':
      return globalText(cx, e);
    case 'Function':
      return emitFunction(cx, e);
    case 'Index':
      return emitIndex(cx, e);
    case 'Call':
    case 'Method':
      return firstOf(cx, e, emitCall(cx, e));
    case 'Paren':
      return emitExpr(cx, e.e);
    case 'Table':
      return emitTable(cx, e);
    case 'Unary':
      return emitUnary(cx, e);
    case 'Binary':
      return emitBinary(cx, e);
    case 'Logic':
      return emitLogic(cx, e);
    default:
      throw new Error(`Cannot emit ${e.kind}`);
  }
}

/** Like {@link emitExpr}, but a call may give its results unresolved: for operations whose slow path accepts that. */
export function emitRaw(cx: FunctionContext, e: Expr): string {
  const inner = unwrap(e);
  if (inner.kind === 'Call' || inner.kind === 'Method') return cx.gen ? emitExpr(cx, inner) : emitCall(cx, inner);
  return emitExpr(cx, inner);
}

function emitUnary(cx: FunctionContext, e: UnaryExpr): string {
  switch (e.op) {
    case 'not':
      return `!${emitCondition(cx, e.a)}`;
    case '-':
      return emitMinus(cx, e);
    case '~': {
      const a = emitExpr(cx, e.a);
      return cx.slow(`${cx.mark(e.line, cx.describe(e.a))}${cx.op('BNOT')}(${a})`);
    }
    default:
      return emitLength(cx, e);
  }
}

function emitLength(cx: FunctionContext, e: UnaryExpr): string {
  const a = operand(cx, e.a, () => emitRaw(cx, e.a));
  const type = typeOf(e.a);
  const slow = cx.slow(`${cx.mark(e.line, cx.describe(e.a))}${cx.op('LEN')}(${a.ref})`);
  releaseOperand(cx, a);
  if (type === 'table') return `(${a.init}.arr.length-1)`;
  if (type === 'string') return `${a.init}.length`;
  const h = cx.scratch('h');
  return `((${h}=${a.init})!==undefined&&(${h}=${h}.arr)!==undefined?${h}.length-1:${slow})`;
}

function emitBinary(cx: FunctionContext, e: BinaryExpr): string {
  switch (e.op) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
    case '//':
      return emitArith(cx, e);
    case '&':
    case '|':
    case '~':
    case '<<':
    case '>>':
      return emitBitwise(cx, e);
    case '..':
      return emitConcat(cx, e);
    default:
      return emitComparison(cx, e);
  }
}

function emitLogic(cx: FunctionContext, e: LogicExpr): string {
  const type = typeOf(e.a);
  if (type !== 'any' && type !== 'boolean') {
    const a = emitExpr(cx, e.a);
    return e.op === 'or' ? a : `(${a},${emitExpr(cx, e.b)})`;
  }
  if (type === 'boolean') {
    const a = emitCondition(cx, e.a);
    const b = emitExpr(cx, e.b);
    return e.op === 'and' ? `(${a}?${b}:false)` : `(${a}?true:${b})`;
  }
  const a = operand(cx, e.a, () => emitExpr(cx, e.a));
  if (a.temp !== undefined) cx.release(a.temp);
  // The temporary is read before the right side can overwrite it, or not at all.
  const b = emitExpr(cx, e.b);
  const falsy = `${a.init}===undefined||${a.ref}===false`;
  return e.op === 'and' ? `(${falsy}?${a.ref}:${b})` : `(${falsy}?${b}:${a.ref})`;
}

/** JavaScript condition, a boolean, for the truth of `e`. */
export function emitCondition(cx: FunctionContext, e: Expr): string {
  const inner = unwrap(e);
  switch (inner.kind) {
    case 'Nil':
    case 'False':
      return 'false';
    case 'True':
    case 'Number':
    case 'String':
    case 'Function':
      return inner.kind === 'Function' ? `(${emitExpr(cx, inner)},true)` : 'true';
    case 'Logic':
      return `(${emitCondition(cx, inner.a)}${inner.op === 'and' ? '&&' : '||'}${emitCondition(cx, inner.b)})`;
    case 'Unary':
      if (inner.op === 'not') return `!${emitCondition(cx, inner.a)}`;
      break;
    case 'Binary':
      if (typeOf(inner) === 'boolean') return emitComparison(cx, inner);
      break;
    default:
      break;
  }
  const type = typeOf(inner);
  if (type === 'boolean') return emitExpr(cx, inner);
  if (type !== 'any') return `(${emitExpr(cx, inner)},true)`;
  const a = operand(cx, inner, () => emitExpr(cx, inner));
  releaseOperand(cx, a);
  return `(${a.init}!==undefined&&${a.ref}!==false)`;
}

/** A list of single values, all but the last; the last may be several. */
export function splitLast(exprs: readonly Expr[]): { fixed: readonly Expr[]; last: Expr | undefined } {
  const last = exprs[exprs.length - 1];
  return isMulti(last) ? { fixed: exprs.slice(0, -1), last } : { fixed: exprs, last: undefined };
}
