/** Splits source text (a byte string) into tokens, the LuaJIT way. */
import { BEFORE_EQUALS, CHAR_CLASS, DIGIT, DOUBLED, NAME_START, SPACE, SYMBOLS } from './char-class.js';
import { numberFault, parseNumberLiteral } from './number-literal.js';
import { EscapeError, LexString } from './string-literal.js';
import { syntaxError } from './syntax-error.js';

/** Keywords and operators stand for themselves; the rest are `<name>`, `<string>`, `<number>`, `<eof>`. */
export type Token = string;

const KEYWORDS: readonly Token[] = [
  ...['and', 'break', 'do', 'else', 'elseif', 'end', 'false', 'for', 'function', 'goto', 'if', 'in', 'local', 'nil'],
  ...['not', 'or', 'repeat', 'return', 'then', 'true', 'until', 'while'],
];

/** A keyword or name of the source. */
interface Word {
  readonly token: Token;
  readonly text: string;
}

/** A token and where it is. */
interface Place {
  readonly token: Token;
  readonly text: string;
  readonly number: number;
  readonly line: number;
  readonly start: number;
  readonly at: number;
}

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
  /** Offset of the current token. */
  start = 0;
  private at = 0;
  /** Words seen so far: each name is one string, however often it occurs. */
  private readonly words = new Map<string, Word>(KEYWORDS.map((k) => [k, { token: k, text: k }]));
  private ahead: Place | undefined = undefined;

  constructor(source: string, chunk: string) {
    this.source = source;
    this.chunk = chunk;
    this.skipHeader();
  }

  /** The token after the current one. */
  peek(): Token {
    const here = this.place();
    const { lastLine } = this;
    this.next();
    const ahead = this.place();
    this.moveTo(here);
    this.lastLine = lastLine;
    this.ahead = ahead;
    return ahead.token;
  }

  private place(): Place {
    const { token, text, number, line, start, at } = this;
    return { token, text, number, line, start, at };
  }

  private moveTo(place: Place): void {
    this.token = place.token;
    this.text = place.text;
    this.number = place.number;
    this.line = place.line;
    this.start = place.start;
    this.at = place.at;
    this.ahead = undefined;
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

  /** The next token will be the one at `offset`, on `line`. */
  startAt(offset: number, line: number): void {
    this.at = offset;
    this.line = line;
  }

  private skipHeader(): void {
    const s = this.source;
    if (s.startsWith('\xef\xbb\xbf')) this.at = 3;
    if (s[this.at] !== '#') return;
    while (this.at < s.length && s[this.at] !== '\n' && s[this.at] !== '\r') this.at++;
  }

  /**
   * Advances to the next token. One function for all that is frequent, and with it too large for V8 to inline: it would put a
   * copy into everything that moves to the next token, and spend more time on optimising those than on the tokens of a large
   * source.
   */
  next(): void {
    this.lastLine = this.line;
    if (this.ahead !== undefined) {
      this.moveTo(this.ahead);
      return;
    }
    const s = this.source;
    let { at } = this;
    for (;;) {
      let c = s.charCodeAt(at);
      while (c === 32) c = s.charCodeAt(++at);
      const start = at;
      this.start = start;
      this.at = at;
      if (c !== c) {
        this.token = '<eof>';
        return;
      }
      const cls = CHAR_CLASS[c]!;
      if (cls & NAME_START) {
        do c = s.charCodeAt(++at);
        while ((CHAR_CLASS[c]! & (NAME_START | DIGIT)) !== 0);
        this.at = at;
        const text = s.slice(start, at);
        let word = this.words.get(text);
        if (word === undefined) {
          word = { token: '<name>', text };
          this.words.set(text, word);
        }
        this.text = word.text;
        this.token = word.token;
        return;
      }
      if (cls & DIGIT) {
        this.token = this.scanNumber();
        return;
      }
      const d = s.charCodeAt(at + 1);
      if (cls & SPACE) {
        at++;
        if (c === 10 || c === 13) {
          if ((d === 10 || d === 13) && d !== c) at++;
          this.line++;
        }
      } else if (c === 45 && d === 45) {
        this.skipComment();
        at = this.at;
      } else if (c === 34 || c === 39 || c === 91 || c === 46) {
        this.token = c === 91 ? this.scanBracket() : c === 46 ? this.scanDot(d) : this.scanString(c);
        return;
      } else {
        const token = (d === 61 ? BEFORE_EQUALS[c] : d === c ? DOUBLED[c] : undefined) ?? SYMBOLS[c]!;
        this.at = at + token.length;
        this.token = token;
        return;
      }
    }
  }

  private scanNumber(): Token {
    const s = this.source;
    let at = this.at;
    let digits = 0;
    let c = s.charCodeAt(at);
    for (; c >= 48 && c <= 57; c = s.charCodeAt(++at)) digits = digits * 10 + c - 48;
    // A whole number of few digits.
    if (c !== 46 && (CHAR_CLASS[c]! & NAME_START) === 0 && at - this.at < 16) {
      this.at = at;
      this.number = digits;
      return '<number>';
    }
    return this.scanAnyNumber();
  }

  private scanAnyNumber(): Token {
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
    if (value === undefined) throw this.errorAt(numberFault(text), text);
    this.number = value;
    return '<number>';
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

  private scanDot(next: number): Token {
    if ((CHAR_CLASS[next]! & DIGIT) !== 0) return this.scanNumber();
    if (next !== 46) return this.take('.');
    return this.take(this.source.charCodeAt(this.at + 2) === 46 ? '...' : '..');
  }

  private take(token: Token): Token {
    this.at += token.length;
    return token;
  }

  private scanBracket(): Token {
    const level = this.longBracket();
    if (level === -1) return this.take('[');
    if (level === -2) {
      const eq = /^\[=*/.exec(this.source.slice(this.at, this.at + 1000))!;
      throw this.errorAt('invalid long string delimiter', eq[0]);
    }
    this.text = this.readLong(level, 'unfinished long string');
    return '<string>';
  }
}
