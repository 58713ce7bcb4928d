/** Calls: callee, arguments, results. */
import type { CallExpr, Expr, MethodExpr } from '../ast.js';
import { typeOf } from '../infer.js';
import { assertForm } from './assert-call.js';
import { bitForm, isBitCall } from './bit-call.js';
import type { FunctionContext } from './context.js';
import { earlyReturn } from './early-return.js';
import { emitExpr, emitRaw, splitLast } from './expression.js';
import { fieldCallTest, fieldSlow, fieldTest, globalCallTest, globalSlow, initially } from './index-access.js';
import { type Operand, objectOperand, operand, releaseOperand, stableText } from './operand.js';
import { emitSpecialCall } from './special-call.js';

export type AnyCall = CallExpr | MethodExpr;

/** Text of the first result of a call whose raw text is `text`. */
function firstOf(cx: FunctionContext, e: AnyCall, text: string): string {
  if (returnsOne(e)) return text;
  cx.scratch('v');
  if (isLeft(cx)) return `((v=${text}) instanceof Array?v[0]:v)`;
  if (cx.gen) return `((v=${text}) instanceof Array?v instanceof TC?FI((v=RG(v))instanceof SU?yield v:v):v[0]:v)`;
  return `((v=${text}) instanceof Array?FI(v):v)`;
}

/** Text of all results as an array. */
export function arrayOf(cx: FunctionContext, e: Expr, text: string): string {
  if (e.kind === 'Vararg') return 'va';
  if (!cx.gen || cx.brief) return `AL(${text})`;
  cx.scratch('v');
  return `AL((v=RG(${text}))instanceof SU?yield v:v)`;
}

function returnsOne(e: AnyCall): boolean {
  return e.kind === 'Call' && e.callee.kind === 'Local' && e.callee.v.fn?.single === true;
}

/** A call whose results come raw: a value, an array, or a pending tail call (not where calls are brief). */
export function emitCall(cx: FunctionContext, e: AnyCall): string {
  return emitSpecialCall(cx, e) ?? emitForm(cx, e, cx.gen ? generatorForm(cx, e) : plainCall);
}

/** The first result of a call. */
export function emitFirstOfCall(cx: FunctionContext, e: AnyCall): string {
  const special = emitSpecialCall(cx, e);
  if (special === undefined && isLeft(cx)) return emitForm(cx, e, briefFirst);
  if (special === undefined && e.kind === 'Call' && isBitCall(cx, e, calleeName(e))) return emitBitCall(cx, e);
  return firstOf(cx, e, special ?? emitForm(cx, e, cx.gen ? generatorForm(cx, e) : plainCall));
}

/** A call that may be a bit operation, which gives one number: only of a call there may be more. */
function emitBitCall(cx: FunctionContext, e: CallExpr): string {
  const base = cx.gen ? generatorForm(cx, e) : plainCall;
  const text: CallForm = (fn, args, mark) => firstOf(cx, e, base.text(fn, args, mark));
  return emitForm(cx, e, { ...base, text });
}

/** The call of `return f(x)`: from time to time it is left to the caller to run, so that the stack does not grow. */
export function emitTailCall(cx: FunctionContext, e: AnyCall): string {
  return emitSpecialCall(cx, e, 'tail') ?? emitForm(cx, e, isLeft(cx) ? briefTail : cx.gen ? genTail : plainTail);
}

/** Whether calls are left to the runtime. */
function isLeft(cx: FunctionContext): boolean {
  return cx.gen && cx.brief;
}

function generatorForm(cx: FunctionContext, e: AnyCall): Form {
  if (cx.brief) return briefCall;
  if (maybeRecursive(cx, e)) return recursiveForm(cx, e);
  return isDirect(e) ? genDirect : genCall;
}

function emitForm(cx: FunctionContext, e: AnyCall, form: Form): string {
  if (e.kind !== 'Call') return emitCallWith(cx, e, form);
  const name = calleeName(e);
  return emitCallWith(cx, e, name === 'assert' ? assertForm(cx, e, name, form) : bitForm(cx, e, name, form));
}

/** Builds the call text from a callable, its argument list (each stable when `stable`) and the mark of the call. */
type CallForm = (fn: string, args: string, mark: string) => string;

/** Forms that mention callee and arguments more than once need them in variables. */
export interface Form {
  readonly repeat: boolean;
  readonly tail: boolean;
  /** It makes a function of what is called by itself. */
  readonly callsAny?: boolean;
  readonly text: CallForm;
}

