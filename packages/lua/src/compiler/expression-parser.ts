/** Expressions, by precedence climbing. */
import type { ArithOp, BinaryExpr, Block, CompareOp, Expr, FunctionNode, TableExpr, UnaryExpr } from './ast.js';
import { FALSE, NIL, TRUE, VARARG } from './ast.js';
import { environmentCall } from './environment-call.js';
import { endsInReturn } from './infer.js';
import { isLarge, type LateFunction, mayBeLate } from './late-function.js';
import { foldNumbers, PRIORITY, UNARY_PRIORITY } from './operators.js';
import { addSource } from './scope.js';
import { TokenParser } from './token-parser.js';

const MAX_SHARED = 255;
const NO_ARGS: readonly Expr[] = [];
const CONSTANTS = { nil: NIL, true: TRUE, false: FALSE };

export abstract class ExpressionParser extends TokenParser {
  private readonly numbers: Expr[] = [];
  private readonly keys = new Map<string, Expr>();
  /** Functions may be left to be compiled later. */
  private readonly leaves: boolean;
  /** The function that follows in the source is going to be called at once. */
  private called = false;

  constructor(source: string, chunk: string, alone?: LateFunction) {
    super(source, chunk, alone);
    this.leaves = alone === undefined && isLarge(source);
  }

  /** Parses statements up to the token that ends the block, into `block`. */
  protected abstract parseStatements(block: Block): void;

  /** An operand and the operators that bind stronger than `limit`. As large as {@link Lexer.next}, for the same reason. */
  protected parseExpr(limit = 0): Expr {
    const { lex } = this;
    let left: Expr;
    this.enter();
    switch (lex.token) {
      case '<name>':
        left = this.parsePrimary();
        break;
      case '<number>':
        left = this.number(lex.number);
        lex.next();
        break;
      case '<string>':
        left = { kind: 'String', value: lex.text };
        lex.next();
        break;
      case 'nil':
      case 'true':
      case 'false':
        left = CONSTANTS[lex.token];
        lex.next();
        break;
      case '...':
        if (!this.scopes.fn.vararg) throw lex.errorNear("cannot use '...' outside a vararg function");
        left = VARARG;
        lex.next();
        break;
      case '{':
        left = this.parseTable();
        break;
      case 'function': {
        const { line } = lex;
        lex.next();
        left = this.parseFunction(line, false);
        break;
      }
      case '-':
      case 'not':
      case '#':
      case '~':
        left = this.parseUnary(lex.token);
        break;
      default:
        left = this.parsePrimary();
    }
    for (;;) {
      const op = lex.token;
      const priority = PRIORITY.get(op);
      if (priority === undefined || priority[0] <= limit) break;
      lex.next();
      // LuaJIT loads the left operand after it has seen the operator.
      if (left.kind === 'Index' || left.kind === 'Global') left = { ...left, line: lex.lastLine };
      const right = this.parseExpr(priority[1]);
      if (op === 'and' || op === 'or') left = { kind: 'Logic', op, a: left, b: right };
      else left = this.binary(op as BinaryExpr['op'], left, right);
    }
    this.leave();
    return left;
  }

  /** The expression for a small number is the same wherever it stands. */
  private number(value: number): Expr {
    if (value > MAX_SHARED || !Number.isInteger(value)) return { kind: 'Number', value };
    this.numbers[value] ??= { kind: 'Number', value };
    return this.numbers[value];
  }

  /** So is that for a name as a key. */
  protected key(name: string): Expr {
    let key = this.keys.get(name);
    if (key === undefined) {
      key = { kind: 'String', value: name };
      this.keys.set(name, key);
    }
    return key;
  }

  private binary(op: BinaryExpr['op'], a: Expr, b: Expr): Expr {
    if (a.kind === 'Number' && b.kind === 'Number') {
      const value = foldNumbers(op, a.value, b.value);
      if (value !== undefined) return { kind: 'Number', value };
    }
    return { kind: 'Binary', op: op as ArithOp | CompareOp, a, b, line: this.lex.lastLine };
  }

  private parseUnary(op: UnaryExpr['op']): Expr {
    this.lex.next();
    const a = this.parseExpr(UNARY_PRIORITY);
    // -0 stays an operation: a folded literal would be hard to tell from 0.
    if (op === '-' && a.kind === 'Number' && a.value !== 0) return { kind: 'Number', value: -a.value };
    return { kind: 'Unary', op, a, line: this.lex.lastLine };
  }

