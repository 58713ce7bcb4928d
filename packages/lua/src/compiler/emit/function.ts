/** Function expressions and whole functions. */
import type { FunctionNode } from '../ast.js';
import { emitBlockBody } from './block.js';
import { envName, FunctionContext, isBoxed, varName } from './context.js';
import { TICK_CREDIT } from './credit.js';

/** A closure of `fn`, created in the function of `cx`. */
export function emitFunction(cx: FunctionContext, fn: FunctionNode): string {
  const text = functionText(new FunctionContext(cx.chunk.plain, fn));
  if (!fn.usesEnv) return text;
  // Each closure has its own environment variable: setfenv changes one function, not its siblings.
  if (fn.inCondition) return `((${envName(fn)})=>${text})(${cx.env})`;
  return `(${envName(fn)}=${cx.env},${text})`;
}

/** Variables for the environments of closures created in `closures`. */
export function envDeclaration(cx: FunctionContext, closures: readonly FunctionNode[]): string {
  const names: string[] = [];
  for (const fn of closures) {
    if (!fn.usesEnv || fn.inCondition) continue;
    if (fn.inLoop) names.push(envName(fn));
    else cx.vars.push(envName(fn));
  }
  return names.length === 0 ? '' : `let ${names.join()};`;
}

/** The JavaScript function for `cx.fn`, plain or generator. */
export function functionText(cx: FunctionContext): string {
  const { fn } = cx;
  const params = fn.params.map(varName);
  if (fn.vararg) params.push('...va');
  const entry = entryText(cx);
  const boxes = fn.params.filter(isBoxed).map((v) => `${varName(v)}=new B(${varName(v)});`);
  const body = emitBlockBody(cx, fn.body);
  const credit = fn.hasLoop ? `var c=${TICK_CREDIT};` : '';
  const end = fn.body.stats[fn.body.stats.length - 1]?.kind === 'Return' ? '' : 'return N;';
  const vars = cx.vars.length === 0 ? '' : `var ${cx.vars.join()};`;
  const text = `{${entry}${credit}${boxes.join('')}${body}${end}${vars}}`;
  // Running out of stack is reported at the head of the function.
  const mark = cx.mark(fn.line);
  if (cx.gen) return `function*${mark}(${['Q', ...params].join()})${text}`;
  // Not arrows: V8 parses those in full with the function around them, these it skims. In parentheses it compiles one at
  // once, and does not parse twice what it would leave for later.
  const whole = `function${mark}(${params.join()})${text}`;
  return fn.parent === undefined ? `(${whole})` : whole;
}

/**
 * The check every call makes: it counts fuel, and is the door through which the engine asks a function for its prototype,
 * environment and captured variables (nothing is stored per closure for that).
 */
function entryText(cx: FunctionContext): string {
  const { fn } = cx;
  if (cx.gen) {
    const captured = fn.upvalues.map((v, i) => `,${varName(v)}=Q.upvalues[${i}]`);
    return `var ${cx.env}=Q.env${captured.join('')};if(--F.f<0)F.trap();`;
  }
  const env = fn.usesEnv || fn.parent === undefined ? `${cx.env},(x)=>{${cx.env}=x}` : 'undefined,undefined';
  const answer = `return K.info(${fn.id},${env},[${fn.upvalues.map(varName).join()}]);`;
  // What neither loops nor calls ends soon by itself.
  if (!fn.hasLoop && !fn.hasCall) return `if(F.want)${answer}`;
  // `${TR}` calls the trap through a string conversion: V8 compiles that without feedback, so the first trap of a hot
  // function does not throw its optimised code away.
  return `if(--F.f<0&&\`\${TR}\`)${answer}`;
}
