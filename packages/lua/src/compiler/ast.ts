/** Syntax tree with resolved names. */
import type { LateFunction } from './late-function.js';

export type StaticType = 'any' | 'number' | 'string' | 'boolean' | 'table' | 'function';

/** A local variable, parameter or loop variable. */
export interface LocalVar {
  readonly name: string;
  /** Its JavaScript variable: differs from that of every variable visible where it is declared. */
  readonly js: string;
  readonly owner: FunctionNode;
  /** A nested function uses it. */
  captured: boolean;
  /** Assigned after its declaration. */
  reassigned: boolean;
  /** Declared where one activation of the function may pass several times. */
  readonly inLoop: boolean;
  /** How often something is stored into it, and what: `undefined` for anything unknown. */
  stores: number;
  first: Expr | undefined;
  others: (Expr | undefined)[] | undefined;
  /** The numeric loop it counts. */
  loop: NumericForStat | undefined;
  /** The expression that reads it. */
  readonly read: LocalExpr;
  /** What the type inference found; valid in the whole scope. */
  type: StaticType;
  /** A number of 1 or more: the variable of a loop that counts up from such a number. */
  atLeastOne: boolean;
  /** The only function it ever holds, when there is exactly one. */
  fn: FunctionNode | undefined;
}

export interface FunctionNode {
  readonly kind: 'Function';
  /** Number in the chunk, in order of appearance. */
  readonly id: number;
  readonly parent: FunctionNode | undefined;
  readonly params: LocalVar[];
  vararg: boolean;
  body: Block;
  /** First and last line. */
  readonly line: number;
  endLine: number;
  /** JavaScript variable that holds its environment. */
  readonly env: string;
  /** Captured variables of enclosing functions, in order of first use. */
  readonly upvalues: LocalVar[];
  /** It, or a function inside it, uses a global. */
  usesEnv: boolean;
  /** It calls what can change its environment. */
  changesEnv: boolean;
  hasLoop: boolean;
  hasCall: boolean;
  /** Evaluated in a `while` condition: no block of its own that is new for each evaluation. */
  readonly inCondition: boolean;
  readonly inLoop: boolean;
  /** Last part of the name it is first stored under. */
  ownName: string | undefined;
  /** Some return gives no value, several or those of a call. */
  multiReturn: boolean;
  /** It only ends in returns of exactly one value that is no call: callers need not look for several results. */
  single: boolean;
  /** Set where it is left to be compiled when it is first called: then it has no body here. */
  late: LatePlace | undefined;
}

/** Where a function is that is compiled later, see `late-function.ts`. */
export type LatePlace = Omit<LateFunction, 'ownName' | 'upvalues'>;

export interface Block {
  stats: readonly Stat[];
  /** Functions created directly in this block (not in a block inside it). */
  closures: readonly FunctionNode[];
  /** Labels that a goto uses. */
  labels: readonly LabelStat[];
  /** A loop or a label inside, not counting functions inside. */
  hasLoop: boolean;
}

export interface ChunkNode {
  readonly name: string;
  readonly main: FunctionNode;
  readonly functions: readonly FunctionNode[];
  /** Every local, parameter and loop variable, in order of appearance. */
  readonly vars: readonly LocalVar[];
}

/* Expressions. `line` is the line LuaJIT would report a runtime error of this operation at. */

export type Expr =
  | { readonly kind: 'Nil' | 'True' | 'False' | 'Vararg' }
  | NumberExpr
  | StringExpr
  | FunctionNode
  | LocalExpr
  | GlobalExpr
  | IndexExpr
  | CallExpr
  | MethodExpr
  | BinaryExpr
  | LogicExpr
  | UnaryExpr
  | ParenExpr
  | TableExpr;

