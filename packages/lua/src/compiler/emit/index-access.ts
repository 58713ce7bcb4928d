/** Reads of globals and fields. */
import type { GlobalExpr, IndexExpr } from '../ast.js';
import { isAtLeastOne, typeOf } from '../infer.js';
import { type FunctionContext, prop } from './context.js';
import { emitExpr, emitRaw } from './expression.js';
import { operand, releaseOperand } from './operand.js';

/**
 * The pattern of all fast paths: a chain of tests joined by `&&` that ends in the slow path. (Not `?.` and `??`: those
 * merge every miss into one value first, which keeps V8 from pruning the misses it has not seen.)
 */
export function globalText(cx: FunctionContext, e: GlobalExpr): string {
  const h = cx.scratch('h');
  const slow = cx.slow(`${cx.mark(e.line)}${cx.chunk.getter(e.name)}(${cx.env})`);
  return `(${fieldTest(h, cx.env, true, e.name)}?${h}:${slow})`;
}

/** Test that `object` has field `key` of its own; leaves the value in `h`. */
export function fieldTest(h: string, object: string, isTable: boolean, key: string): string {
  const hash = isTable ? `(${h}=${object}.hash)` : `(${h}=${object})!==undefined&&(${h}=${h}.hash)`;
  return `${hash}!==undefined&&(${h}=${h}${prop(key)})!==undefined`;
}

/** Test that `object` has element `key`, a number, in its array part; leaves the value in `h`. */
function elementTest(h: string, object: string, isTable: boolean, key: string, positive: boolean): string {
  const arr = isTable
    ? `(${h}=${object}.arr[${key}])`
    : `${object}!==undefined&&(${h}=${object}.arr)!==undefined&&(${h}=${h}[${key}])`;
  return `${positive ? '' : `${key}>0&&`}${arr}!==undefined`;
}

export function emitIndex(cx: FunctionContext, e: IndexExpr): string {
  if (e.key.kind === 'String') return emitField(cx, e, e.key.value);
  return emitDynamic(cx, e);
}

function emitField(cx: FunctionContext, e: IndexExpr, key: string): string {
  const o = operand(cx, e.object, () => emitRaw(cx, e.object));
  releaseOperand(cx, o);
  const h = cx.scratch('h');
  const slow = cx.slow(`${cx.mark(e.line, cx.describe(e.object))}${cx.chunk.getter(key)}(${o.ref})`);
  return `(${fieldTest(h, o.init, typeOf(e.object) === 'table', key)}?${h}:${slow})`;
}

function emitDynamic(cx: FunctionContext, e: IndexExpr): string {
  const o = operand(cx, e.object, () => emitRaw(cx, e.object));
  const k = operand(cx, e.key, () => emitExpr(cx, e.key));
  releaseOperand(cx, o);
  releaseOperand(cx, k);
  const type = typeOf(e.key);
  const pre = (o.temp === undefined ? '' : `${o.init},`) + (k.temp === undefined ? '' : `${k.init},`);
  const slow = cx.slow(`${cx.mark(e.line, cx.describe(e.object))}${cx.op('IX')}(${o.ref},${k.ref})`);
  if (type !== 'any' && type !== 'number') return `(${pre}${slow})`;
  const h = cx.scratch('h');
  const isNumber = type === 'number' ? '' : `typeof ${k.ref}==='number'&&`;
  return `(${pre}${isNumber}${elementTest(h, o.ref, typeOf(e.object) === 'table', k.ref, isAtLeastOne(e.key))}?${h}:${slow})`;
}
