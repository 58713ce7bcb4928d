/**
 * Lua patterns as a list of items (Lua 5.1 manual 5.4.1, with LuaJIT's `%g`).
 *
 * A faulty pattern is an error only when matching gets as far as the fault, so a fault is an item too; it ends the
 * list. What stands behind a NUL byte is not part of a pattern, as in the C implementation.
 */
import { ANY, addClass, addRange, type CharSet, complement, emptySet, singleSet } from './char-set.js';

/** How often a set may match: once, or by its suffix `*`, `+`, `-` or `?`. */
export type Repeat = '' | '*' | '+' | '-' | '?';

export type PatternItem =
  | { readonly kind: 'set'; readonly set: CharSet; readonly repeat: Repeat }
  | { readonly kind: 'open'; readonly index: number }
  | { readonly kind: 'close'; readonly index: number }
  | { readonly kind: 'position'; readonly index: number }
  | { readonly kind: 'back'; readonly index: number; readonly never: boolean }
  | { readonly kind: 'balance'; readonly open: number; readonly close: number }
  | { readonly kind: 'frontier'; readonly set: CharSet }
  | { readonly kind: 'end' }
  | { readonly kind: 'fault'; readonly message: string };

/** What a capture holds when the whole pattern has matched. */
export type CaptureKind = 'range' | 'position' | 'unfinished';

export interface ParsedPattern {
  readonly items: readonly PatternItem[];
  /** Captures in the order of their parentheses; at most 32. */
  readonly captures: readonly CaptureKind[];
}

const MAX_CAPTURES = 32;
const PERCENT = 37;
const OPEN = 40;
const CLOSE = 41;
const DOLLAR = 36;
const BRACKET = 91;

/** Parses `pattern` from `start` (1 when a leading `^` was taken off). */
export function parsePattern(pattern: string, start: number): ParsedPattern {
  const nul = pattern.indexOf('\0');
  return new PatternParser(nul < 0 ? pattern : pattern.slice(0, nul), start).parse();
}

class PatternParser {
  private readonly text: string;
  private at: number;
  private readonly items: PatternItem[] = [];
  private readonly captures: CaptureKind[] = [];

  constructor(text: string, start: number) {
    this.text = text;
    this.at = start;
  }

  parse(): ParsedPattern {
    while (this.at < this.text.length) {
      const item = this.next();
      this.items.push(item);
      if (item.kind === 'fault') break;
    }
    return { items: this.items, captures: this.captures };
  }

  private code(offset: number): number {
    const at = this.at + offset;
    return at < this.text.length ? this.text.charCodeAt(at) : 0;
  }

  private next(): PatternItem {
    switch (this.code(0)) {
      case OPEN:
        return this.open();
      case CLOSE:
        return this.close();
      case DOLLAR:
        if (this.at + 1 < this.text.length) return this.single();
        this.at++;
        return { kind: 'end' };
      case PERCENT:
        return this.percent();
      default:
        return this.single();
    }
  }

  private open(): PatternItem {
    const index = this.captures.length;
    if (index >= MAX_CAPTURES) return fault('too many captures');
    if (this.code(1) === CLOSE) {
      this.at += 2;
      this.captures.push('position');
      return { kind: 'position', index };
    }
    this.at++;
    this.captures.push('unfinished');
    return { kind: 'open', index };
  }

  private close(): PatternItem {
    const index = this.captures.lastIndexOf('unfinished');
    if (index < 0) return fault('invalid pattern capture');
    this.at++;
    this.captures[index] = 'range';
    return { kind: 'close', index };
  }

  private percent(): PatternItem {
    const letter = this.code(1);
    if (letter === 98) return this.balance();
    if (letter === 102) return this.frontier();
    if (letter >= 48 && letter <= 57) return this.back(letter - 49);
    return this.single();
  }

  private balance(): PatternItem {
    const open = this.code(2);
    const close = this.code(3);
    if (open === 0 || close === 0) return fault('unbalanced pattern');
    this.at += 4;
    return { kind: 'balance', open, close };
  }

  private frontier(): PatternItem {
    this.at += 2;
    if (this.code(0) !== BRACKET) return fault("missing '[' after '%f' in pattern");
    const end = this.bracketEnd();
    if (end < 0) return fault(MISSING_BRACKET);
    const set = this.bracketSet(end - 1);
    this.at = end;
    return { kind: 'frontier', set };
  }

  private back(index: number): PatternItem {
    const kind = this.captures[index];
    if (kind === undefined || kind === 'unfinished') return fault('invalid capture index');
    this.at += 2;
    return { kind: 'back', index, never: kind === 'position' };
  }

  private single(): PatternItem {
    const c = this.code(0);
    let set: CharSet;
    if (c === PERCENT) {
      if (this.at + 1 >= this.text.length) return fault("malformed pattern (ends with '%')");
      set = emptySet();
      addClass(set, this.code(1));
      this.at += 2;
    } else if (c === BRACKET) {
      const end = this.bracketEnd();
      if (end < 0) return fault(MISSING_BRACKET);
      set = this.bracketSet(end - 1);
      this.at = end;
    } else {
      set = c === 46 ? ANY : singleSet(c);
      this.at++;
    }
    return { kind: 'set', set, repeat: this.repeat() };
  }

  private repeat(): Repeat {
    const suffix = this.text.charAt(this.at);
    if (suffix !== '*' && suffix !== '+' && suffix !== '-' && suffix !== '?') return '';
    this.at++;
    return suffix;
  }

  /** Index behind the `]` of the set that starts here, or -1. The first character is never the closing one. */
  private bracketEnd(): number {
    const text = this.text;
    let at = this.at + 1;
    if (text.charAt(at) === '^') at++;
    do {
      if (at >= text.length) return -1;
      if (text.charCodeAt(at++) === PERCENT && at < text.length) at++;
    } while (text.charAt(at) !== ']');
    return at + 1;
  }

  private bracketSet(end: number): CharSet {
    const text = this.text;
    const set = emptySet();
    let at = this.at + 1;
    const negated = text.charAt(at) === '^';
    if (negated) at++;
    for (; at < end; at++) {
      const c = text.charCodeAt(at);
      if (c === PERCENT) {
        addClass(set, text.charCodeAt(++at));
      } else if (text.charAt(at + 1) === '-' && at + 2 < end) {
        at += 2;
        addRange(set, c, text.charCodeAt(at));
      } else {
        set[c] = 1;
      }
    }
    return negated ? complement(set) : set;
  }
}

const MISSING_BRACKET = "malformed pattern (missing ']')";

function fault(message: string): PatternItem {
  return { kind: 'fault', message };
}