  /** A name or parenthesised expression with its indexes and calls. As large as {@link Lexer.next}, for the same reason. */
  protected parsePrimary(): Expr {
    const { lex } = this;
    const { token, line } = lex;
    let e: Expr;
    if (token === '<name>' || token === 'goto') {
      e = this.scopes.lookup(lex.text, line);
      lex.next();
    } else if (token === '(') {
      lex.next();
      this.called = lex.token === 'function';
      const inner = this.parseExpr();
      this.expectClosing(')', '(', line);
      e = { kind: 'Paren', e: inner };
    } else throw lex.errorNear('unexpected symbol');
    for (;;) {
      switch (lex.token) {
        case '.': {
          lex.next();
          const key = this.key(this.parseName());
          e = { kind: 'Index', object: e, key, line: lex.lastLine };
          break;
        }
        case '[': {
          const key = this.parseKey();
          e = { kind: 'Index', object: e, key, line: lex.lastLine };
          break;
        }
        case ':': {
          lex.next();
          const name = this.parseName();
          const { line } = lex;
          e = { kind: 'Method', object: e, name, args: this.parseArgs(), line };
          break;
        }
        case '(':
        case '<string>':
        case '{': {
          const { line } = lex;
          if (lex.token === '(' && line !== lex.lastLine)
            throw lex.errorNear('ambiguous syntax (function call x new statement)');
          // These act on the environment of the function they are called from, even through a local of the same name.
          if (environmentCall(e) !== undefined) this.scopes.markEnvironmentCall();
          e = { kind: 'Call', callee: e, args: this.parseArgs(), line };
          break;
        }
        default:
          return e;
      }
    }
  }

  private parseArgs(): readonly Expr[] {
    const { lex } = this;
    this.scopes.fn.hasCall = true;
    if (lex.token === '<string>') {
      const value = lex.text;
      lex.next();
      return [{ kind: 'String', value }];
    }
    if (lex.token === '{') return [this.parseTable()];
    if (lex.token !== '(') throw lex.errorNear('function arguments expected');
    const { line } = lex;
    lex.next();
    if (this.accept(')')) return NO_ARGS;
    const args = this.parseExprList();
    this.expectClosing(')', '(', line);
    return args;
  }

  protected parseExprList(): readonly Expr[] {
    // Most lists are short, and an array that grows keeps room for many.
    const a = this.parseExpr();
    if (!this.accept(',')) return [a];
    const b = this.parseExpr();
    if (!this.accept(',')) return [a, b];
    const list = [a, b];
    do list.push(this.parseExpr());
    while (this.accept(','));
    return list.slice();
  }

  private parseKey(): Expr {
    this.lex.next();
    const key = this.parseExpr();
    this.expect(']');
    return key;
  }

  private parseTable(): Expr {
    const { lex } = this;
    const { line } = lex;
    const items: TableExpr['items'] = [];
    lex.next();
    while (lex.token !== '}') {
      let key: Expr | undefined;
      if (lex.token === '[') {
        key = this.parseKey();
        this.expect('=');
      } else if ((lex.token === '<name>' || lex.token === 'goto') && lex.peek() === '=') {
        key = this.key(lex.text);
        lex.next();
        lex.next();
      }
      items.push({ key, value: this.parseExpr() });
      if (!this.accept(',') && !this.accept(';')) break;
    }
    this.expectClosing('}', '{', line);
    return { kind: 'Table', items, line: lex.lastLine };
  }

  /** Parameters and body, after `function` and its name. */
  protected parseFunction(line: number, method: boolean): FunctionNode {
    const { lex, scopes, called } = this;
    const { line: atLine, start: at } = lex;
    this.called = false;
    const fn = scopes.openFunction(line);
    fn.body = scopes.openBlock();
    this.expect('(');
    if (method) this.addParam(fn, 'self');
    while (lex.token !== ')' || fn.params.length > (method ? 1 : 0)) {
      if (lex.token === '...') {
        lex.next();
        fn.vararg = true;
        break;
      }
      if (lex.token !== '<name>' && lex.token !== 'goto') throw lex.errorNear("<name> or '...' expected");
      this.addParam(fn, this.parseName());
      if (!this.accept(',')) break;
    }
    this.expect(')');
    this.enter();
    this.parseStatements(fn.body);
    this.leave();
    const endLine = lex.line;
    this.expectClosing('end', 'function', line);
    scopes.closeBlock();
    fn.single = !fn.multiReturn && endsInReturn(fn.body.stats);
    if (this.leaves && !called && mayBeLate(fn, lex.start - at)) scopes.leaveForLater(method, at, atLine);
    scopes.closeFunction(endLine);
    return fn;
  }

  private addParam(fn: FunctionNode, name: string): void {
    const v = this.scopes.newVar(name);
    addSource(v, undefined);
    fn.params.push(v);
    this.scopes.declare(v, this.lex.line);
  }
}
