/** Statements, and the entry point of the parser. */

import { assignment, nameFunction } from './assignment.js';
import type { Block, ChunkNode, Expr, GenericForStat, IfStat, Stat } from './ast.js';
import { isMulti } from './ast.js';
import { ExpressionParser } from './expression-parser.js';
import type { LateFunction } from './late-function.js';
import type { Token } from './lexer.js';
import { addSource } from './scope.js';
import { chunkDisplayName } from './syntax-error.js';

const ZERO: Expr = { kind: 'Number', value: 0 };
const NO_EXPRS: readonly Expr[] = [];
const BLOCK_END: ReadonlySet<Token> = new Set(['else', 'elseif', 'end', 'until', '<eof>']);

/**
 * Parses a chunk. `source` is a byte string, `name` a chunk name with its `@` or `=` mark.
 * @throws LuaError with code LUA_ERR_SYNTAX
 */
export function parseChunk(source: string, name: string): ChunkNode {
  return new Parser(source, chunkDisplayName(name)).parse();
}

/** Parses one function of a chunk that was parsed before. */
export function parseAlone(source: string, name: string, late: LateFunction): ChunkNode {
  return new Parser(source, chunkDisplayName(name), late).parseAlone(late);
}

class Parser extends ExpressionParser {
  /** Statements of the open blocks: first `parsed` of this list. */
  private readonly stats: Stat[] = [];
  private parsed = 0;

  parse(): ChunkNode {
    const { lex, scopes } = this;
    const main = scopes.openFunction(0);
    main.vararg = true;
    main.body = scopes.openBlock();
    lex.next();
    this.parseStatements(main.body);
    if (lex.token !== '<eof>') throw lex.errorNear("'<eof>' expected");
    scopes.closeBlock();
    scopes.closeFunction(lex.line);
    return { name: lex.chunk, main, functions: scopes.functions, vars: scopes.vars };
  }

  parseAlone(late: LateFunction): ChunkNode {
    const { lex, scopes } = this;
    lex.next();
    const main = this.parseFunction(late.line, late.method);
    main.ownName = late.ownName;
    return { name: lex.chunk, main, functions: scopes.functions, vars: scopes.vars };
  }

  protected parseStatements(block: Block): void {
    this.enter();
    const { lex, stats } = this;
    const from = this.parsed;
    while (!BLOCK_END.has(lex.token)) {
      const last = lex.token === 'return';
      const stat = this.parseStatement();
      if (stat !== undefined) stats[this.parsed++] = stat;
      if (stat?.kind === 'Label') this.endLabel(from);
      this.accept(';');
      if (last) break;
    }
    block.stats = stats.slice(from, this.parsed);
    this.parsed = from;
    this.leave();
  }

  /** After a label: do this one and those just before it end the block, whose statements begin at `from`? */
  private endLabel(from: number): void {
    const { lex } = this;
    while (lex.token === ';') lex.next();
    if (!BLOCK_END.has(lex.token) || lex.token === 'until') return;
    for (let i = this.parsed - 1; i >= from; i--) {
      const stat = this.stats[i]!;
      if (stat.kind !== 'Label') return;
      this.scopes.trailingLabel(stat);
    }
  }

  private parseBlock(loop = false): Block {
    const block = this.scopes.openBlock(loop);
    this.parseStatements(block);
    this.scopes.closeBlock();
    return block;
  }

  /** As large as {@link Lexer.next}, for the same reason. */
  private parseStatement(): Stat | undefined {
    const { lex } = this;
    const { line } = lex;
    switch (lex.token) {
      case 'if':
        return this.parseIf(line);
      case 'while':
        return this.parseWhile(line);
      case 'do': {
        lex.next();
        const body = this.parseBlock();
        this.expectClosing('end', 'do', line);
        return { kind: 'Do', body };
      }
      case 'for':
        return this.parseFor(line);
      case 'repeat':
        return this.parseRepeat(line);
      case 'function':
        return this.parseFunctionStat(line);
      case 'local':
        lex.next();
        return this.accept('function') ? this.parseLocalFunction(line) : this.parseLocal();
      case 'return':
        return this.parseReturn();
      case 'break':
        lex.next();
        this.scopes.checkBreak(line);
        return { kind: 'Break' };
      case ';':
        return undefined;
      case '::':
        return this.parseLabel();
      case 'goto':
        if (lex.peek() === '<name>') return this.parseGoto();
        break;
      default:
    }
    const e = this.parsePrimary();
    if (e.kind === 'Call' || e.kind === 'Method') return { kind: 'CallStat', call: e };
    const targets = [this.checkTarget(e)];
    while (this.accept(',')) targets.push(this.checkTarget(this.parsePrimary()));
    this.expect('=');
    const exprs = this.parseExprList();
    return assignment(targets, exprs, lex.lastLine);
  }

  private parseLabel(): Stat {
    const { lex } = this;
    lex.next();
    const name = this.parseName();
    const label = this.scopes.addLabel(name, lex.lastLine);
    this.expect('::');
    return label;
  }

  private parseGoto(): Stat {
    this.lex.next();
    const name = this.parseName();
    return this.scopes.addGoto(name, this.lex.lastLine);
  }

