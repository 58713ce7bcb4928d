/** Calls by the names of the bit library: on two 32-bit integers they are one operation of JavaScript. */
import type { CallExpr } from '../ast.js';
import type { Form } from './call.js';
import type { FunctionContext } from './context.js';

const UNARY = new Map<string, (a: string) => string>([
  ['bnot', (a) => `~${a}`],
  ['tobit', (a) => `${a}|0`],
]);
/** Of any number of operands. */
const FOLDED = new Map<string, string>([
  ['band', '&'],
  ['bor', '|'],
  ['bxor', '^'],
]);
const MAX_FOLDED = 6;
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

/** Whether `e` by its `name` and number of arguments may be one of these. */
export function isBitCall(cx: FunctionContext, e: CallExpr, name: string | undefined): name is string {
  if (name === undefined || cx.brief) return false;
  const count = e.args.length;
  if (count > 2) return count <= MAX_FOLDED && FOLDED.has(name);
  return count > 0 && (count === 1 ? UNARY : BINARY).has(name);
}

/** `base`, but with the operation itself in front where `e` may be one of these. */
export function bitForm(cx: FunctionContext, e: CallExpr, name: string | undefined, base: Form): Form {
  if (!isBitCall(cx, e, name)) return base;
  return {
    repeat: true,
    tail: base.tail,
    text: (fn, args, mark) => {
      const call = base.text(fn, args, mark);
      const operands = args.split(',');
      if (operands.length !== e.args.length || args.includes('...')) return call;
      const test = name === 'tobit' ? wholeTest : integerTest;
      const tests = [`${fn}===${cx.chunk.libraryFunction(name)}`, ...operands.flatMap(test)];
      const operation = operationText(name, operands.map(asInteger));
      return `(${tests.join('&&')}?${operation}:${call})`;
    },
  };
}

function operationText(name: string, [a, b, ...more]: string[]): string {
  if (more.length > 0) return [a, b, ...more].join(FOLDED.get(name));
  return b === undefined ? UNARY.get(name)!(a!) : BINARY.get(name)!(a!, b);
}

/** A literal up to 2^32 as the signed integer it stands for. */
function asInteger(operand: string): string {
  return isLiteral(operand) ? `(${Number(operand) | 0})` : operand;
}

function integerTest(operand: string): string[] {
  return isLiteral(operand) ? [] : [`typeof ${operand}==='number'&&(${operand}|0)===${operand}`];
}

/** Whole numbers whose low 32 bits JavaScript and LuaJIT agree about: sums of integers are among them. */
function wholeTest(operand: string): string[] {
  if (isLiteral(operand)) return [];
  const bound = 2 ** 51;
  return [
    `typeof ${operand}==='number'&&Math.floor(${operand})===${operand}&&${operand}<${bound}&&${operand}>-${bound}`,
  ];
}

function isLiteral(operand: string): boolean {
  return /^\d+$/.test(operand) && Number(operand) < 2 ** 32;
}
