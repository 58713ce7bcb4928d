/** Splits source text (a byte string) into tokens, the LuaJIT way. */
import { CHAR_CLASS, DIGIT, NAME_START, SPACE } from './char-class.js';
import { parseNumberLiteral } from './number-literal.js';
import { EscapeError, LexString } from './string-literal.js';
import { syntaxError } from './syntax-error.js';

/** Keywords and operators stand for themselves; the rest are `<name>`, `<string>`, `<number>`, `<eof>`. */
export type Token = string;

const KEYWORDS = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

export class Lexer {
  readonly source: string;
  readonly chunk: string;
  /** Current token, its text (names, strings) and number. */
  token: Token = '<eof>';
  text = '';
  number = 0;
  /** Line of the current token and of the one before. */
  line = 1;
  lastLine = 1;
  private at = 0;
  private start = 0;
  private ahead: { token: Token; text: string; number: number; line: number; start: number; at: number } | undefined =
    undefined;

  constructor(source: string, chunk: string) {
    this.source = source;
    this.chunk = chunk;
    this.skipHeader();
  }

  /** Advances to the next token. */
  next(): void {
    this.lastLine = this.line;
    const ahead = this.ahead;
    if (ahead !== undefined) {
      this.token = ahead.token;
      this.text = ahead.text;
      this.number = ahead.number;
      this.line = ahead.line;
      this.start = ahead.start;
      this.at = ahead.at;
      this.ahead = undefined;
      return;
    }
    this.token = this.scan();
  }

  /** The token after the current one. */
  peek(): Token {
    const { token, text, number, line, start, at } = this;
    const next = this.scan();
    this.ahead = { token: next, text: this.text, number: this.number, line: this.line, start: this.start, at: this.at };
    Object.assign(this, { token, text, number, line, start, at });
    return next;
  }

  /** An error that names the current token. */
  errorNear(message: string): Error {
    return syntaxError(this.chunk, this.line, message, this.tokenText());
  }

  private tokenText(): string {
    switch (this.token) {
      case '<name>':
      case '<string>':
      case '<number>':
        return this.source.slice(this.start, this.at).replace(/\0.*/s, '');
      default:
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
        return /^[\0-\x1f]$/.test(this.token) ? `char(${this.token.charCodeAt(0)})` : this.token;
    }
  }

  private errorAt(message: string, near: string): Error {
    return syntaxError(this.chunk, this.line, message, near);
  }

  private skipHeader(): void {
    const s = this.source;
    if (s.startsWith('\xef\xbb\xbf')) this.at = 3;
    if (s[this.at] !== '#') return;
    while (this.at < s.length && s[this.at] !== '\n' && s[this.at] !== '\r') this.at++;
  }

  private scan(): Token {
    const s = this.source;
    for (;;) {
      const c = s.charCodeAt(this.at);
      this.start = this.at;
      if (c !== c) return '<eof>';
      const cls = CHAR_CLASS[c]!;
      if (cls & NAME_START) return this.scanName();
      if (cls & DIGIT) return this.scanNumber();
      if (cls & SPACE) {
        if (c === 10 || c === 13) this.newline();
        else this.at++;
        continue;
      }
      if (c === 45 && s.charCodeAt(this.at + 1) === 45) {
        this.skipComment();
        continue;
      }
      return this.scanSymbol(c);
    }
  }

  private newline(): void {
    const s = this.source;
    const c = s.charCodeAt(this.at++);
    const d = s.charCodeAt(this.at);
    if ((d === 10 || d === 13) && d !== c) this.at++;
    this.line++;
  }

  private scanName(): Token {
    const s = this.source;
    let at = this.at + 1;
    while ((CHAR_CLASS[s.charCodeAt(at)]! & (NAME_START | DIGIT)) !== 0) at++;
    const text = s.slice(this.at, at);
    this.at = at;
    this.text = text;
    return KEYWORDS.has(text) ? text : '<name>';
  }

