/** Quoted strings with their escapes. */
import { CHAR_CLASS, DIGIT, HEX, SPACE } from './char-class.js';

const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** A fault inside a string literal; the lexer adds position and context. */
export class EscapeError extends Error {
  readonly atEnd: boolean;

  constructor(message: string, atEnd = false) {
    super(message);
    this.atEnd = atEnd;
  }
}

/** Reads one quoted string that starts at `at`. */
export class LexString {
  readonly source: string;
  readonly quote: number;
  at: number;
  /** Line ends passed. */
  lines = 0;
  /** The value so far. */
  saved = '';

  constructor(source: string, at: number, quote: number) {
    this.source = source;
    this.at = at + 1;
    this.quote = quote;
  }

  read(): string {
    const s = this.source;
    let from = this.at;
    for (;;) {
      const c = s.charCodeAt(this.at);
      if (c === this.quote || c === 92 || c === 10 || c === 13 || c !== c) {
        this.saved += s.slice(from, this.at);
        if (c === this.quote) {
          this.at++;
          return this.saved;
        }
        if (c === 10 || c === 13) throw new EscapeError('unfinished string');
        if (c !== c) throw new EscapeError('unfinished string', true);
        this.at++;
        this.readEscape();
        from = this.at;
      } else {
        this.at++;
      }
    }
  }

  private readEscape(): void {
    const s = this.source;
    const ch = s[this.at];
    if (ch === undefined) throw new EscapeError('unfinished string', true);
    const simple = Object.hasOwn(SIMPLE, ch) ? SIMPLE[ch] : undefined;
    if (simple !== undefined) {
      this.saved += simple;
      this.at++;
    } else if (ch === 'x') this.readHex();
    else if (ch === 'u') this.readUnicode();
    else if (ch === 'z') this.skipSpace();
    else if (ch === '\n' || ch === '\r') {
      this.newline();
      this.saved += '\n';
    } else this.readDecimal();
  }

  private newline(): void {
    const s = this.source;
    const c = s.charCodeAt(this.at++);
    const d = s.charCodeAt(this.at);
    if ((d === 10 || d === 13) && d !== c) this.at++;
    this.lines++;
  }

  private skipSpace(): void {
    const s = this.source;
    this.at++;
    for (;;) {
      const c = s.charCodeAt(this.at);
      if (c !== c || (CHAR_CLASS[c]! & SPACE) === 0) return;
      if (c === 10 || c === 13) this.newline();
      else this.at++;
    }
  }

  private readHex(): void {
    const digits = this.source.slice(this.at + 1, this.at + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new EscapeError('invalid escape sequence');
    this.saved += String.fromCharCode(Number.parseInt(digits, 16));
    this.at += 3;
  }

  private readDecimal(): void {
    const s = this.source;
    let value = 0;
    let n = 0;
    while (n < 3 && (CHAR_CLASS[s.charCodeAt(this.at + n)]! & DIGIT) !== 0) {
      value = value * 10 + s.charCodeAt(this.at + n) - 48;
      n++;
    }
    if (n === 0 || value > 255) throw new EscapeError('invalid escape sequence');
    this.saved += String.fromCharCode(value);
    this.at += n;
  }

  private readUnicode(): void {
    const s = this.source;
    let at = this.at + 1;
    if (s[at] !== '{') throw new EscapeError('invalid escape sequence');
    at++;
    const from = at;
    let code = 0;
    while ((CHAR_CLASS[s.charCodeAt(at)]! & HEX) !== 0) {
      code = code * 16 + Number.parseInt(s[at]!, 16);
      if (code >= 0x110000) throw new EscapeError('invalid escape sequence');
      at++;
    }
    if (at === from || s[at] !== '}' || (code >= 0xd800 && code < 0xe000))
      throw new EscapeError('invalid escape sequence');
    this.saved += utf8Bytes(code);
    this.at = at + 1;
  }
}

/** UTF-8 encoding of a code point (surrogates included) as a byte string. */
export function utf8Bytes(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
  if (code < 0x10000) {
    return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return String.fromCharCode(
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 63),
    0x80 | ((code >> 6) & 63),
    0x80 | (code & 63),
  );
}