const plainCall: Form = {
  repeat: false,
  tail: false,
  // V8 gives the position of a call as that of a callee's name, or else of the argument list.
  text: (fn, args, mark) => (mark !== '' && /^[\w$]+$/.test(fn) ? `${mark}${fn}(${args})` : `${fn}${mark}(${args})`),
};
const plainTail: Form = {
  repeat: true,
  tail: true,
  text: (fn, args, mark) => `(--F.t<0?${mark}TL(${fn},[${args}]):${mark}${fn}(${args}))`,
};
const genCall: Form = { repeat: true, tail: false, text: suspendableCall('yield*') };
/** For calls of compiled functions. */
const genDirect: Form = { repeat: true, tail: false, text: directCall('yield*') };
/** For calls that may be recursive: the scheduler runs the callee, see its `drive`. */
const genRecursive: Form = { repeat: true, tail: false, text: suspendableCall('yield') };
const genTail: Form = {
  repeat: true,
  tail: true,
  text: (fn, args, mark) => `(--F.t<0?${mark}TL(${fn},[${args}]):${genCall.text(fn, args, mark)})`,
};

const briefCall: Form = { repeat: false, tail: false, callsAny: true, text: startedCall('CG') };
const briefFirst: Form = { repeat: false, tail: false, callsAny: true, text: startedCall('CF') };
/** Left to the caller each time. */
const briefTail: Form = { repeat: false, tail: true, text: (fn, args, mark) => `${mark}TL(${fn},[${args}])` };

/** A call in generator code that is run by the runtime. */
function startedCall(start: string): CallForm {
  // Marked twice: what is called may raise in either place, and the arguments between them have marks of their own.
  return (fn, args, mark) => `((q=${mark}${start}(${listed(fn, args)}))===P?${mark}yield*PS():q)`;
}

/** A call in generator code: of a JavaScript function, of coroutine.yield, or of a generator version. */
export function suspendableCall(delegate: 'yield*' | 'yield'): CallForm {
  return (fn, args, mark) => {
    const yielded =
      args === '' ? 'N' : args.includes('...') ? `ML([${args}])` : args.includes(',') ? `[${args}]` : args;
    return `((q=${fn}.g$)===0?${mark}${fn}(${args}):q===1?yield ${yielded}:${delegate}(q===void 0?q=GN(${fn}):q,q.run${mark}(q${args === '' ? '' : `,${args}`})))`;
  };
}

/** The same of what is certainly a compiled function. */
function directCall(delegate: 'yield*' | 'yield'): CallForm {
  return (fn, args, mark) => `(${mark}${delegate}(q=${fn}.g$??GN(${fn})).run${mark}(${listed('q', args)}))`;
}

/** {@link genRecursive} behind a test whether the call, if it is one of the running function, returns at once. */
function recursiveForm(cx: FunctionContext, e: AnyCall): Form {
  const count = e.args.length + (e.kind === 'Method' ? 1 : 0);
  const direct = isDirect(e);
  const text: CallForm = (fn, args, mark) => {
    const call = (direct ? directCall('yield') : genRecursive.text)(fn, args, mark);
    const operands = args === '' ? [] : args.split(',');
    const early = operands.length === count && !args.includes('...') ? earlyReturn(cx.fn, operands) : undefined;
    return early === undefined ? call : `(${fn}.g$===Q&&${early.test}?${early.value}:${call})`;
  };
  return { ...genRecursive, text };
}

/** Whether a call goes by the name of the function it stands in. */
function maybeRecursive(cx: FunctionContext, e: AnyCall): boolean {
  const { ownName } = cx.fn;
  return ownName !== undefined && calleeName(e) === ownName;
}

/** The name a call goes by. */
function calleeName(e: AnyCall): string | undefined {
  if (e.kind === 'Method') return e.name;
  const { callee } = e;
  if (callee.kind === 'Local') return callee.v.name;
  if (callee.kind === 'Global') return callee.name;
  return callee.kind === 'Index' && callee.key.kind === 'String' ? callee.key.value : undefined;
}

/** In generator code: what is called may need its generator version soon. */
function noteCall(cx: FunctionContext, e: AnyCall): void {
  cx.scratch('q');
  const name = calleeName(e);
  if (name !== undefined) cx.chunk.called.add(name);
}

function emitCallWith(cx: FunctionContext, e: AnyCall, form: Form): string {
  if (cx.gen) noteCall(cx, e);
  const mark = cx.markCall(e, form.tail ? 'tail' : 'call');
  const self = e.kind === 'Method' ? objectOperand(cx, e.object, emitExpr) : undefined;
  const callee = e.kind === 'Method' ? methodText(cx, e, self!, form) : calleeText(cx, e.callee, form);
  const { fixed, last } = splitLast(e.args);
  const lastIsCall = last !== undefined && last.kind !== 'Vararg';
  // Everything that has to stay put while later arguments are evaluated goes into temporaries.
  const hold = form.repeat || lastIsCall;
  const kept = new Kept(cx);
  const fn = hold && !isDirect(e) ? kept.keep(callee) : callee;
  if (fn === callee && self !== undefined && self.temp !== undefined && hold) kept.first(self.init);
  let args = self === undefined ? '' : self.ref;
  for (let i = 0; i < fixed.length; i++) {
    const a = fixed[i]!;
    const stable = stableText(a);
    args = listed(args, stable ?? (hold ? kept.keep(emitExpr(cx, a)) : emitExpr(cx, a)));
  }
  let text: string;
  if (lastIsCall) text = withLastCall(cx, last as AnyCall, kept, (tail) => form.text(fn, listed(args, tail), mark));
  else text = form.text(fn, last === undefined ? args : listed(args, '...va'), mark);
  kept.release();
  if (self !== undefined) releaseOperand(cx, self);
  return kept.before(text);
}

