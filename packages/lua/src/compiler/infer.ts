/**
 * Static types of locals: a local has a type when everything ever stored into it has that type. Found as the greatest
 * fixed point, so that `i = i + 1` keeps a number a number.
 */
import type { ChunkNode, Expr, FunctionNode, LocalVar, Stat, StaticType } from './ast.js';

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
  const vars: LocalVar[] = [];
  for (const fn of chunk.functions) collectVars(fn.body.stats, vars);
  for (const v of vars) {
    v.type = firstGuess(v);
    if (v.sources.length === 1 && v.sources[0]?.kind === 'Function') v.fn = v.sources[0];
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const v of vars) {
      if (v.type === 'any') continue;
      if (v.sources.some((s) => s === undefined || typeOf(s) !== v.type)) {
        v.type = 'any';
        changed = true;
      }
    }
  }
  for (const fn of chunk.functions) fn.single = returnsOne(fn);
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

function collectVars(stats: readonly Stat[], out: LocalVar[]): void {
  for (const s of stats) {
    switch (s.kind) {
      case 'Local':
        out.push(...s.vars);
        break;
      case 'LocalFunction':
        out.push(s.v);
        break;
      case 'NumericFor':
        out.push(s.v);
        s.v.atLeastOne = !s.v.reassigned && isAtLeastOne(s.start) && (s.step === undefined || isAtLeastOne(s.step));
        break;
      default:
        break;
    }
    for (const body of blocksOf(s)) collectVars(body, out);
  }
}

function blocksOf(s: Stat): (readonly Stat[])[] {
  switch (s.kind) {
    case 'If': {
      const list: (readonly Stat[])[] = s.arms.map((a) => a.body.stats);
      if (s.orelse !== undefined) list.push(s.orelse.stats);
      return list;
    }
    case 'Do':
    case 'While':
    case 'Repeat':
    case 'NumericFor':
    case 'GenericFor':
      return [s.body.stats];
    default:
      return [];
  }
}

/** Whether every way out of `fn` returns one value that is no call, so that the result is never an array. */
function returnsOne(fn: FunctionNode): boolean {
  return endsInReturn(fn.body.stats) && allSingle(fn.body.stats);
}

function endsInReturn(stats: readonly Stat[]): boolean {
  const last = stats[stats.length - 1];
  if (last?.kind === 'Return') return true;
  if (last?.kind === 'Do') return endsInReturn(last.body.stats);
  return last?.kind === 'If' && last.orelse !== undefined && blocksOf(last).every(endsInReturn);
}

function allSingle(stats: readonly Stat[]): boolean {
  return stats.every((s) => {
    if (s.kind === 'Return') {
      const e = s.exprs[0];
      return s.exprs.length === 1 && e !== undefined && e.kind !== 'Call' && e.kind !== 'Method' && e.kind !== 'Vararg';
    }
    return blocksOf(s).every(allSingle);
  });
}
