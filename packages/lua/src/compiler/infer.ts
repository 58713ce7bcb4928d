/**
 * Static types of locals: a local has a type when everything ever stored into it has that type. Found as the greatest
 * fixed point, so that `i = i + 1` keeps a number a number.
 */
import type { ChunkNode, Expr, LocalVar, NumericForStat, Stat, StaticType } from './ast.js';

/**
 * The type of the first value of `e` as far as it is known without running it. The frequent cases come first, and all are in
 * one function, too large for V8 to inline: its many callers would get a copy each.
 */
export function typeOf(e: Expr): StaticType {
  switch (e.kind) {
    case 'Local':
      return e.v.type;
    case 'Number':
      return 'number';
    case 'Index':
    case 'Call':
    case 'Global':
    case 'Method':
    case 'Nil':
    case 'Vararg':
      return 'any';
    case 'String':
      return 'string';
    case 'Binary':
      switch (e.op) {
        case '+':
        case '-':
        case '*':
        case '/':
        case '%':
        case '^':
        case '//':
          return typeOf(e.a) === 'number' && typeOf(e.b) === 'number' ? 'number' : 'any';
        case '..':
          return isText(typeOf(e.a)) && isText(typeOf(e.b)) ? 'string' : 'any';
        case '&':
        case '|':
        case '~':
        case '<<':
        case '>>':
          return 'any';
        default:
          return 'boolean';
      }
    case 'Table':
      return 'table';
    case 'Function':
      return 'function';
    case 'True':
    case 'False':
      return 'boolean';
    case 'Paren':
      return typeOf(e.e);
    case 'Unary':
      if (e.op === 'not') return 'boolean';
      if (e.op === '#') return lengthType(e.a);
      return e.op === '-' && typeOf(e.a) === 'number' ? 'number' : 'any';
    case 'Logic': {
      // The left side decides only when it is false or nil, which these types never are (for `and`), or true (`or`).
      const a = typeOf(e.a);
      const b = typeOf(e.b);
      if (a === 'any' || a === 'boolean') return a === b ? a : 'any';
      return e.op === 'and' ? b : a;
    }
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

/** That of a userdata is whatever its `__len` returns. */
function lengthType(e: Expr): StaticType {
  const type = typeOf(e);
  return type === 'table' || type === 'string' ? 'number' : 'any';
}

function isLength(e: Expr): boolean {
  return e.kind === 'Unary' && e.op === '#' && typeOf(e) === 'number';
}

/** Sets `type` and `fn` of every local. */
export function inferTypes(chunk: ChunkNode): void {
  let open: LocalVar[] = [];
  for (const v of chunk.vars) {
    const { loop, first } = v;
    if (loop !== undefined) v.atLeastOne = !v.reassigned && countsFromOne(loop);
    if (v.stores === 1) {
      if (first === undefined) continue;
      if (isLiteral(first)) {
        v.type = typeOf(first);
        if (first.kind === 'Function') v.fn = first;
        continue;
      }
    }
    v.type = firstGuess(v);
    if (v.type !== 'any') open.push(v);
  }
  while (open.length > 0) {
    const kept = open.filter(holds);
    if (kept.length === open.length) break;
    open = kept;
  }
}

function countsFromOne(loop: NumericForStat): boolean {
  return isAtLeastOne(loop.start) && (loop.step === undefined || isAtLeastOne(loop.step));
}

/** Whether all that is stored into `v` has its type; if not, it has none. */
function holds(v: LocalVar): boolean {
  const { type, first, others } = v;
  let all = hasType(first, type);
  if (others !== undefined) for (let i = 0; all && i < others.length; i++) all = hasType(others[i], type);
  if (!all) v.type = 'any';
  return all;
}

function hasType(e: Expr | undefined, type: StaticType): boolean {
  return e !== undefined && typeOf(e) === type;
}

function isLiteral(e: Expr): boolean {
  return e.kind === 'Number' || e.kind === 'String' || e.kind === 'Function' || e.kind === 'Table';
}

function firstGuess(v: LocalVar): StaticType {
  const guess = guessFrom(v.first);
  if (guess !== undefined) return guess;
  if (v.others !== undefined) {
    for (const e of v.others) {
      const other = guessFrom(e);
      if (other !== undefined) return other;
    }
  }
  // Only arithmetic on other locals, if anything: numbers are the one guess worth trying.
  return v.stores > 0 ? 'number' : 'any';
}

/** What the type of `e` says about a variable it is stored into, undefined when that is nothing. */
function guessFrom(e: Expr | undefined): StaticType | undefined {
  if (e === undefined) return 'any';
  const type = e.kind === 'Local' ? 'any' : typeOf(e);
  return type === 'any' ? undefined : type;
}

/** Whether what follows `stats` is never reached because they return. */
export function endsInReturn(stats: readonly Stat[]): boolean {
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
