/** Declarations of locals and distribution of several results. */
import type { Expr, LocalVar } from '../ast.js';
import { type AnyCall, arrayOf, emitCall } from './call.js';
import { type FunctionContext, isBoxed, isScoped } from './context.js';

/** Statement that declares `v` with `value`. */
export function declare(cx: FunctionContext, v: LocalVar, value: string): string {
  const name = v.js;
  const init = isBoxed(v) ? `new B(${value})` : value;
  if (isScoped(v) && !cx.isHoisted(v)) return `const ${name}=${init};`;
  if (!isScoped(v)) cx.vars.push(name);
  return `${name}=${init};`;
}

/**
 * Declares variables that one statement sets: `fill` gets the text of their assignable names. Boxes are created around
 * the values afterwards.
 */
export function declareAll(
  cx: FunctionContext,
  vars: readonly LocalVar[],
  fill: (targets: string[]) => string,
): string {
  const names = vars.map((v) => v.js);
  const scoped: string[] = [];
  for (const v of vars) {
    if (isScoped(v) && !cx.isHoisted(v)) scoped.push(v.js);
    else if (!isScoped(v)) cx.vars.push(v.js);
  }
  const head = scoped.length === 0 ? '' : `let ${scoped.join()};`;
  const boxes = vars.filter(isBoxed).map((v) => `${v.js}=new B(${v.js});`);
  return head + fill(names) + boxes.join('');
}

/** Statement that sets `targets` to the results of `e` (a call or `...`), nil where there are too few. */
export function spreadInto(cx: FunctionContext, e: Expr, targets: readonly string[]): string {
  if (e.kind === 'Vararg') return targets.map((t, i) => `${t}=va[${i}];`).join('');
  const r = cx.temp();
  const text = emitCall(cx, e as AnyCall);
  cx.release(r);
  const many = targets.map((t, i) => `${t}=${r}[${i}];`).join('');
  const one = targets.map((t, i) => `${t}=${i === 0 ? r : 'void 0'};`).join('');
  return `if((${r}=${text}) instanceof Array){${r}=${arrayOf(cx, e, r)};${many}}else{${one}}`;
}