  private parseIf(line: number): Stat {
    const arms = [this.parseArm()];
    while (this.lex.token === 'elseif') arms.push(this.parseArm());
    const orelse = this.accept('else') ? this.parseBlock() : undefined;
    this.expectClosing('end', 'if', line);
    return { kind: 'If', arms, orelse };
  }

  /** `if` or `elseif` with its block. */
  private parseArm(): IfStat['arms'][number] {
    this.lex.next();
    const cond = this.parseExpr();
    this.expect('then');
    return { cond, body: this.parseBlock() };
  }

  private parseWhile(line: number): Stat {
    this.lex.next();
    const cond = this.scopes.inCondition(() => this.parseExpr());
    this.expect('do');
    const body = this.parseBlock(true);
    this.expectClosing('end', 'while', line);
    return { kind: 'While', cond, body, line };
  }

  private parseRepeat(line: number): Stat {
    this.lex.next();
    const body = this.scopes.openBlock(true);
    this.parseStatements(body);
    this.expectClosing('until', 'repeat', line);
    const cond = this.parseExpr();
    this.scopes.closeBlock();
    return { kind: 'Repeat', body, cond, line };
  }

  private parseFor(line: number): Stat {
    const { lex } = this;
    lex.next();
    const name = this.parseName();
    if (lex.token === '=') return this.parseNumericFor(name, line);
    if (lex.token === ',' || lex.token === 'in') return this.parseGenericFor(name, line);
    throw lex.errorNear("'=' or 'in' expected");
  }

  private parseNumericFor(name: string, forLine: number): Stat {
    const { scopes } = this;
    this.lex.next();
    const start = this.parseExpr();
    this.expect(',');
    const limit = this.parseExpr();
    const step = this.accept(',') ? this.parseExpr() : undefined;
    this.expect('do');
    const line = this.lex.lastLine;
    const body = scopes.openBlock(true);
    const v = scopes.newVar(name);
    addSource(v, ZERO);
    scopes.declare(v, line);
    const loop: Stat = { kind: 'NumericFor', v, start, limit, step, body, line };
    v.loop = loop;
    this.parseStatements(body);
    scopes.closeBlock();
    this.expectClosing('end', 'for', forLine);
    return loop;
  }

  private parseGenericFor(name: string, line: number): Stat {
    const { scopes } = this;
    const names = [name];
    while (this.accept(',')) names.push(this.parseName());
    this.expect('in');
    const exprs = this.parseExprList();
    this.expect('do');
    const body = scopes.openBlock(true);
    const vars: GenericForStat['vars'] = [];
    for (const n of names) {
      const v = scopes.newVar(n);
      addSource(v, undefined);
      scopes.declare(v, line);
      vars.push(v);
    }
    this.parseStatements(body);
    scopes.closeBlock();
    this.expectClosing('end', 'for', line);
    return { kind: 'GenericFor', vars, exprs, body, line };
  }

  private parseFunctionStat(line: number): Stat {
    const { lex } = this;
    lex.next();
    let target = this.scopes.lookup(this.parseName(), lex.lastLine);
    let method = false;
    while (lex.token === '.' || lex.token === ':') {
      method = lex.token === ':';
      lex.next();
      const key = this.key(this.parseName());
      target = { kind: 'Index', object: target, key, line: lex.lastLine };
      if (method) break;
    }
    const fn = this.parseFunction(line, method);
    nameFunction(target, fn);
    return assignment([target], [fn], line);
  }

  private parseLocalFunction(line: number): Stat {
    const v = this.scopes.newVar(this.parseName(), true);
    this.scopes.declare(v, line);
    const fn = this.parseFunction(line, false);
    fn.ownName = v.name;
    addSource(v, fn);
    return { kind: 'LocalFunction', v, fn };
  }

  private parseLocal(): Stat {
    const { lex, scopes } = this;
    const vars = [scopes.newVar(this.parseName())];
    scopes.checkRoom(1, lex.line);
    while (this.accept(',')) {
      vars.push(scopes.newVar(this.parseName()));
      scopes.checkRoom(vars.length, lex.line);
    }
    const exprs = this.accept('=') ? this.parseExprList() : NO_EXPRS;
    for (let i = 0; i < vars.length; i++) {
      const v = vars[i]!;
      nameFunction(v.read, exprs[i]);
      addSource(v, exprs[i]);
      scopes.declare(v, lex.line);
    }
    return { kind: 'Local', vars, exprs };
  }

  private parseReturn(): Stat {
    const { lex } = this;
    lex.next();
    const exprs = BLOCK_END.has(lex.token) || lex.token === ';' ? NO_EXPRS : this.parseExprList();
    const line = lex.lastLine;
    if (exprs.length !== 1 || isMulti(exprs[0])) this.scopes.fn.multiReturn = true;
    return { kind: 'Return', exprs, line };
  }

  private checkTarget(e: Expr): Expr {
    if (e.kind === 'Local' || e.kind === 'Global' || e.kind === 'Index') return e;
    throw this.lex.errorNear('syntax error');
  }
}
