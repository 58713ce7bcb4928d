/** `while`, `repeat` and numeric `for`. */
import type { Expr, NumericForStat, RepeatStat, WhileStat } from '../ast.js';
import { typeOf } from '../infer.js';
import { CHARGE, emitBlockBody, LOOP_CHECK } from './block.js';
import { type FunctionContext, isBoxed, isScoped } from './context.js';
import { emitCondition, emitExpr } from './expression.js';
import { numberText } from './operand.js';
import { declare } from './variables.js';

/** Passes below which a loop with constant bounds and a plain body is not worth charging. */
const FREE_PASSES = 64;

/** Puts a label on a loop when a `break` inside used it. */
export function withBreak(cx: FunctionContext, loop: (label: string) => string): string {
  const target = { label: cx.newLabel(), used: false };
  cx.breaks.push(target);
  const text = loop(target.label);
  cx.breaks.pop();
  return target.used ? `${target.label}:${text}` : text;
}

/**
 * An innermost loop that charges fuel: it runs inside a second one and leaves it only when the credit is used up. The
 * call that charges is outside the inner loop, so that V8 can keep numbers in registers there.
 */
function chargedLoop(
  cx: FunctionContext,
  label: string,
  init: string,
  leave: string,
  body: string,
  advance: string,
  line: number,
): string {
  cx.breaks[cx.breaks.length - 1]!.used = true;
  const step = advance === '' ? 'c--' : `c--,${advance}`;
  return `for(${init};;){for(;c>0;${step}){if(${leave})break ${label};${body}}${cx.mark(line)}${CHARGE}}`;
}

export function emitWhile(cx: FunctionContext, s: WhileStat): string {
  return withBreak(cx, (label) => {
    const cond = emitCondition(cx, s.cond);
    const body = emitBlockBody(cx, s.body);
    if (s.body.hasLoop) return `while(${cond}){${cx.mark(s.line)}${LOOP_CHECK}${body}}`;
    return chargedLoop(cx, label, '', `!${cond}`, body, '', s.line);
  });
}

export function emitRepeat(cx: FunctionContext, s: RepeatStat): string {
  return withBreak(cx, (label) => {
    const body = emitBlockBody(cx, s.body);
    const cond = emitCondition(cx, s.cond);
    if (s.body.hasLoop) return `for(;;){${cx.mark(s.line)}${LOOP_CHECK}${body}if(${cond})break;}`;
    cx.breaks[cx.breaks.length - 1]!.used = true;
    return `for(;;){for(;c>0;c--){${body}if(${cond})break ${label};}${cx.mark(s.line)}${CHARGE}}`;
  });
}

export function emitNumericFor(cx: FunctionContext, s: NumericForStat): string {
  const { v } = s;
  const head: string[] = [];
  const start = boundText(cx, s.start, `${v.js}s`, 1, s.line, head, true);
  const limit = boundText(cx, s.limit, `${v.js}l`, 2, s.line, head, false);
  const step = s.step === undefined ? '1' : boundText(cx, s.step, `${v.js}t`, 3, s.line, head, false);
  // The script's variable is a copy where it can be changed or outlives the pass.
  const copied = v.reassigned || isScoped(v) || isBoxed(v);
  const counter = copied ? `${v.js}i` : v.js;
  cx.vars.push(counter);
  const declaration = copied ? declare(cx, v, counter) : '';
  const stepValue = s.step === undefined ? 1 : s.step.kind === 'Number' ? s.step.value : undefined;
  const advance = stepValue === 1 ? `${counter}++` : `${counter}+=${step}`;
  const test =
    stepValue === undefined
      ? `(${step}>=0?${counter}<=${limit}:${counter}>=${limit})`
      : `${counter}${stepValue >= 0 ? '<=' : '>='}${limit}`;
  const init = `${counter}=${start}`;
  const loop = withBreak(cx, (label) => {
    const body = declaration + emitBlockBody(cx, s.body);
    if (isShort(s)) return `for(${init};${test};${advance}){${body}}`;
    if (s.body.hasLoop) return `for(${init};${test};${advance}){${cx.mark(s.line)}${LOOP_CHECK}${body}}`;
    return chargedLoop(cx, label, init, `!(${test})`, body, advance, s.line);
  });
  return head.join('') + loop;
}

/**
 * Text of a loop bound that is certainly a number. What is not constant is evaluated once, in front of the loop; a start
 * value that needs nothing in front may stay where it is used.
 */
function boundText(
  cx: FunctionContext,
  e: Expr,
  name: string,
  which: number,
  line: number,
  head: string[],
  inPlace: boolean,
): string {
  if (e.kind === 'Number') return numberText(e.value);
  const known = typeOf(e) === 'number';
  if (known && inPlace && e.kind === 'Local') return emitExpr(cx, e);
  cx.vars.push(name);
  head.push(`${name}=${emitExpr(cx, e)};`);
  if (!known) head.push(`if(typeof ${name}!=='number')${name}=${cx.mark(line)}FOR(${name},${which});`);
  return name;
}

function isShort(s: NumericForStat): boolean {
  if (s.start.kind !== 'Number' || s.limit.kind !== 'Number') return false;
  if (s.step !== undefined && s.step.kind !== 'Number') return false;
  const step = s.step?.value ?? 1;
  return (s.limit.value - s.start.value) / step <= FREE_PASSES && step !== 0 && !s.body.hasLoop;
}