export interface NumberExpr {
  readonly kind: 'Number';
  readonly value: number;
}
export interface StringExpr {
  readonly kind: 'String';
  readonly value: string;
}
export interface LocalExpr {
  readonly kind: 'Local';
  readonly v: LocalVar;
}
export interface GlobalExpr {
  readonly kind: 'Global';
  readonly name: string;
  readonly line: number;
}
export interface IndexExpr {
  readonly kind: 'Index';
  readonly object: Expr;
  readonly key: Expr;
  readonly line: number;
}
export interface CallExpr {
  readonly kind: 'Call';
  readonly callee: Expr;
  readonly args: readonly Expr[];
  readonly line: number;
}
export interface MethodExpr {
  readonly kind: 'Method';
  readonly object: Expr;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly line: number;
}
export type ArithOp = '+' | '-' | '*' | '/' | '%' | '^' | '//' | '&' | '|' | '~' | '<<' | '>>';
export type CompareOp = '==' | '~=' | '<' | '<=' | '>' | '>=';
export interface BinaryExpr {
  readonly kind: 'Binary';
  readonly op: ArithOp | CompareOp | '..';
  readonly a: Expr;
  readonly b: Expr;
  readonly line: number;
}
export interface LogicExpr {
  readonly kind: 'Logic';
  readonly op: 'and' | 'or';
  readonly a: Expr;
  readonly b: Expr;
}
export interface UnaryExpr {
  readonly kind: 'Unary';
  readonly op: '-' | 'not' | '#' | '~';
  readonly a: Expr;
  readonly line: number;
}
/** Parentheses around something with several results. */
export interface ParenExpr {
  readonly kind: 'Paren';
  readonly e: Expr;
}
export interface TableExpr {
  readonly kind: 'Table';
  /** In source order; `key` undefined for positional items. */
  readonly items: { readonly key: Expr | undefined; readonly value: Expr }[];
  readonly line: number;
}

/* Statements. */

export type Stat =
  | LocalStat
  | AssignStat
  | CallStat
  | { readonly kind: 'Do'; readonly body: Block }
  | WhileStat
  | RepeatStat
  | IfStat
  | NumericForStat
  | GenericForStat
  | LocalFunctionStat
  | ReturnStat
  | { readonly kind: 'Break' }
  | GotoStat
  | LabelStat;

export interface LocalStat {
  readonly kind: 'Local';
  readonly vars: LocalVar[];
  readonly exprs: readonly Expr[];
}
export interface AssignStat {
  readonly kind: 'Assign';
  readonly targets: readonly Expr[];
  readonly exprs: readonly Expr[];
  readonly line: number;
}
export interface CallStat {
  readonly kind: 'CallStat';
  readonly call: CallExpr | MethodExpr;
}
export interface WhileStat {
  readonly kind: 'While';
  readonly cond: Expr;
  readonly body: Block;
  readonly line: number;
}
export interface RepeatStat {
  readonly kind: 'Repeat';
  readonly body: Block;
  readonly cond: Expr;
  readonly line: number;
}
export interface IfStat {
  readonly kind: 'If';
  readonly arms: { readonly cond: Expr; readonly body: Block }[];
  readonly orelse: Block | undefined;
}
export interface NumericForStat {
  readonly kind: 'NumericFor';
  readonly v: LocalVar;
  readonly start: Expr;
  readonly limit: Expr;
  readonly step: Expr | undefined;
  readonly body: Block;
  readonly line: number;
}
export interface GenericForStat {
  readonly kind: 'GenericFor';
  readonly vars: LocalVar[];
  readonly exprs: readonly Expr[];
  readonly body: Block;
  readonly line: number;
}
export interface LocalFunctionStat {
  readonly kind: 'LocalFunction';
  readonly v: LocalVar;
  readonly fn: FunctionNode;
}
export interface ReturnStat {
  readonly kind: 'Return';
  readonly exprs: readonly Expr[];
  readonly line: number;
}
export interface GotoStat {
  readonly kind: 'Goto';
  readonly name: string;
  readonly line: number;
  /** Order of appearance in the chunk; compared with the label's. */
  readonly order: number;
  target: LabelStat | undefined;
}
export interface LabelStat {
  readonly kind: 'Label';
  readonly name: string;
  readonly id: number;
  readonly order: number;
  /** Locals visible at the label. */
  visible: number;
  /** Gotos that jump here, forward and backward. */
  forward: GotoStat[];
  backward: GotoStat[];
}

export const NIL: Expr = { kind: 'Nil' };
export const TRUE: Expr = { kind: 'True' };
export const FALSE: Expr = { kind: 'False' };
export const VARARG: Expr = { kind: 'Vararg' };

/** Whether `e` may have several results. */
export function isMulti(e: Expr | undefined): boolean {
  return e !== undefined && (e.kind === 'Call' || e.kind === 'Method' || e.kind === 'Vararg');
}

/** `e` stripped of parentheses that do nothing. */
export function unwrap(e: Expr): Expr {
  while (e.kind === 'Paren' && !isMulti(e.e)) e = e.e;
  return e;
}
