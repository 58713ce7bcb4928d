/** Reads of globals and fields. */
import type { Expr, GlobalExpr, IndexExpr } from '../ast.js';
import { typeOf } from '../infer.js';
import { type FunctionContext, optProp, prop } from './context.js';
import { emitExpr, emitRaw } from './expression.js';
import { operand, releaseOperand } from './operand.js';

export function globalText(cx: FunctionContext, e: GlobalExpr): string {
  const slow = cx.slow(`${cx.mark(e.line)}${cx.chunk.getter(e.name)}(${cx.env})`);
  return `(${cx.env}.hash${prop(e.name)}??${slow})`;
}

export function emitIndex(cx: FunctionContext, e: IndexExpr): string {
  if (e.key.kind === 'String') return emitField(cx, e, e.key.value);
  return emitDynamic(cx, e);
}

/** Text of `object.hash` where a missing object or hash gives undefined. */
function hashOf(init: string, object: Expr): string {
  return typeOf(object) === 'table' ? `${init}.hash` : `${init}?.hash`;
}

function emitField(cx: FunctionContext, e: IndexExpr, key: string): string {
  const o = operand(cx, e.object, () => emitRaw(cx, e.object));
  releaseOperand(cx, o);
  const slow = cx.slow(`${cx.mark(e.line, cx.describe(e.object))}${cx.chunk.getter(key)}(${o.ref})`);
  const fast = typeOf(e.object) === 'table' ? prop(key) : optProp(key);
  return `(${hashOf(o.init, e.object)}${fast}??${slow})`;
}

function emitDynamic(cx: FunctionContext, e: IndexExpr): string {
  const o = operand(cx, e.object, () => emitRaw(cx, e.object));
  const k = operand(cx, e.key, () => emitExpr(cx, e.key));
  releaseOperand(cx, o);
  releaseOperand(cx, k);
  const type = typeOf(e.key);
  const pre = (o.temp === undefined ? '' : `${o.init},`) + (k.temp === undefined ? '' : `${k.init},`);
  const slow = cx.slow(`${cx.mark(e.line, cx.describe(e.object))}${cx.op('IX')}(${o.ref},${k.ref})`);
  const arr = typeOf(e.object) === 'table' ? `${o.ref}.arr` : `${o.ref}?.arr?.`;
  if (type === 'number') return `(${pre}${arr}[${k.ref}]??${slow})`;
  if (type !== 'any') return `(${pre}${slow})`;
  return `(${pre}(typeof ${k.ref}==='number'?${arr}[${k.ref}]:undefined)??${slow})`;
}
