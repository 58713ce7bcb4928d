/** Generic `for`, with traversals of plain tables (`pairs`, `ipairs`, `next`) run without calls. */
import type { CallExpr, Expr, GenericForStat, LocalExpr, LocalVar } from '../ast.js';
import { isMulti } from '../ast.js';
import { emitBlockBody, LOOP_CHECK } from './block.js';
import { arrayOf, emitCall, suspendableCall } from './call.js';
import { type FunctionContext, optProp } from './context.js';
import { emitExpr } from './expression.js';
import { withBreak } from './loops.js';
import { declareAll } from './variables.js';

/** What messages about arguments call the iterator. */
const ITERATOR = "for '(for generator)'";

interface LoopNames {
  /** Iterator function, state, control variable, and the fast traversal. */
  readonly f: string;
  readonly s: string;
  readonly c: string;
  readonly it: string;
}

export function emitGenericFor(cx: FunctionContext, s: GenericForStat): string {
  const base = s.vars[0]!.js;
  const names: LoopNames = { f: `${base}f`, s: `${base}s`, c: `${base}c`, it: `${base}t` };
  cx.vars.push(names.f, names.s, names.c);
  const fast = traversal(s.exprs);
  if (fast !== undefined) cx.vars.push(names.it);
  const head = fast === undefined ? evaluate(cx, s.exprs, names) : fastHead(cx, s, names, fast);
  const callable = `if(typeof ${names.f}!=='function')${names.f}=${cx.op('CA')}(${names.f});`;
  const prepare = fast === undefined ? callable : `if(${names.it}===void 0){${callable}}`;
  return (
    head +
    prepare +
    withBreak(cx, () => {
      const next = declareAll(cx, s.vars, (targets) => step(cx, s, names, targets, fast));
      return `for(;;){${LOOP_CHECK}${next}${emitBlockBody(cx, s.body)}}`;
    })
  );
}

type Traversal = 'pairs' | 'ipairs' | 'next';

/** The traversal a loop over `exprs` is, going by the names it uses; whether they still mean that is tested at run time. */
function traversal(exprs: readonly Expr[]): Traversal | undefined {
  const [e] = exprs;
  if (exprs.length === 1 && e?.kind === 'Call' && e.callee.kind === 'Global' && e.args.length === 1) {
    const { name } = e.callee;
    if ((name === 'pairs' || name === 'ipairs') && !isMulti(e.args[0])) return name;
  }
  return exprs.length >= 2 && describesNext(e) ? 'next' : undefined;
}

function describesNext(e: Expr | undefined): boolean {
  return (e?.kind === 'Global' && e.name === 'next') || (e?.kind === 'Local' && e.v.name === 'next');
}

function fastHead(cx: FunctionContext, s: GenericForStat, n: LoopNames, kind: Traversal): string {
  if (kind === 'next') {
    return `${evaluate(cx, s.exprs, n)}${n.it}=${n.f}===R.next&&${n.c}===void 0&&${n.s} instanceof T?new PI(${n.s}):void 0;`;
  }
  const call = s.exprs[0] as CallExpr;
  const iterator = kind === 'pairs' ? 'PI' : 'II';
  const is = `${cx.env}.hash${optProp(kind)}===R.${kind}`;
  const value = emitExpr(cx, call.args[0]!);
  // The argument is evaluated once; the general way then calls with its value.
  const general: CallExpr = { ...call, args: [rawVar(n.s, cx).read] };
  return `${n.it}=void 0;${n.s}=${value};if(${n.s} instanceof T&&${is})${n.it}=new ${iterator}(${n.s});else{${evaluate(cx, [general], n)}}`;
}

/** A pseudo local whose JavaScript name is `name`. */
function rawVar(name: string, cx: FunctionContext): LocalVar {
  const read: { kind: 'Local'; v: LocalVar | undefined } = { kind: 'Local', v: undefined };
  const v: LocalVar = {
    name,
    js: name,
    owner: cx.fn,
    captured: false,
    reassigned: false,
    inLoop: false,
    stores: 0,
    first: undefined,
    others: undefined,
    loop: undefined,
    read: read as LocalExpr,
    type: 'any',
    atLeastOne: false,
    fn: undefined,
  };
  read.v = v;
  return v;
}

/** Evaluates the expression list into iterator, state and control variable. */
function evaluate(cx: FunctionContext, exprs: readonly Expr[], n: LoopNames): string {
  const targets = [n.f, n.s, n.c];
  let text = '';
  exprs.forEach((e, i) => {
    const t = targets[i];
    if (i === exprs.length - 1 && isMulti(e) && i < 2) {
      const call = e.kind === 'Vararg' ? '' : emitCall(cx, e as CallExpr);
      const r = cx.temp();
      const rest = targets.slice(i).map((name, k) => `${name}=${r}[${k}];`);
      text += `${r}=${arrayOf(cx, e, call)};${rest.join('')}`;
      cx.release(r);
    } else {
      text += t === undefined ? `void ${emitExpr(cx, e)};` : `${t}=${emitExpr(cx, e)};`;
    }
  });
  const last = exprs[exprs.length - 1];
  if (!isMulti(last)) for (const t of targets.slice(exprs.length)) text += `${t}=void 0;`;
  return text;
}

/** Advances the loop: sets the variables or leaves the loop. */
function step(
  cx: FunctionContext,
  s: GenericForStat,
  n: LoopNames,
  targets: string[],
  fast: Traversal | undefined,
): string {
  const general = callStep(cx, s, n, targets);
  if (fast === undefined) return general;
  const [k, v] = targets;
  const extra = targets.slice(2).map((t) => `${t}=void 0;`);
  const take = `${k}=${n.it}.k;${v === undefined ? '' : `${v}=${n.it}.v;`}${extra.join('')}`;
  return `if(${n.it}!==void 0){if(!${n.it}.step())break;${take}}else{${general}}`;
}

function callStep(cx: FunctionContext, s: GenericForStat, n: LoopNames, targets: string[]): string {
  const r = cx.temp();
  cx.release(r);
  const mark = cx.mark(s.line, ITERATOR, 'call');
  const args = `${n.s},${n.c}`;
  if (cx.gen) cx.scratch('q');
  const call = cx.gen ? suspendableCall('yield*')(n.f, args, mark) : `${mark}${n.f}(${args})`;
  const many = targets.map((t, i) => `${t}=${r}[${i}];`).join('');
  const one = targets.map((t, i) => `${t}=${i === 0 ? r : 'void 0'};`).join('');
  const list = arrayOf(cx, { kind: 'Nil' }, r);
  return `if((${r}=${call}) instanceof Array){${r}=${list};${many}}else{${one}}if((${n.c}=${targets[0]})===void 0)break;`;
}
