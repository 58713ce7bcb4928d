/**
 * Random programs that always end: loops have small bounds, functions only call functions defined before them, and
 * every loop body and function counts steps by `T()`, which raises an error after too many.
 *
 * The environment gives `T`, `show(...)` (prints without addresses or table order), `keys(map)` (sorted iterator) and
 * `numbers(...)` (an array of the numbers among its arguments) and `clip(s)` (the first bytes of a string).
 */
import { CONTROL_STATEMENTS } from './control-statements.mjs';
import { Expressions } from './expressions.mjs';
import { FUNCTION_STATEMENTS } from './function-statements.mjs';
import { OBJECT_STATEMENTS } from './object-statements.mjs';
import { Scope, TYPES } from './scope.mjs';
import { SIMPLE_STATEMENTS } from './simple-statements.mjs';
import { SPECIAL_STATEMENTS } from './special-statements.mjs';

const { ifElse, forNumber, forEach, forKeys, whileLoop, repeatLoop, doBlock, continueLoop, nestedBreak } =
  CONTROL_STATEMENTS;
const { defineFunction, protectedCall, fault, closures, varargs, recursion, methodChain } = FUNCTION_STATEMENTS;
const { coroutineBlock, object, metaBlock } = OBJECT_STATEMENTS;

/** The order is part of what a seed means. */
const COMPOUND_STATEMENTS = [
  ifElse,
  forNumber,
  forEach,
  forKeys,
  whileLoop,
  repeatLoop,
  doBlock,
  defineFunction,
  protectedCall,
  fault,
  closures,
  continueLoop,
  coroutineBlock,
  object,
  metaBlock,
  varargs,
  methodChain,
  nestedBreak,
  recursion,
];

class ProgramWriter extends Expressions {
  constructor(random) {
    super(random);
    this.lines = [];
    this.indent = 0;
    this.counter = 0;
    this.scope = new Scope(undefined, true);
    this.budget = 14 + random.below(40);
    this.loops = 0;
    this.coroutine = 0;
  }

  childScope() {
    return new Scope(this.scope);
  }

  line(text) {
    this.lines.push('  '.repeat(this.indent) + text);
  }

  fresh(prefix) {
    // Few names, so that they shadow each other.
    return this.random.chance(0.3) ? `${prefix}${this.random.below(3)}` : `${prefix}${++this.counter}_`;
  }

  block(write) {
    const outer = this.scope;
    this.scope = this.childScope();
    this.indent++;
    write();
    this.indent--;
    this.scope = outer;
  }

  program() {
    while (this.budget > 0) this.statement(0);
    for (const type of TYPES) {
      const found = this.scope.all(type).slice(0, 4);
      if (found.length > 0) this.line(`show(${found.map((entry) => entry.name).join(', ')})`);
    }
    return `${this.lines.join('\n')}\n`;
  }

  body(depth) {
    const count = 1 + this.random.below(3);
    for (let at = 0; at < count; at++) this.statement(depth + 1);
  }

  /** An expression to be kept: strings are cut, or they would grow with every step of a loop. */
  value(type) {
    return type === 'str' ? `clip(${this.expr('str')})` : this.expr(type);
  }

  variable(types = TYPES) {
    const found = types.flatMap((type) => this.scope.all(type)).filter((entry) => !entry.fixed);
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  functionBody(params, write, vararg = false) {
    const outer = this.scope;
    const { loops, vararg: outerVararg } = this;
    this.loops = 0;
    this.vararg = vararg;
    this.scope = new Scope(outer, true);
    for (const param of params) this.scope.declare(param.name, param.type);
    this.indent++;
    this.line('T()');
    write();
    this.indent--;
    this.scope = outer;
    this.loops = loops;
    this.vararg = outerVararg;
  }

  statement(depth) {
    this.budget--;
    const deep = depth > 3 || this.budget <= 0;
    if (!deep && this.random.chance(0.15)) return this.random.pick(SPECIAL_STATEMENTS)(this);
    this.random.pick(deep || this.random.chance(0.55) ? SIMPLE_STATEMENTS : COMPOUND_STATEMENTS)(this, depth);
  }
}

/** Source of a random program. */
export function writeProgram(random) {
  return new ProgramWriter(random).program();
}