  private scanNumber(): Token {
    const s = this.source;
    let at = this.at;
    const hex = s.charCodeAt(at) === 48 && (s.charCodeAt(at + 1) | 32) === 120;
    for (;;) {
      const c = s.charCodeAt(at);
      if (c !== 46 && (CHAR_CLASS[c]! & (NAME_START | DIGIT)) === 0) break;
      if (c !== c) break;
      at++;
      const exponent = hex ? (c | 32) === 112 : (c | 32) === 101;
      const sign = s.charCodeAt(at);
      if (exponent && (sign === 43 || sign === 45)) at++;
    }
    const text = s.slice(this.at, at);
    this.at = at;
    const value = parseNumberLiteral(text);
    if (value === undefined) throw this.numberError(text);
    this.number = value;
    return '<number>';
  }

  private numberError(text: string): Error {
    if (/^(0x[0-9a-f]+|\d+)(u?ll|i)$/i.test(text)) {
      return this.errorAt(
        /i$/i.test(text) ? 'complex numbers are not supported' : '64-bit integer literals are not supported',
        text,
      );
    }
    return this.errorAt('malformed number', text);
  }

  private skipComment(): void {
    const s = this.source;
    this.at += 2;
    if (s[this.at] === '[') {
      const level = this.longBracket();
      if (level >= 0) {
        this.readLong(level, 'unfinished long comment');
        return;
      }
    }
    while (this.at < s.length && s[this.at] !== '\n' && s[this.at] !== '\r') this.at++;
  }

  /** At `[`: the level of the long bracket that opens here, -1 for a single `[`, -2 for `[=` without a second one. */
  private longBracket(): number {
    const s = this.source;
    let at = this.at + 1;
    while (s[at] === '=') at++;
    const level = at - this.at - 1;
    if (s[at] === '[') return level;
    return level === 0 ? -1 : -2;
  }

  private readLong(level: number, fault: string): string {
    const s = this.source;
    const close = `]${'='.repeat(level)}]`;
    const from = this.at + level + 2;
    const end = s.indexOf(close, from);
    if (end < 0) {
      for (const _ of s.slice(from).matchAll(/\r\n|\n\r|\n|\r/g)) this.line++;
      throw this.errorAt(fault, '<eof>');
    }
    let text = s.slice(from, end);
    this.at = end + close.length;
    if (text.includes('\n') || text.includes('\r')) {
      text = text.replace(/\r\n|\n\r|\n|\r/g, () => {
        this.line++;
        return '\n';
      });
      if (text[0] === '\n') text = text.slice(1);
    }
    return text;
  }

  private scanString(quote: number): Token {
    const reader = new LexString(this.source, this.at, quote);
    try {
      this.text = reader.read();
    } catch (e) {
      if (!(e instanceof EscapeError)) throw e;
      this.line += reader.lines;
      throw this.errorAt(e.message, e.atEnd ? '<eof>' : String.fromCharCode(quote) + reader.saved);
    }
    this.at = reader.at;
    this.line += reader.lines;
    return '<string>';
  }

  private scanSymbol(c: number): Token {
    const s = this.source;
    const d = s.charCodeAt(this.at + 1);
    if (c === 34 || c === 39) return this.scanString(c);
    if (c === 91) return this.scanBracket();
    if (c === 46) {
      if ((CHAR_CLASS[d]! & DIGIT) !== 0) return this.scanNumber();
      if (d !== 46) return this.take(1);
      return this.take(s.charCodeAt(this.at + 2) === 46 ? 3 : 2);
    }
    // = < > ~ with a following =
    if (d === 61 && (c === 61 || c === 60 || c === 62 || c === 126)) return this.take(2);
    // :: << >> //
    if (d === c && (c === 58 || c === 60 || c === 62 || c === 47)) return this.take(2);
    return this.take(1);
  }

  private take(n: number): Token {
    const from = this.at;
    this.at += n;
    return this.source.slice(from, this.at);
  }

  private scanBracket(): Token {
    const level = this.longBracket();
    if (level === -1) return this.take(1);
    if (level === -2) {
      const eq = /^\[=*/.exec(this.source.slice(this.at, this.at + 1000))!;
      throw this.errorAt('invalid long string delimiter', eq[0]);
    }
    this.text = this.readLong(level, 'unfinished long string');
    return '<string>';
  }
}
