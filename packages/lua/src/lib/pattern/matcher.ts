/** A pattern ready for use, and the cache that keeps the ones in use. */
import { luaError } from '../../raise.js';
import type { LuaValue } from '../../value.js';
import { canCompile, compilePattern, type PatternSearch } from './compile.js';
import { PatternWalker } from './interpret.js';
import { type CaptureKind, type ParsedPattern, parsePattern } from './parse.js';

/** Work (searches and characters looked at) a pattern does by walking before it is worth compiling. */
const COMPILE_AFTER = 400;

/** Charge for one search, in characters. */
const SEARCH_COST = 16;

/**
 * One pattern. `search` finds a match; start, end and captures of the last match stay readable until the next search
 * with the same matcher, so callers take them before they call back into Lua.
 */
export class Matcher {
  readonly captures: readonly CaptureKind[];
  readonly anchored: boolean;
  /** Start and end of each capture, then the start of the match. */
  readonly out: number[];
  private readonly parsed: ParsedPattern;
  /** Looks at no more characters than it has items. */
  private readonly short: boolean;
  private readonly burn: (steps: number) => void;
  private readonly walker: PatternWalker;
  private compiled: PatternSearch | undefined = undefined;
  private work = 0;

  constructor(pattern: string, start: number, burn: (steps: number) => void) {
    this.parsed = parsePattern(pattern, start);
    this.captures = this.parsed.captures;
    this.anchored = start === 1;
    this.short = this.anchored && this.parsed.items.every(isShort);
    this.out = new Array<number>(2 * this.captures.length + 1).fill(0);
    this.burn = burn;
    this.walker = new PatternWalker(this.parsed, this.out, burn);
  }

  /** Finds the first match at `init` (0-based) or later; returns its end or -1. */
  search(subject: string, init: number): number {
    const compiled = this.compiled;
    if (compiled !== undefined) return compiled(subject, init);
    return this.walk(subject, init);
  }

  /** Up to where a search that ended at `end` may have looked. */
  reach(subject: string, end: number): number {
    if (end >= 0) return end;
    return this.short ? 0 : subject.length;
  }

  /** Start of the last match. */
  get start(): number {
    return this.out[2 * this.captures.length]!;
  }

  private walk(subject: string, init: number): number {
    const { walker, out, captures } = this;
    this.work += SEARCH_COST + subject.length - init;
    if (this.work > COMPILE_AFTER && canCompile(this.parsed)) {
      this.compiled = compilePattern(this.parsed, this.anchored, out, this.burn);
      return this.compiled(subject, init);
    }
    const last = this.anchored ? init : subject.length;
    for (let at = init; at <= last; at++) {
      const end = walker.matchAt(subject, at);
      if (end >= 0) {
        out[2 * captures.length] = at;
        return end;
      }
    }
    return -1;
  }

  /** Capture `index` of the last match in `subject`. */
  capture(subject: string, index: number): string | number {
    const start = this.out[2 * index]!;
    switch (this.captures[index]) {
      case 'range':
        return subject.slice(start, this.out[2 * index + 1]!);
      case 'position':
        return start + 1;
      case 'unfinished':
        throw luaError('unfinished capture');
      default:
        throw luaError('invalid capture index');
    }
  }

  /** All captures of the last match, or the whole match where the pattern has none, as results of a function. */
  results(subject: string, end: number): LuaValue {
    const count = this.captures.length;
    if (count === 0) return subject.slice(this.out[0]!, end);
    if (count === 1) return this.capture(subject, 0);
    const list: LuaValue[] = [];
    for (let i = 0; i < count; i++) list.push(this.capture(subject, i));
    return list;
  }
}

/** Whether an item of a pattern matches one character, or none. */
function isShort(item: ParsedPattern['items'][number]): boolean {
  if (item.kind === 'set') return item.repeat === '' || item.repeat === '?';
  return item.kind === 'open' || item.kind === 'close' || item.kind === 'position' || item.kind === 'end';
}

/** Patterns kept by one state. */
export class PatternCache {
  private readonly burn: (steps: number) => void;
  private readonly limit: number;
  private readonly anchorable = new Map<string, Matcher>();
  private readonly literal = new Map<string, Matcher>();

  /** @param limit number of patterns of each sort after which the cache starts anew. */
  constructor(burn: (steps: number) => void, limit = 500) {
    this.burn = burn;
    this.limit = limit;
  }

  /** The matcher of a pattern in which a leading `^` anchors. */
  get(pattern: string): Matcher {
    return this.anchorable.get(pattern) ?? this.add(this.anchorable, pattern, pattern.charCodeAt(0) === 94 ? 1 : 0);
  }

  /** The matcher of a pattern for gmatch, where `^` is an ordinary character. */
  getLiteral(pattern: string): Matcher {
    return this.literal.get(pattern) ?? this.add(this.literal, pattern, 0);
  }

  private add(map: Map<string, Matcher>, pattern: string, start: number): Matcher {
    if (map.size >= this.limit) map.clear();
    const matcher = new Matcher(pattern, start, this.burn);
    map.set(pattern, matcher);
    return matcher;
  }
}
