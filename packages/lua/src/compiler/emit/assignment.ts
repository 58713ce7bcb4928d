/** Assignments to locals, globals and fields. */
import type { AssignStat, Expr, LocalVar } from '../ast.js';
import { isMulti } from '../ast.js';
import { isAtLeastOne, typeOf } from '../infer.js';
import type { AnyCall } from './call.js';
import { type FunctionContext, varRef } from './context.js';
import { emitExpr } from './expression.js';
import { stableText } from './operand.js';
import { spreadInto } from './variables.js';

/** A place to store into, with object and key evaluated. */
type Target =
  | { readonly kind: 'local'; readonly v: LocalVar }
  | {
      readonly kind: 'field';
      readonly object: string;
      readonly key: string;
      readonly isTable: boolean;
      readonly name: Expr | undefined;
    }
  | {
      readonly kind: 'element';
      readonly object: string;
      readonly key: string;
      readonly keyExpr: Expr;
      readonly isTable: boolean;
      readonly name: Expr | undefined;
    };

const NONE: ReadonlySet<LocalVar> = new Set();

export function emitAssign(cx: FunctionContext, s: AssignStat): string {
  const [target] = s.targets;
  const [value] = s.exprs;
  if (s.targets.length === 1 && s.exprs.length === 1) return emitSingle(cx, target!, value!, s.line);
  return emitMultiple(cx, s);
}

function emitSingle(cx: FunctionContext, target: Expr, value: Expr, line: number): string {
  if (target.kind === 'Local') return `${varRef(target.v)}=${emitExpr(cx, value)};`;
  const temps = new Temps(cx);
  const t = prepare(cx, target, temps, NONE);
  const stable = stableText(value);
  const text = stable ?? temps.keep(emitExpr(cx, value));
  const code = temps.text() + store(cx, t, text, canBeNil(value), line);
  temps.release();
  return code;
}

function canBeNil(e: Expr): boolean {
  return typeOf(e) === 'any';
}

/** `a, b = b, a`: all values first, then the stores from the last to the first, as LuaJIT does. */
function emitMultiple(cx: FunctionContext, s: AssignStat): string {
  const temps = new Temps(cx);
  const assigned = new Set<LocalVar>();
  for (const t of s.targets) if (t.kind === 'Local') assigned.add(t.v);
  const targets: Target[] = [];
  for (const t of s.targets) targets.push(prepare(cx, t, temps, assigned));
  const last = s.exprs[s.exprs.length - 1]!;
  const spread = isMulti(last) && s.exprs.length < targets.length;
  const single = spread ? s.exprs.length - 1 : s.exprs.length;
  const values: string[] = [];
  for (let i = 0; i < single; i++) {
    const e = s.exprs[i]!;
    const constant = e.kind !== 'Local' ? stableText(e) : undefined;
    values.push(constant ?? temps.keep(emitExpr(cx, e)));
  }
  let tail = '';
  if (spread) {
    const names = targets.slice(single).map(() => temps.reserve());
    tail = spreadInto(cx, last as AnyCall, names);
    values.push(...names);
  }
  let text = temps.text() + tail;
  for (let i = targets.length - 1; i >= 0; i--) {
    const e = s.exprs[i];
    text += store(cx, targets[i]!, values[i] ?? 'void 0', e === undefined || canBeNil(e), s.line);
  }
  temps.release();
  return text;
}

/** Evaluates object and key of a target. Locals that the statement itself assigns are copied. */
function prepare(cx: FunctionContext, e: Expr, temps: Temps, assigned: ReadonlySet<LocalVar>): Target {
  if (e.kind === 'Local') return { kind: 'local', v: e.v };
  if (e.kind === 'Global') return { kind: 'field', object: cx.env, key: e.name, isTable: true, name: undefined };
  if (e.kind !== 'Index') throw new Error(`Cannot assign to ${e.kind}`);
  const held = hold(cx, e.object, temps, assigned);
  // `.` may follow.
  const object = held.charCodeAt(0) < 58 ? `(${held})` : held;
  const isTable = typeOf(e.object) === 'table';
  if (e.key.kind === 'String') return { kind: 'field', object, key: e.key.value, isTable, name: e.object };
  return { kind: 'element', object, key: hold(cx, e.key, temps, assigned), keyExpr: e.key, isTable, name: e.object };
}

function hold(cx: FunctionContext, e: Expr, temps: Temps, assigned: ReadonlySet<LocalVar>): string {
  const stable = e.kind === 'Local' && assigned.has(e.v) ? undefined : stableText(e);
  return stable ?? temps.keep(emitExpr(cx, e));
}

function store(cx: FunctionContext, t: Target, value: string, nilable: boolean, line: number): string {
  if (t.kind === 'local') return `${varRef(t.v)}=${value};`;
  cx.scratch('h');
  const defined = t.isTable ? '' : `${t.object}!==void 0&&`;
  if (t.kind === 'field') {
    const slow = `${cx.mark(line, t.name)}${cx.chunk.setter(t.key)}(${t.object},${value})`;
    if (cx.brief) return effect(cx, slow);
    return `if(${defined}(h=${t.object}.hash)!==void 0&&${t.object}.mt===void 0)h${cx.chunk.field(t.key).prop}=${value};else ${effect(cx, slow)}`;
  }
  const slow = effect(cx, `${cx.mark(line, t.name)}${cx.op('SX')}(${t.object},${t.key},${value})`);
  const type = typeOf(t.keyExpr);
  if (cx.brief || (type !== 'any' && type !== 'number')) return slow;
  const { key } = t;
  const isNumber = type === 'number' ? '' : `typeof ${key}==='number'&&`;
  const positive = isAtLeastOne(t.keyExpr) ? '' : `${key}>0&&`;
  const isValue = nilable ? `&&${value}!==void 0` : '';
  // An element that is there, or the next one. (At powers of two the slow way looks whether the array is worth it.)
  return `if(${isNumber}${positive}${defined}(h=${t.object}.arr)!==void 0&&(${key}<h.length?h[${key}]!==void 0:${key}===h.length&&(${key}&${key}-1)!==0&&${t.object}.ext===void 0&&${t.object}.mt===void 0)${isValue})h[${key}]=${value};else ${slow}`;
}

/** A store's slow path as a statement. */
function effect(cx: FunctionContext, text: string): string {
  if (!cx.gen) return `${text};`;
  cx.scratch('q');
  return `if(${text}===P&&(q=PR())instanceof SU)yield q;`;
}

/** Temporaries of one statement, evaluated in order. */
class Temps {
  private readonly cx: FunctionContext;
  private readonly names: string[] = [];
  private inits = '';

  constructor(cx: FunctionContext) {
    this.cx = cx;
  }

  /** Evaluates `text` into a temporary that lasts until {@link release}. */
  keep(text: string): string {
    const name = this.reserve();
    this.inits += `${name}=${text};`;
    return name;
  }

  reserve(): string {
    const name = this.cx.temp();
    this.names.push(name);
    return name;
  }

  text(): string {
    return this.inits;
  }

  release(): void {
    for (let i = 0; i < this.names.length; i++) this.cx.release(this.names[i]!);
  }
}
