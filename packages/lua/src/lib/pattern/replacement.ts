/** Replacement texts of string.gsub: `%0` to `%9` stand for captures, `%` before anything else for that character. */
import { luaError } from '../../raise.js';
import { numberToString } from '../number-text.js';
import type { Matcher } from './matcher.js';

/** Literal text, or the number of a capture (0 is the whole match). */
type Part = string | number;

export class Replacement {
  /** The text itself where it refers to no capture. */
  readonly fixed: string | undefined;
  private readonly parts: readonly Part[];

  constructor(source: string) {
    this.parts = parseReplacement(source);
    this.fixed = this.parts.length === 0 ? '' : undefined;
    if (this.parts.length === 1 && typeof this.parts[0] === 'string') this.fixed = this.parts[0];
  }

  /** The text for the last match of `matcher`, which ended at `end`. */
  expand(matcher: Matcher, subject: string, end: number): string {
    let result = '';
    for (const part of this.parts) {
      if (typeof part === 'string') result += part;
      else if (part === 0 || (part === 1 && matcher.captures.length === 0)) result += subject.slice(matcher.start, end);
      else result += captureText(matcher, subject, part - 1);
    }
    return result;
  }
}

function captureText(matcher: Matcher, subject: string, index: number): string {
  if (index >= matcher.captures.length) throw luaError('invalid capture index');
  const value = matcher.capture(subject, index);
  return typeof value === 'string' ? value : numberToString(value);
}

function parseReplacement(source: string): Part[] {
  const parts: Part[] = [];
  let text = '';
  for (let at = 0; at < source.length; at++) {
    const percent = source.indexOf('%', at);
    if (percent < 0) {
      text += source.slice(at);
      break;
    }
    text += source.slice(at, percent);
    at = percent + 1;
    const code = source.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (text !== '') parts.push(text);
      text = '';
      parts.push(code - 48);
    } else {
      // A lone % at the end takes the NUL byte that C strings end with.
      text += at < source.length ? source.charAt(at) : '\0';
    }
  }
  if (text !== '') parts.push(text);
  return parts;
}

/** Replacement texts kept by one state. */
export class ReplacementCache {
  private readonly limit: number;
  private readonly known = new Map<string, Replacement>();

  constructor(limit = 200) {
    this.limit = limit;
  }

  get(source: string): Replacement {
    let found = this.known.get(source);
    if (found === undefined) {
      if (this.known.size >= this.limit) this.known.clear();
      found = new Replacement(source);
      this.known.set(source, found);
    }
    return found;
  }
}
