/** Expressions that give one value. */
import type { BinaryExpr, Expr, LocalExpr, LogicExpr, NumberExpr, ParenExpr, StringExpr, UnaryExpr } from '../ast.js';
import { isMulti, unwrap } from '../ast.js';
import { typeOf } from '../infer.js';
import { emitArith, emitBitwise, emitConcat, emitMinus } from './arithmetic.js';
import { emitCall, emitFirstOfCall } from './call.js';
import { emitComparison } from './comparison.js';
import { type FunctionContext, literal, varRef } from './context.js';
import { emitFunction } from './function.js';
import { emitIndex, globalText, initially } from './index-access.js';
import { numberText, operand, releaseOperand } from './operand.js';
import { emitTable } from './table-constructor.js';

type Emit = (cx: FunctionContext, e: never) => string;

/**
 * Called by a key that varies, none of these is inlined into its callers: they are many, and V8 would spend more time on
 * optimising the copies than they save.
 */
const EMIT: Readonly<Record<Expr['kind'], Emit>> = {
  Nil: () => '(void 0)',
  True: () => 'true',
  False: () => 'false',
  Number: (_cx, e: NumberExpr) => numberText(e.value),
  String: (_cx, e: StringExpr) => literal(e.value),
  Vararg: () => 'va[0]',
  Local: (_cx, e: LocalExpr) => varRef(e.v),
  Global: globalText,
  Function: emitFunction,
  Index: emitIndex,
  Call: emitFirstOfCall,
  Method: emitFirstOfCall,
  Paren: (cx, e: ParenExpr) => emitExpr(cx, e.e),
  Table: emitTable,
  Unary: emitUnary,
  Binary: emitBinary,
  Logic: emitLogic,
};

/** JavaScript for the single value of `e`. */
export function emitExpr(cx: FunctionContext, e: Expr): string {
  return EMIT[e.kind](cx, e as never);
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
      return cx.slow(`${cx.mark(e.line, e.a)}${cx.op('BNOT')}(${a})`);
    }
    default:
      return emitLength(cx, e);
  }
}

function emitLength(cx: FunctionContext, e: UnaryExpr): string {
  const a = operand(cx, e.a, emitRaw);
  const type = typeOf(e.a);
  const slow = cx.slow(`${cx.mark(e.line, e.a)}${cx.op('LEN')}(${a.ref})`);
  releaseOperand(cx, a);
  if (type === 'table') return `(${a.init}.arr.length-1)`;
  if (type === 'string') return `${a.init}.length`;
  if (cx.brief) return initially(a, slow);
  cx.scratch('h');
  return `((h=${a.init})!==void 0&&(h=h.arr)!==void 0?h.length-1:${slow})`;
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
  const a = operand(cx, e.a, emitExpr);
  if (a.temp !== undefined) cx.release(a.temp);
  // The temporary is read before the right side can overwrite it, or not at all.
  const b = emitExpr(cx, e.b);
  const falsy = `${a.init}===void 0||${a.ref}===false`;
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
  const a = operand(cx, inner, emitExpr);
  releaseOperand(cx, a);
  return `(${a.init}!==void 0&&${a.ref}!==false)`;
}

/** A list of single values, all but the last; the last may be several. */
export function splitLast(exprs: readonly Expr[]): { fixed: readonly Expr[]; last: Expr | undefined } {
  const last = exprs[exprs.length - 1];
  return isMulti(last) ? { fixed: exprs.slice(0, -1), last } : { fixed: exprs, last: undefined };
}
