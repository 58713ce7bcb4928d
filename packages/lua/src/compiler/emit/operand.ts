/** Constants and variables that can be written twice in the text without being evaluated twice. */
import type { Expr, LocalExpr, NumberExpr, ParenExpr, StringExpr } from '../ast.js';
import { type FunctionContext, isBoxed, literal } from './context.js';

/** An operand of an operation: `init` evaluates it, `ref` repeats its value. */
export interface Operand {
  readonly init: string;
  readonly ref: string;
  readonly temp: string | undefined;
}

/** Text of `e` when repeating it is free of effects and cost, else undefined. */
export function stableText(e: Expr): string | undefined {
  return STABLE[e.kind]?.(e as never);
}

/** The kinds that may be stable. Called by a key that varies, like the functions of expressions. */
const STABLE: Partial<Record<Expr['kind'], (e: never) => string | undefined>> = {
  Nil: () => '(void 0)',
  True: () => 'true',
  False: () => 'false',
  Number: (e: NumberExpr) => numberText(e.value),
  String: (e: StringExpr) => literal(e.value),
  Local: (e: LocalExpr) => (isBoxed(e.v) ? undefined : e.v.js),
  Paren: (e: ParenExpr) => stableText(e.e),
};

export function numberText(n: number): string {
  if (n > 0) return String(n);
  if (n === 0) return Object.is(n, -0) ? '(-0)' : '0';
  return `(${n})`;
}

/** `e` as an operand; `evaluate` gives its text where it is not stable. */
export function operand(cx: FunctionContext, e: Expr, evaluate: (cx: FunctionContext, e: Expr) => string): Operand {
  const stable = stableText(e);
  if (stable !== undefined) return { init: stable, ref: stable, temp: undefined };
  const inner = evaluate(cx, e);
  const temp = cx.temp();
  return { init: `(${temp}=${inner})`, ref: temp, temp };
}

/** Like {@link operand} for what is indexed: `.` may follow the text. */
export function objectOperand(
  cx: FunctionContext,
  e: Expr,
  evaluate: (cx: FunctionContext, e: Expr) => string,
): Operand {
  const o = operand(cx, e, evaluate);
  return o.temp === undefined && o.ref.charCodeAt(0) < 58 ? { ...o, init: `(${o.init})`, ref: `(${o.ref})` } : o;
}

export function releaseOperand(cx: FunctionContext, o: Operand): void {
  if (o.temp !== undefined) cx.release(o.temp);
}
