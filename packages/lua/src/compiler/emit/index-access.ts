/** Reads of globals and fields. */
import type { GlobalExpr, IndexExpr } from '../ast.js';
import { isAtLeastOne, typeOf } from '../infer.js';
import type { FunctionContext } from './context.js';
import { emitExpr, emitRaw } from './expression.js';
import { objectOperand, operand, releaseOperand } from './operand.js';

/**
 * The pattern of all fast paths: a chain of tests joined by `&&` that ends in the slow path. (Not `?.` and `??`: those
 * merge every miss into one value first, which keeps V8 from pruning the misses it has not seen.)
 */
export function globalText(cx: FunctionContext, e: GlobalExpr): string {
  return `(${globalTest(cx, e.name)}?h:${globalSlow(cx, e)})`;
}

/** Test that global `name` is set; leaves its value in `h`. */
export function globalTest(cx: FunctionContext, name: string): string {
  cx.scratch('h');
  return `(h=${cx.env}${cx.chunk.field(name).tableTest}`;
}

/** The general way to read a global. */
export function globalSlow(cx: FunctionContext, e: GlobalExpr): string {
  return cx.slow(`${cx.mark(e.line)}${cx.chunk.getter(e.name)}(${cx.env})`);
}

/** Test that `object` has field `key` of its own; leaves the value in `h`. */
export function fieldTest(cx: FunctionContext, object: string, isTable: boolean, key: string): string {
  cx.scratch('h');
  const f = cx.chunk.field(key);
  return `(h=${object}${isTable ? f.tableTest : f.test}`;
}

/** Test that `object` has element `key`, a number, in its array part; leaves the value in `h`. */
function elementTest(h: string, object: string, isTable: boolean, key: string, positive: boolean): string {
  const arr = isTable
    ? `(${h}=${object}.arr[${key}])`
    : `${object}!==void 0&&(${h}=${object}.arr)!==void 0&&(${h}=${h}[${key}])`;
  return `${positive ? '' : `${key}>0&&`}${arr}!==void 0`;
}

export function emitIndex(cx: FunctionContext, e: IndexExpr): string {
  if (e.key.kind === 'String') return emitField(cx, e, e.key.value);
  return emitDynamic(cx, e);
}

function emitField(cx: FunctionContext, e: IndexExpr, key: string): string {
  const o = operand(cx, e.object, emitRaw);
  releaseOperand(cx, o);
  const slow = cx.slow(`${cx.mark(e.line, e.object)}${cx.chunk.getter(key)}(${o.ref})`);
  return `(${fieldTest(cx, o.init, typeOf(e.object) === 'table', key)}?h:${slow})`;
}

function emitDynamic(cx: FunctionContext, e: IndexExpr): string {
  const o = objectOperand(cx, e.object, emitRaw);
  const k = operand(cx, e.key, emitExpr);
  releaseOperand(cx, o);
  releaseOperand(cx, k);
  const type = typeOf(e.key);
  const pre = (o.temp === undefined ? '' : `${o.init},`) + (k.temp === undefined ? '' : `${k.init},`);
  const slow = cx.slow(`${cx.mark(e.line, e.object)}${cx.op('IX')}(${o.ref},${k.ref})`);
  if (type !== 'any' && type !== 'number') return `(${pre}${slow})`;
  const h = cx.scratch('h');
  const isNumber = type === 'number' ? '' : `typeof ${k.ref}==='number'&&`;
  return `(${pre}${isNumber}${elementTest(h, o.ref, typeOf(e.object) === 'table', k.ref, isAtLeastOne(e.key))}?${h}:${slow})`;
}
