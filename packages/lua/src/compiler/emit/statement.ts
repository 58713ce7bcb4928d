/** Statements. */
import type { Block, CallStat, GotoStat, IfStat, LocalFunctionStat, LocalStat, ReturnStat, Stat } from '../ast.js';
import { isMulti } from '../ast.js';
import { emitAssign } from './assignment.js';
import { emitBlock, emitBlockBody, jumpKey } from './block.js';
import { type AnyCall, arrayOf, emitCall, emitTailCall, runText } from './call.js';
import { type FunctionContext, isBoxed, isScoped } from './context.js';
import { emitCondition, emitExpr, splitLast } from './expression.js';
import { emitFunction } from './function.js';
import { emitGenericFor } from './generic-for.js';
import { emitNumericFor, emitRepeat, emitWhile } from './loops.js';
import { declare, declareAll, spreadInto } from './variables.js';

type Emit = (cx: FunctionContext, s: never) => string;

/** Called by a key that varies, like the functions of expressions. */
const EMIT: Readonly<Record<Stat['kind'], Emit>> = {
  Local: emitLocal,
  LocalFunction: emitLocalFunction,
  Assign: emitAssign,
  CallStat: (cx, s: CallStat) => runText(cx, s.call, emitCall(cx, s.call)),
  Do: (cx, s: { body: Block }) => emitBlock(cx, s.body),
  While: emitWhile,
  Repeat: emitRepeat,
  If: emitIf,
  NumericFor: emitNumericFor,
  GenericFor: emitGenericFor,
  Return: emitReturn,
  Break: emitBreak,
  Goto: emitGoto,
  Label: () => '',
};

export function emitStat(cx: FunctionContext, s: Stat): string {
  return EMIT[s.kind](cx, s as never);
}

function emitBreak(cx: FunctionContext): string {
  const target = cx.breaks[cx.breaks.length - 1]!;
  target.used = true;
  return `break ${target.label};`;
}

function emitGoto(cx: FunctionContext, s: GotoStat): string {
  const label = s.target!;
  return cx.jump(jumpKey(label, label.order < s.order));
}

function emitIf(cx: FunctionContext, s: IfStat): string {
  const arms = s.arms.map((a) => `if(${emitCondition(cx, a.cond)})${emitBlock(cx, a.body)}`).join('else ');
  return s.orelse === undefined ? arms : `${arms}else{${emitBlockBody(cx, s.orelse)}}`;
}

function emitLocal(cx: FunctionContext, s: LocalStat): string {
  const { vars, exprs } = s;
  const last = exprs[exprs.length - 1];
  if (exprs.length < vars.length && isMulti(last)) return emitLocalSpread(cx, s, last as AnyCall);
  let text = '';
  // The new variables are not in scope yet, so each can be set as soon as its value is known.
  for (let i = 0; i < exprs.length; i++) {
    const v = vars[i];
    const value = emitExpr(cx, exprs[i]!);
    text += v === undefined ? `void ${value};` : declare(cx, v, value);
  }
  for (let i = exprs.length; i < vars.length; i++) text += declare(cx, vars[i]!, 'void 0');
  return text;
}

/** `local a, b, c = x, f()`. */
function emitLocalSpread(cx: FunctionContext, s: LocalStat, last: AnyCall): string {
  const fixed = s.exprs.slice(0, -1);
  const head = fixed.map((e, i) => declare(cx, s.vars[i]!, emitExpr(cx, e))).join('');
  const rest = s.vars.slice(fixed.length);
  return head + declareAll(cx, rest, (targets) => spreadInto(cx, last, targets));
}

function emitLocalFunction(cx: FunctionContext, s: LocalFunctionStat): string {
  const { v } = s;
  if (!isBoxed(v)) return declare(cx, v, emitFunction(cx, s.fn, v));
  const name = v.js;
  const create = isScoped(v) && !cx.isHoisted(v) ? `const ${name}=new B(void 0);` : `${name}=new B(void 0);`;
  if (!isScoped(v)) cx.vars.push(name);
  return `${create}${name}.v=${emitFunction(cx, s.fn)};`;
}

function emitReturn(cx: FunctionContext, s: ReturnStat): string {
  const { exprs } = s;
  const [only] = exprs;
  if (only === undefined) return 'return N;';
  if (exprs.length === 1) {
    if (only.kind === 'Vararg') return 'return va.length===1?va[0]:va;';
    if (only.kind === 'Call' || only.kind === 'Method') return `return ${emitTailCall(cx, only)};`;
    return `return ${emitExpr(cx, only)};`;
  }
  const { fixed, last } = splitLast(exprs);
  const items = fixed.map((e) => emitExpr(cx, e));
  if (last === undefined) return `return [${items.join()}];`;
  const tail = arrayOf(cx, last, last.kind === 'Vararg' ? '' : emitCall(cx, last as AnyCall));
  return `return ML([${items.join()},...${tail}]);`;
}
