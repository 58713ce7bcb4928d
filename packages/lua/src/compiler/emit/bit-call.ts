/** Calls by the names of the bit library: on two 32-bit integers they are one operation of JavaScript. */
import type { CallExpr } from '../ast.js';
import type { Form } from './call.js';
import type { FunctionContext } from './context.js';

const UNARY = new Map<string, (a: string) => string>([
  ['bnot', (a) => `~${a}`],
  ['tobit', (a) => a],
]);
const BINARY = new Map<string, (a: string, b: string) => string>([
  ['band', (a, b) => `${a}&${b}`],
  ['bor', (a, b) => `${a}|${b}`],
  ['bxor', (a, b) => `${a}^${b}`],
  ['lshift', (a, b) => `${a}<<${b}`],
  ['rshift', (a, b) => `${a}>>>${b}|0`],
  ['arshift', (a, b) => `${a}>>${b}`],
  ['rol', (a, b) => `${a}<<${b}|${a}>>>-${b}`],
  ['ror', (a, b) => `${a}>>>${b}|${a}<<-${b}`],
]);
/** The functions, as members of the runtime. */
export const BIT_FUNCTIONS: readonly string[] = [...UNARY.keys(), ...BINARY.keys()];

/** `base`, but with the operation itself in front where `e` by its `name` and number of arguments may be one of these. */
export function bitForm(cx: FunctionContext, e: CallExpr, name: string | undefined, base: Form): Form {
  if (name === undefined || e.args.length === 0 || e.args.length > 2 || cx.brief) return base;
  if (!(e.args.length === 1 ? UNARY : BINARY).has(name)) return base;
  return {
    repeat: true,
    tail: base.tail,
    text: (fn, args, mark) => {
      const call = base.text(fn, args, mark);
      const operands = args.split(',');
      if (operands.length !== e.args.length || args.includes('...')) return call;
      const [a, b] = operands.map(asInteger) as [string, string];
      const operation = b === undefined ? UNARY.get(name)!(a) : BINARY.get(name)!(a, b);
      const tests = [`${fn}===${cx.chunk.libraryFunction(name)}`, ...operands.flatMap(integerTest)];
      return `(${tests.join('&&')}?${operation}:${call})`;
    },
  };
}

/** A literal up to 2^32 as the signed integer it stands for. */
function asInteger(operand: string): string {
  return isLiteral(operand) ? `(${Number(operand) | 0})` : operand;
}

function integerTest(operand: string): string[] {
  return isLiteral(operand) ? [] : [`typeof ${operand}==='number'&&(${operand}|0)===${operand}`];
}

function isLiteral(operand: string): boolean {
  return /^\d+$/.test(operand) && Number(operand) < 2 ** 32;
}
