/** Function expressions and whole functions. */
import type { FunctionNode, LocalVar } from '../ast.js';
import { emitBlockBody } from './block.js';
import { FunctionContext, isBoxed } from './context.js';
import { FIRST_CALLS, TICK_CREDIT } from './credit.js';

/** A closure of `fn`, created in the function of `cx`; `self` is the variable it becomes the value of, if it is one. */
export function emitFunction(cx: FunctionContext, fn: FunctionNode, self?: LocalVar): string {
  const inner = new FunctionContext(cx.chunk.plain, fn);
  const text = fn.late === undefined ? flat(functionText(inner)) : stubText(cx, inner);
  // Each closure has its own environment variable: setfenv changes one function, not its siblings.
  if (fn.usesEnv && fn.inCondition) return `((${fn.env})=>${text})(${cx.env})`;
  const described = isKnownEarly(cx, inner, self) ? `K.known(${text},${fn.id},${answerText(fn)})` : text;
  return fn.usesEnv ? `(${fn.env}=${cx.env},${described})` : described;
}

/**
 * Whether a closure is described where it is created: in what runs once, the top level of a script that may wait. All it
 * captures must have its value by then.
 */
function isKnownEarly(cx: FunctionContext, { fn, changesEnv }: FunctionContext, self: LocalVar | undefined): boolean {
  if (!cx.gen || cx.fn.parent !== undefined || fn.inLoop || fn.inCondition || changesEnv) return false;
  return self === undefined || isBoxed(self) || !fn.upvalues.includes(self);
}

/**
 * A function that is compiled when it is first called: passes its calls on. Once there is code, that knows the environment.
 * What it captures has its value by then.
 */
function stubText(cx: FunctionContext, inner: FunctionContext): string {
  const { fn } = inner;
  const code = `I${fn.id}`;
  cx.vars.push(code);
  const params = paramText(fn);
  const { env, upvalues } = fn;
  // Marked as a tail call: it is no level of the stack.
  const mark = inner.mark(fn.line, undefined, 'tail');
  const make = `K.create(${fn.id},${fn.usesEnv ? env : 'void 0'},[${listText(upvalues)}])`;
  return `function${mark}(${params}){if(F.want&&${code}===void 0)return K.info(${fn.id},${answerText(fn)});return(${code}??=${make})(${params})}`;
}

/** What a closure says about itself after its number: environment, how to change it, captured variables. */
function answerText(fn: FunctionNode): string {
  const env = fn.usesEnv || fn.parent === undefined ? `${fn.env},(x)=>{${fn.env}=x}` : 'void 0,void 0';
  return `${env},[${listText(fn.upvalues)}]`;
}

/**
 * `text` as one string: concatenation keeps its pieces, and the collector would copy them until the whole chunk is done. The
 * conversion is what puts them together; no text is a number.
 */
function flat(text: string): string {
  return Number.isNaN(Number(text)) ? text : '';
}

/** Variables for the environments of closures created in `closures`. */
export function envDeclaration(cx: FunctionContext, closures: readonly FunctionNode[]): string {
  let names = '';
  for (let i = 0; i < closures.length; i++) {
    const fn = closures[i]!;
    if (!fn.usesEnv || fn.inCondition) continue;
    if (fn.inLoop) names += names === '' ? fn.env : `,${fn.env}`;
    else cx.vars.push(fn.env);
  }
  return names === '' ? '' : `let ${names};`;
}

/** The JavaScript function for `cx.fn`, plain or generator. */
export function functionText(cx: FunctionContext): string {
  const { fn } = cx;
  const params = paramText(fn);
  let boxes = '';
  for (let i = 0; i < fn.params.length; i++) {
    const v = fn.params[i]!;
    if (isBoxed(v)) boxes += `${v.js}=new B(${v.js});`;
  }
  const body = emitBlockBody(cx, fn.body);
  const entry = entryText(cx);
  const credit = fn.hasLoop ? `var c=${TICK_CREDIT};` : '';
  const end = fn.body.stats[fn.body.stats.length - 1]?.kind === 'Return' ? '' : 'return N;';
  const vars = cx.vars.length === 0 ? '' : `var ${cx.vars.join()};`;
  const text = `{${entry}${credit}${boxes}${body}${end}${vars}}`;
  // Running out of stack is reported at the head of the function.
  const mark = cx.mark(fn.line);
  if (cx.gen) return `function*${mark}(${params === '' ? 'Q' : `Q,${params}`})${text}`;
  // Not arrows: V8 parses those in full with the function around them, these it skims. In parentheses it compiles one at
  // once, and does not parse twice what it would leave for later.
  const whole = `function${mark}(${params})${text}`;
  return fn.parent === undefined ? `(${whole})` : whole;
}

function paramText(fn: FunctionNode): string {
  const params = listText(fn.params);
  if (!fn.vararg) return params;
  return params === '' ? '...va' : `${params},...va`;
}

function listText(vars: readonly LocalVar[]): string {
  let text = '';
  for (let i = 0; i < vars.length; i++) text += i === 0 ? vars[0]!.js : `,${vars[i]!.js}`;
  return text;
}

/** The first version of a function makes the second one, and passes calls on to it. Marked as a tail call: no level of the stack. */
function replaceText(cx: FunctionContext): string {
  const { fn } = cx;
  const params = paramText(fn);
  const call = `yield*K.second(Q)(Q${params === '' ? '' : `,${params}`})`;
  return `if(--${cx.chunk.callCount(fn.id, FIRST_CALLS)}<0)${cx.mark(fn.line, undefined, 'tail')}return ${call};${cx.mark(fn.line)}`;
}

/**
 * The check every call makes: it counts fuel, and is the door through which the engine asks a function for its prototype,
 * environment and captured variables (nothing is stored per closure for that).
 */
function entryText(cx: FunctionContext): string {
  const { fn } = cx;
  if (cx.gen) {
    const captured = fn.upvalues.map((v, i) => `,${v.js}=Q.upvalues[${i}]`);
    const entry = `var ${cx.env}=Q.env${captured.join('')};if(--F.f<0)F.trap();`;
    return cx.first ? entry + replaceText(cx) : entry;
  }
  const answer = `return K.info(${fn.id},${answerText(fn)}${cx.changesEnv ? ',true' : ''});`;
  // What neither loops nor calls ends soon by itself.
  if (!fn.hasLoop && !fn.hasCall) return `if(F.want)${answer}`;
  // `${TR}` calls the trap through a string conversion: V8 compiles that without feedback, so the first trap of a hot
  // function does not throw its optimised code away.
  return `if(--F.f<0&&\`\${TR}\`)${answer}`;
}
