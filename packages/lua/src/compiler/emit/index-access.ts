/** Reads of globals and fields. */
import type { GlobalExpr, IndexExpr } from '../ast.js';
import { isAtLeastOne, typeOf } from '../infer.js';
import { type FunctionContext, literal } from './context.js';
import { emitExpr, emitRaw } from './expression.js';
import { type Operand, objectOperand, operand, releaseOperand } from './operand.js';

/**
 * The pattern of all fast paths: a chain of tests joined by `&&` that ends in the slow path. (Not `?.` and `??`: those
 * merge every miss into one value first, which keeps V8 from pruning the misses it has not seen.)
 */
export function globalText(cx: FunctionContext, e: GlobalExpr): string {
  if (cx.brief) return globalSlow(cx, e);
  return `(${globalTest(cx, e.name)}?h:${globalSlow(cx, e)})`;
}

/** Test that global `name` is set; leaves its value in `h`. */
export function globalTest(cx: FunctionContext, name: string): string {
  cx.scratch('h');
  return `(h=${cx.env}${cx.chunk.field(name).tableTest}`;
}

/** Test that global `name` is a function; leaves it in `h`. */
export function globalCallTest(cx: FunctionContext, name: string): string {
  cx.scratch('h');
  return `(h=${cx.env}${cx.chunk.field(name).tableCallTest}`;
}

/** The general way to read a global. */
export function globalSlow(cx: FunctionContext, e: GlobalExpr): string {
  return fieldSlow(cx, cx.mark(e.line), cx.env, e.name);
}

/** The general way to read field `key`. */
export function fieldSlow(cx: FunctionContext, mark: string, object: string, key: string): string {
  if (cx.brief) return cx.slow(`${mark}${cx.op('IX')}(${object},${literal(key)})`);
  return cx.slow(`${mark}${cx.chunk.getter(key)}(${object})`);
}

/** Test that `object` has field `key` of its own; leaves the value in `h`. */
export function fieldTest(cx: FunctionContext, object: string, isTable: boolean, key: string): string {
  cx.scratch('h');
  const f = cx.chunk.field(key);
  return `(h=${object}${isTable ? f.tableTest : f.test}`;
}

/** Test that `object` has a function of its own in field `key`; leaves it in `h`. */
export function fieldCallTest(cx: FunctionContext, object: string, isTable: boolean, key: string): string {
  cx.scratch('h');
  const f = cx.chunk.field(key);
  return `(h=${object}${isTable ? f.tableCallTest : f.callTest}`;
}

/** Test that `object` has element `key`, a number, in its array part; leaves the value in `h`. */
function elementTest(object: string, isTable: boolean, key: string, positive: boolean): string {
  const arr = isTable
    ? `(h=${object}.arr[${key}])!==void 0`
    : `${object}!==void 0&&(h=${object}.arr)!==void 0&&(h=h[${key}])!==void 0`;
  return positive ? arr : `${key}>0&&${arr}`;
}

export function emitIndex(cx: FunctionContext, e: IndexExpr): string {
  if (e.key.kind === 'String') return emitField(cx, e, e.key.value);
  return emitDynamic(cx, e);
}

function emitField(cx: FunctionContext, e: IndexExpr, key: string): string {
  const o = operand(cx, e.object, emitRaw);
  releaseOperand(cx, o);
  const slow = fieldSlow(cx, cx.mark(e.line, e.object), o.ref, key);
  if (cx.brief) return initially(o, slow);
  return `(${fieldTest(cx, o.init, typeOf(e.object) === 'table', key)}?h:${slow})`;
}

/** `text`, which refers to `o`, after `o` was evaluated. */
export function initially(o: Operand, text: string): string {
  return o.init === o.ref ? text : `(${o.init},${text})`;
}

function emitDynamic(cx: FunctionContext, e: IndexExpr): string {
  const o = objectOperand(cx, e.object, emitRaw);
  const k = operand(cx, e.key, emitExpr);
  releaseOperand(cx, o);
  releaseOperand(cx, k);
  const type = typeOf(e.key);
  const pre = (o.temp === undefined ? '' : `${o.init},`) + (k.temp === undefined ? '' : `${k.init},`);
  const slow = cx.slow(`${cx.mark(e.line, e.object)}${cx.op('IX')}(${o.ref},${k.ref})`);
  if (cx.brief || (type !== 'any' && type !== 'number')) return `(${pre}${slow})`;
  cx.scratch('h');
  const isNumber = type === 'number' ? '' : `typeof ${k.ref}==='number'&&`;
  return `(${pre}${isNumber}${elementTest(o.ref, typeOf(e.object) === 'table', k.ref, isAtLeastOne(e.key))}?h:${slow})`;
}
