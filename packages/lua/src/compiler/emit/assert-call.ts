/** Calls by the name of assert: where it does not fail, its results are its arguments. */
import type { CallExpr } from '../ast.js';
import type { Form } from './call.js';
import type { FunctionContext } from './context.js';

/** `base`, but without the call where `e` by its `name` may be one that does not fail. */
export function assertForm(cx: FunctionContext, e: CallExpr, name: string | undefined, base: Form): Form {
  if (name !== 'assert' || e.args.length === 0 || e.args.length > 2 || cx.brief) return base;
  return {
    repeat: true,
    tail: base.tail,
    text: (fn, args, mark) => {
      const is = `${fn}===${cx.chunk.libraryFunction('assert')}`;
      const operands = args.split(',');
      if (e.args.length === 1 && args.startsWith('...')) {
        cx.scratch('v');
        return `(v=${args.slice(3)},${is}&&${truth('v[0]')}?ML(v):${base.text(fn, '...v', mark)})`;
      }
      const call = base.text(fn, args, mark);
      if (operands.length !== e.args.length || args.includes('...')) return call;
      const [a, b] = operands as [string, string | undefined];
      return `(${is}&&${truth(a)}?${b === undefined ? a : `[${a},${b}]`}:${call})`;
    },
  };
}

function truth(text: string): string {
  return `${text}!==void 0&&${text}!==false`;
}
