/**
 * Calls of certain globals, or locals of their name, that profit from, or need, knowledge of the calling function. Each
 * tests at run time that the value is the library's own function.
 */

import type { CallExpr } from '../ast.js';
import { isMulti } from '../ast.js';
import { type EnvironmentCall, environmentCall } from '../environment-call.js';
import type { AnyCall } from './call.js';
import { arrayOf, emitCall } from './call.js';
import { type FunctionContext, optProp, varRef } from './context.js';
import { emitExpr, splitLast } from './expression.js';

/** Text of the call when it is one of these, else undefined. */
export function emitSpecialCall(cx: FunctionContext, e: AnyCall, how: 'call' | 'tail' = 'call'): string | undefined {
  if (e.kind !== 'Call') return undefined;
  const environment = environmentCall(e.callee);
  if (environment !== undefined) return emitEnvCall(cx, e, environment, how);
  const name = e.callee.kind === 'Global' ? e.callee.name : e.callee.kind === 'Local' ? e.callee.v.name : undefined;
  switch (name) {
    case 'select':
      return emitSelect(cx, e);
    case 'error':
      return emitError(cx, e);
    default:
      return undefined;
  }
}

/** Text of the callee without any check. */
function calleeValue(cx: FunctionContext, e: CallExpr, name: string): string {
  return e.callee.kind === 'Local' ? varRef(e.callee.v) : `${cx.env}.hash${optProp(name)}`;
}

/** The same call without special treatment. */
function ordinary(cx: FunctionContext, e: CallExpr): string {
  return emitCall(cx, { ...e, callee: { kind: 'Paren', e: e.callee } });
}

/** `select('#', ...)` and `select(n, ...)` look at the arguments without copying them. */
function emitSelect(cx: FunctionContext, e: CallExpr): string | undefined {
  const [n, rest] = e.args;
  if (e.args.length !== 2 || n === undefined || rest?.kind !== 'Vararg' || isMulti(n)) return undefined;
  const fast = n.kind === 'String' && n.value === '#' ? 'va.length' : undefined;
  const slow = ordinary(cx, e);
  if (fast !== undefined) return `(${calleeValue(cx, e, 'select')}===R.select?${fast}:${slow})`;
  const t = cx.temp();
  const index = emitExpr(cx, n);
  cx.release(t);
  const select = `typeof (${t}=${index})==='number'&&${t}>=1?SEL(${t},va):${cx.mark(e.line, e.callee, 'call')}R.select(${t},...va)`;
  return `(${calleeValue(cx, e, 'select')}===R.select?${select}:${slow})`;
}

/** These act on the environment of the function that calls them, so they get a handle on it. */
function emitEnvCall(cx: FunctionContext, e: CallExpr, name: EnvironmentCall, how: 'call' | 'tail'): string {
  const { fixed, last } = splitLast(e.args);
  const items = fixed.map((a) => emitExpr(cx, a));
  if (last !== undefined) {
    const text = last.kind === 'Vararg' ? '' : emitCall(cx, last as AnyCall);
    items.push(`...${arrayOf(cx, last, text)}`);
  }
  const env = cx.fn.env;
  cx.changesEnv = true;
  // In a tail call level 1 is the function further out.
  const left = how === 'tail' && name === 'getfenv';
  const mark = cx.mark(e.line, e.callee, left ? 'tail' : 'call');
  const handle = left ? 'void 0' : `{get:()=>${env},set:(x)=>{${env}=x${cx.gen ? ';Q.setEnv(x)' : ''}}}`;
  let test = `${e.callee.kind === 'Index' ? emitExpr(cx, e.callee) : calleeValue(cx, e, name)}===R.${name}`;
  if (e.callee.kind === 'Global') test = `(${test}||${cx.env}.mt!==void 0&&${emitExpr(cx, e.callee)}===R.${name})`;
  return `(${test}?${mark}R.${name}Here(${handle},[${items.join()}]):${ordinary(cx, e)})`;
}

/** `error(text)` of level 1: the position is known here. */
function emitError(cx: FunctionContext, e: CallExpr): string | undefined {
  const [message] = e.args;
  if (e.args.length !== 1 || message === undefined || isMulti(message)) return undefined;
  const mark = cx.mark(e.line, e.callee, 'call');
  return `(${calleeValue(cx, e, 'error')}===R.error?${mark}ERR(${emitExpr(cx, message)},K,${e.line}):${ordinary(cx, e)})`;
}