function listed(list: string, item: string): string {
  if (item === '') return list;
  return list === '' ? item : `${list},${item}`;
}

/** What is evaluated in front of a call. */
class Kept {
  private readonly cx: FunctionContext;
  private readonly temps: string[] = [];
  private inits = '';

  constructor(cx: FunctionContext) {
    this.cx = cx;
  }

  /** Evaluates `text` into a temporary that lasts until {@link release}. */
  keep(text: string): string {
    const t = this.cx.temp();
    this.temps.push(t);
    this.first(`${t}=${text}`);
    return t;
  }

  /** Evaluates `text`. */
  first(text: string): void {
    this.inits = listed(this.inits, text);
  }

  release(): void {
    for (let i = 0; i < this.temps.length; i++) this.cx.release(this.temps[i]!);
  }

  /** `text` after all that was kept. */
  before(text: string): string {
    return this.inits === '' ? text : `(${this.inits},${text})`;
  }
}

/** The last argument is a call: one result is passed as it is, several are spread. */
function withLastCall(cx: FunctionContext, last: AnyCall, kept: Kept, build: (tail: string) => string): string {
  const r = kept.keep(emitCall(cx, last));
  if (returnsOne(last)) return build(r);
  return `(${r} instanceof Array?${build(`...${arrayOf(cx, last, r)}`)}:${build(r)})`;
}

/** The callee is a local that holds one known function: no test, no temporary. */
function isDirect(e: AnyCall): boolean {
  return e.kind === 'Call' && typeOf(e.callee) === 'function' && stableText(e.callee) !== undefined;
}

/** Text of a value that can be called. What cannot be called is replaced by a function that raises the error. */
function calleeText(cx: FunctionContext, callee: Expr, form: Form): string {
  if (typeOf(callee) === 'function') {
    const text = emitExpr(cx, callee);
    return stableText(callee) === undefined ? `(${text})` : text;
  }
  if (callee.kind === 'Global') {
    const slow = globalSlow(cx, callee);
    return cx.brief ? general(cx, form, slow) : callable(cx, globalCallTest(cx, callee.name), slow);
  }
  if (callee.kind === 'Index' && callee.key.kind === 'String') {
    const key = callee.key.value;
    const o = operand(cx, callee.object, emitRaw);
    releaseOperand(cx, o);
    const slow = fieldSlow(cx, cx.mark(callee.line, callee.object), o.ref, key);
    if (cx.brief) return initially(o, general(cx, form, slow));
    return callable(cx, fieldCallTest(cx, o.init, typeOf(callee.object) === 'table', key), slow);
  }
  if (form.callsAny === true) return emitExpr(cx, callee);
  const f = operand(cx, callee, emitRaw);
  releaseOperand(cx, f);
  return `(typeof ${f.init}==='function'?${f.ref}:${cx.op('CA')}(${f.ref}))`;
}

/** The function `test` left in the scratch variable, else what the general way makes of `slow`. */
function callable(cx: FunctionContext, test: string, slow: string): string {
  return `(${test}?h:${cx.op('CA')}(${slow}))`;
}

/** What can be called of the value of `text`. */
function general(cx: FunctionContext, form: Form, text: string): string {
  return form.callsAny === true ? text : `${cx.op('CA')}(${text})`;
}

/** A method: own field, then the field of the metatable's `__index`, then the general way. */
function methodText(cx: FunctionContext, e: MethodExpr, self: Operand, form: Form): string {
  const { init, ref } = self;
  const slow = fieldSlow(cx, cx.mark(e.line, e.object), ref, e.name);
  if (cx.brief) return initially(self, general(cx, form, slow));
  const own = fieldTest(cx, init, typeOf(e.object) === 'table', e.name);
  const inherited = `${ref}!==void 0&&(h=${ref}.mt)!==void 0&&(h=h.hash)!==void 0&&(h=h.__index${cx.chunk.field(e.name).test}`;
  return callable(cx, `(${own}||${inherited})&&typeof h==='function'`, slow);
}

/** Statement that runs a call and drops its results. */
export function runText(cx: FunctionContext, e: AnyCall, text: string): string {
  if (returnsOne(e) || isLeft(cx)) return `${text};`;
  cx.scratch('v');
  return cx.gen
    ? `if((v=${text}) instanceof TC&&(v=RG(v))instanceof SU)yield v;`
    : `if((v=${text}) instanceof TC)AL(v);`;
}
