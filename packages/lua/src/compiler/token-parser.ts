/** What every rule of the grammar does: take tokens or refuse them, and keep count of the nesting. */
import type { LateFunction } from './late-function.js';
import { Lexer, type Token } from './lexer.js';
import { Scopes } from './scope.js';

/** Nesting of blocks and expressions LuaJIT allows (LJ_MAX_XLEVEL). */
const MAX_LEVELS = 200;

export abstract class TokenParser {
  protected readonly lex: Lexer;
  protected readonly scopes: Scopes;
  private levels = 0;

  /** @param alone a function of the source to be parsed without what is around it */
  constructor(source: string, chunk: string, alone?: LateFunction) {
    this.lex = new Lexer(source, chunk);
    if (alone !== undefined) this.lex.startAt(alone.at, alone.atLine);
    this.scopes = new Scopes(chunk, alone);
  }

  protected enter(): void {
    if (++this.levels > MAX_LEVELS) throw this.scopes.error(this.lex.line, 'chunk has too many syntax levels');
  }

  protected leave(): void {
    this.levels--;
  }

  protected accept(token: Token): boolean {
    if (this.lex.token !== token) return false;
    this.lex.next();
    return true;
  }

  protected expect(token: Token): void {
    if (!this.accept(token)) throw this.lex.errorNear(`'${token}' expected`);
  }

  /** `token` closes what `open` started on `line`. */
  protected expectClosing(token: Token, open: Token, line: number): void {
    if (!this.accept(token)) this.refuseUnclosed(token, open, line);
  }

  private refuseUnclosed(token: Token, open: Token, line: number): never {
    if (line === this.lex.line) throw this.lex.errorNear(`'${token}' expected`);
    throw this.lex.errorNear(`'${token}' expected (to close '${open}' at line ${line})`);
  }

  /** `goto` is a name wherever it cannot start a goto statement. */
  protected parseName(): string {
    if (this.lex.token !== '<name>' && this.lex.token !== 'goto') throw this.lex.errorNear("'<name>' expected");
    const { text } = this.lex;
    this.lex.next();
    return text;
  }
}
