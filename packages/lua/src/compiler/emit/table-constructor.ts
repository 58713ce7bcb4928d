/** Table constructors. */
import type { Expr, TableExpr } from '../ast.js';
import { isMulti } from '../ast.js';
import { typeOf } from '../infer.js';
import { type AnyCall, arrayOf, emitCall } from './call.js';
import type { FunctionContext } from './context.js';
import { emitExpr } from './expression.js';

export function emitTable(cx: FunctionContext, e: TableExpr): string {
  if (e.items.length === 0) return 'new T()';
  if (e.items.every((i) => i.key === undefined)) return emitArray(cx, e);
  if (e.items.every((i) => i.key?.kind === 'String')) return emitRecord(cx, e);
  return emitMixed(cx, e);
}

/** Elements up to which they may be arguments of one call in JavaScript. */
const MAX_ARGUMENTS = 1000;

/** `{a, b, f()}` */
function emitArray(cx: FunctionContext, e: TableExpr): string {
  if (e.items.every((i) => typeOf(i.value) === 'number'))
    return `NN([0,${e.items.map((i) => emitExpr(cx, i.value)).join()}])`;
  const list = `0,${listText(
    cx,
    e.items.map((i) => i.value),
  )}`;
  return e.items.length <= MAX_ARGUMENTS ? `NA(${list})` : `NL([${list}])`;
}

function listText(cx: FunctionContext, values: readonly Expr[]): string {
  return values
    .map((v, i) => {
      if (i < values.length - 1 || !isMulti(v)) return emitExpr(cx, v);
      return `...${arrayOf(cx, v, v.kind === 'Vararg' ? '' : emitCall(cx, v as AnyCall))}`;
    })
    .join();
}

/** `{name = a, value = b}`: the keys are stored by name, so that tables of one constructor share their shape. */
function emitRecord(cx: FunctionContext, e: TableExpr): string {
  const h = cx.temp();
  const stores = e.items.map(
    (i) => `${h}${cx.chunk.field((i.key as { value: string }).value).prop}=${emitExpr(cx, i.value)}`,
  );
  cx.release(h);
  return `(${h}=new H(),${stores.join()},NR(${h}))`;
}

function emitMixed(cx: FunctionContext, e: TableExpr): string {
  const t = cx.temp();
  const parts = [`${t}=new T()`];
  let n = 0;
  e.items.forEach((item, i) => {
    if (item.key !== undefined) {
      if (item.key.kind === 'String') {
        parts.push(`${cx.chunk.setter(item.key.value)}(${t},${emitExpr(cx, item.value)})`);
      } else {
        const k = cx.temp();
        const key = emitExpr(cx, item.key);
        const value = emitExpr(cx, item.value);
        cx.release(k);
        parts.push(`${k}=${key},${cx.mark(e.line)}RS(${t},${k},${value})`);
      }
    } else if (i === e.items.length - 1 && isMulti(item.value)) {
      const text = item.value.kind === 'Vararg' ? '' : emitCall(cx, item.value as AnyCall);
      parts.push(`AA(${t},${n + 1},${arrayOf(cx, item.value, text)})`);
    } else {
      n++;
      parts.push(`${t}.setNum(${n},${emitExpr(cx, item.value)})`);
    }
  });
  cx.release(t);
  return `(${parts.join()},${t})`;
}
