/** The backtracking matcher that walks the items of a pattern: for patterns used once or too deep to compile. */
import { luaError } from '../../raise.js';
import type { ParsedPattern, PatternItem } from './parse.js';

/** Nested attempts after which the C implementation gives up. */
export const MAX_DEPTH = 200;

/** Steps between two reports to `burn`. */
const BURN_STEP = 1024;

/** End of the match of a pattern at one position, or -1; fills `cap` with start and end of each capture. */
export class PatternWalker {
  private readonly items: readonly PatternItem[];
  private readonly cap: number[];
  private readonly burn: (steps: number) => void;
  private subject = '';
  private depth = 0;
  private steps = 0;

  constructor(parsed: ParsedPattern, cap: number[], burn: (steps: number) => void) {
    this.items = parsed.items;
    this.cap = cap;
    this.burn = burn;
  }

  /** First position from `init` on where the pattern matches; the end goes to `onMatch`. -1 when there is none. */
  matchAt(subject: string, at: number): number {
    this.subject = subject;
    this.depth = 0;
    return this.run(0, at);
  }

  private tick(amount: number): void {
    this.steps += amount;
    if (this.steps < BURN_STEP) return;
    const steps = this.steps;
    this.steps = 0;
    this.burn(steps);
  }

  /** Matches the items from `index` on at position `at`. */
  private run(index: number, at: number): number {
    if (++this.depth > MAX_DEPTH) throw luaError('pattern too complex');
    this.tick(1);
    const end = this.runItems(index, at);
    this.depth--;
    return end;
  }

  private runItems(start: number, from: number): number {
    const { items, cap, subject } = this;
    let at = from;
    for (let index = start; index < items.length; index++) {
      const item = items[index]!;
      switch (item.kind) {
        case 'set': {
          const here = at < subject.length && item.set[subject.charCodeAt(at)] === 1;
          if (item.repeat === '' && here) at++;
          else if (item.repeat === '') return -1;
          else if (item.repeat !== '?') return this.repeat(index, at, here);
          else if (here) {
            const end = this.run(index + 1, at + 1);
            if (end >= 0) return end;
          }
          break;
        }
        case 'open':
          cap[2 * item.index] = at;
          return this.run(index + 1, at);
        case 'position':
          cap[2 * item.index] = at;
          cap[2 * item.index + 1] = at;
          return this.run(index + 1, at);
        case 'close':
          cap[2 * item.index + 1] = at;
          return this.run(index + 1, at);
        case 'fault':
          throw luaError(item.message);
        default:
          at = this.step(item, at);
          if (at < 0) return -1;
      }
    }
    return at;
  }

  private repeat(index: number, at: number, here: boolean): number {
    const item = this.items[index] as Extract<PatternItem, { kind: 'set' }>;
    if (item.repeat === '-') return this.lazy(index, at);
    if (item.repeat === '+' && !here) return -1;
    const { subject } = this;
    let end = at;
    while (end < subject.length && item.set[subject.charCodeAt(end)] === 1) end++;
    this.tick(end - at);
    const least = item.repeat === '+' ? at + 1 : at;
    for (; end >= least; end--) {
      const result = this.run(index + 1, end);
      if (result >= 0) return result;
    }
    return -1;
  }

  private lazy(index: number, from: number): number {
    const item = this.items[index] as Extract<PatternItem, { kind: 'set' }>;
    const { subject } = this;
    for (let at = from; ; at++) {
      const result = this.run(index + 1, at);
      if (result >= 0) return result;
      if (at >= subject.length || item.set[subject.charCodeAt(at)] === 0) return -1;
    }
  }

  private step(item: PatternItem, at: number): number {
    const { subject, cap } = this;
    switch (item.kind) {
      case 'end':
        return at === subject.length ? at : -1;
      case 'balance': {
        const end = matchBalance(subject, at, item.open, item.close);
        this.tick(end < 0 ? subject.length - at : end - at);
        return end;
      }
      case 'frontier': {
        const before = at === 0 ? 0 : subject.charCodeAt(at - 1);
        const after = at < subject.length ? subject.charCodeAt(at) : 0;
        return item.set[before] === 0 && item.set[after] === 1 ? at : -1;
      }
      case 'back':
        return item.never ? -1 : matchBack(subject, at, cap[2 * item.index]!, cap[2 * item.index + 1]!);
      default:
        return -1;
    }
  }
}

/** End of the balanced text that starts at `at` (`%b`), or -1. */
export function matchBalance(subject: string, at: number, open: number, close: number): number {
  if (at >= subject.length || subject.charCodeAt(at) !== open) return -1;
  let nesting = 1;
  for (let here = at + 1; here < subject.length; here++) {
    const c = subject.charCodeAt(here);
    if (c === close) {
      if (--nesting === 0) return here + 1;
    } else if (c === open) {
      nesting++;
    }
  }
  return -1;
}

/** Position behind a repetition of `subject[start, end)` at `at`, or -1. */
export function matchBack(subject: string, at: number, start: number, end: number): number {
  const length = end - start;
  if (length > subject.length - at || !subject.startsWith(subject.slice(start, end), at)) return -1;
  return at + length;
}
