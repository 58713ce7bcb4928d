/** What can begin a match of the rest of a pattern: the ground for matching without backtracking. */
import { addAll, type CharSet, disjoint, emptySet } from './char-set.js';
import type { PatternItem } from './parse.js';

export interface First {
  /** Every value with which a non-empty match can begin. */
  readonly set: CharSet;
  /** The rest always needs a character of `set` here. */
  readonly needed: boolean;
  /** Nothing is known about the rest. */
  readonly unknown: boolean;
}

/** First characters of the items from `index` on. */
export function firstOf(items: readonly PatternItem[], index: number): First {
  const set = emptySet();
  for (let at = index; at < items.length; at++) {
    const item = items[at]!;
    switch (item.kind) {
      case 'open':
      case 'close':
      case 'position':
        continue;
      case 'set':
        addAll(set, item.set);
        if (item.repeat === '' || item.repeat === '+') return { set, needed: true, unknown: false };
        continue;
      case 'balance':
        set[item.open] = 1;
        return { set, needed: true, unknown: false };
      case 'end':
      case 'fault':
        return { set, needed: false, unknown: false };
      default:
        return { set, needed: false, unknown: true };
    }
  }
  return { set, needed: false, unknown: false };
}

/**
 * True when a greedy run of `set` before `index` never has to give characters back: where it could stop earlier stands
 * a character of `set`, with which the rest cannot begin, and where the rest may be empty it is satisfied at once.
 */
export function neverGivesBack(items: readonly PatternItem[], index: number, set: CharSet): boolean {
  const first = firstOf(items, index);
  return !first.unknown && disjoint(first.set, set);
}

/** Least number of characters a match of the items from `index` on takes. */
export function leastLength(items: readonly PatternItem[]): number {
  let length = 0;
  for (const item of items) {
    if (item.kind === 'fault') return 0;
    if (item.kind === 'set' && (item.repeat === '' || item.repeat === '+')) length++;
    if (item.kind === 'balance') length += 2;
  }
  return length;
}
