/**
 * Static types of locals: a local has a type when everything ever stored into it has that type. Found as the greatest
 * fixed point, so that `i = i + 1` keeps a number a number.
 */
import type { ChunkNode, Expr, LocalVar, NumericForStat, Stat, StaticType } from './ast.js';

/** The type of the first value of `e` as far as it is known without running it. */
export function typeOf(e: Expr): StaticType {
  switch (e.kind) {
    case 'Number':
      return 'number';
    case 'String':
      return 'string';
    case 'True':
    case 'False':
      return 'boolean';
    case 'Function':
      return 'function';
    case 'Table':
      return 'table';
    case 'Local':
      return e.v.type;
    case 'Paren':
      return typeOf(e.e);
    case 'Unary':
      if (e.op === 'not') return 'boolean';
      if (e.op === '#') return 'number';
      return e.op === '-' && typeOf(e.a) === 'number' ? 'number' : 'any';
    case 'Binary':
      return binaryType(e.op, e.a, e.b);
    case 'Logic': {
      // The left side decides only when it is false or nil, which these types never are (for `and`), or true (`or`).
      const a = typeOf(e.a);
      const b = typeOf(e.b);
      if (a === 'any' || a === 'boolean') return a === b ? a : 'any';
      return e.op === 'and' ? b : a;
    }
    default:
      return 'any';
  }
}

function binaryType(op: string, a: Expr, b: Expr): StaticType {
  switch (op) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return typeOf(a) === 'number' && typeOf(b) === 'number' ? 'number' : 'any';
    case '//':
      return typeOf(a) === 'number' && typeOf(b) === 'number' ? 'number' : 'any';
    case '..':
      return isText(typeOf(a)) && isText(typeOf(b)) ? 'string' : 'any';
    case '&':
    case '|':
    case '~':
    case '<<':
    case '>>':
      return 'any';
    default:
      return 'boolean';
  }
}

function isText(t: StaticType): boolean {
  return t === 'string' || t === 'number';
}

/** Whether `e` is certainly a number of 1 or more. */
export function isAtLeastOne(e: Expr): boolean {
  switch (e.kind) {
    case 'Number':
      return e.value >= 1;
    case 'Local':
      return e.v.atLeastOne;
    case 'Paren':
      return isAtLeastOne(e.e);
    case 'Binary':
      if (e.op === '+') {
        return isAtLeastOne(e.a) ? isAtLeastOne(e.b) || isLength(e.b) : isLength(e.a) && isAtLeastOne(e.b);
      }
      return e.op === '*' && isAtLeastOne(e.a) && isAtLeastOne(e.b);
    default:
      return false;
  }
}

function isLength(e: Expr): boolean {
  return e.kind === 'Unary' && e.op === '#';
}

/** Sets `type`, `fn` of every local and `single` of every function. */
export function inferTypes(chunk: ChunkNode): void {
  let open: LocalVar[] = [];
  for (const v of chunk.vars) {
    const { sources, loop } = v;
    if (loop !== undefined) v.atLeastOne = !v.reassigned && countsFromOne(loop);
    v.type = firstGuess(v);
    if (v.type !== 'any') open.push(v);
    if (sources.length === 1 && sources[0]?.kind === 'Function') v.fn = sources[0];
  }
  for (let changed = true; changed; ) {
    changed = false;
    const kept: LocalVar[] = [];
    for (const v of open) {
      if (holds(v)) {
        // A literal stays what it is.
        if (v.sources.length > 1 || !isLiteral(v.sources[0]!)) kept.push(v);
      } else {
        v.type = 'any';
        changed = true;
      }
    }
    open = kept;
  }
  for (const fn of chunk.functions) fn.single = !fn.multiReturn && endsInReturn(fn.body.stats);
}

function countsFromOne(loop: NumericForStat): boolean {
  return isAtLeastOne(loop.start) && (loop.step === undefined || isAtLeastOne(loop.step));
}

/** Whether all that is stored into `v` has its type. */
function holds(v: LocalVar): boolean {
  const { sources, type } = v;
  for (let i = 0; i < sources.length; i++) {
    const s = sources[i];
    if (s === undefined || typeOf(s) !== type) return false;
  }
  return true;
}

function isLiteral(e: Expr): boolean {
  return e.kind === 'Number' || e.kind === 'String' || e.kind === 'Function' || e.kind === 'Table';
}

function firstGuess(v: LocalVar): StaticType {
  for (const s of v.sources) {
    if (s === undefined) return 'any';
    const t = s.kind === 'Local' ? 'any' : typeOf(s);
    if (t !== 'any') return t;
  }
  // Only arithmetic on other locals, if anything: numbers are the one guess worth trying.
  return v.sources.length > 0 ? 'number' : 'any';
}

function endsInReturn(stats: readonly Stat[]): boolean {
  const last = stats[stats.length - 1];
  if (last?.kind === 'Return') return true;
  if (last?.kind === 'Do') return endsInReturn(last.body.stats);
  return (
    last?.kind === 'If' &&
    last.orelse !== undefined &&
    endsInReturn(last.orelse.stats) &&
    last.arms.every((a) => endsInReturn(a.body.stats))
  );
}
