/**
 * Recursive calls that return at once: `if node then ... end` and `if n == 0 then return 1 end`. In generator code a function
 * that calls itself looks first whether the call would be one of these: else it makes a generator only to end it.
 */
import type { BinaryExpr, Expr, FunctionNode, IfStat, Stat } from '../ast.js';
import { unwrap } from '../ast.js';
import { isBoxed, literal } from './context.js';
import { numberText } from './operand.js';

/** What stands for the parameters of the function. */
type Arguments = ReadonlyMap<string, string>;

/** Test that a call of `fn` with `operands` returns at once, and what it returns; undefined when it never does. */
export function earlyReturn(
  fn: FunctionNode,
  operands: readonly string[],
): { test: string; value: string } | undefined {
  const [head, ...rest] = fn.body.stats;
  if (fn.vararg || head?.kind !== 'If' || head.arms.length !== 1 || head.orelse !== undefined) return undefined;
  const args = new Map(fn.params.flatMap((v, i) => (isBoxed(v) ? [] : [[v.js, operands[i] ?? '(void 0)']])));
  const { cond, body } = (head as IfStat).arms[0]!;
  const value = constantResult(body.stats, args);
  if (value !== undefined) return withValue(isCertainly(true, cond, args), value);
  return rest.length === 0 ? withValue(isCertainly(false, cond, args), 'N') : undefined;
}

function withValue(test: string | undefined, value: string) {
  return test === undefined ? undefined : { test, value };
}

/** What a block returns that does nothing else. */
function constantResult(stats: readonly Stat[], args: Arguments): string | undefined {
  const [only] = stats;
  if (stats.length !== 1 || only?.kind !== 'Return' || only.exprs.length > 1) return undefined;
  const [e] = only.exprs;
  return e === undefined ? 'N' : textOf(e, args);
}

/** A constant or a parameter. */
function textOf(e: Expr, args: Arguments): string | undefined {
  switch (e.kind) {
    case 'Nil':
      return '(void 0)';
    case 'True':
    case 'False':
      return e.kind === 'True' ? 'true' : 'false';
    case 'Number':
      return numberText(e.value);
    case 'String':
      return literal(e.value);
    case 'Local':
      return args.get(e.v.js);
    default:
      return undefined;
  }
}

/** Test that `e` is true (or false) without anything having to be called, or raised, to find that out. */
function isCertainly(truth: boolean, cond: Expr, args: Arguments): string | undefined {
  const e = unwrap(cond);
  if (e.kind === 'Unary' && e.op === 'not') return isCertainly(!truth, e.a, args);
  if (e.kind === 'Binary') return isCertainComparison(truth, e, args);
  if (e.kind === 'Logic') {
    const decides = e.op === 'or';
    const a = isCertainly(truth, e.a, args);
    const b = isCertainly(truth, e.b, args);
    const other = isCertainly(!truth, e.a, args);
    if (a === undefined || b === undefined || other === undefined) return undefined;
    return truth === decides ? `(${a}||${other}&&${b})` : `(${a}&&${b})`;
  }
  const text = textOf(e, args);
  if (text === undefined) return undefined;
  return truth ? `(${text}!==void 0&&${text}!==false)` : `(${text}===void 0||${text}===false)`;
}

function isCertainComparison(truth: boolean, e: BinaryExpr, args: Arguments): string | undefined {
  const a = textOf(e.a, args);
  const b = textOf(e.b, args);
  if (a === undefined || b === undefined) return undefined;
  switch (e.op) {
    case '==':
    case '~=':
      if (e.a.kind === 'Local' && e.b.kind === 'Local') return undefined;
      return (e.op === '==') === truth ? `${a}===${b}` : `${a}!==${b}`;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `(typeof ${a}==='number'&&typeof ${b}==='number'&&${truth ? '' : '!'}(${a}${e.op}${b}))`;
    default:
      return undefined;
  }
}
