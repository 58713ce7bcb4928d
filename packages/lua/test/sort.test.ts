import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quicksort, sortNatively } from '../src/lib/sort.js';

const less = (a: number, b: number): boolean => a < b;

describe('quicksort()', () => {
  it('quicksort() orders any list', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (list) => {
        const sorted = [undefined, ...list];
        quicksort(sorted, 1, list.length, less);
        expect(sorted.slice(1)).toEqual([...list].sort((a, b) => a - b));
      }),
    );
  });

  it('quicksort() leaves a permutation whatever the order function says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.infiniteStream(fc.boolean()), (list, answers) => {
        const sorted: (number | undefined)[] = [undefined, ...list];
        const answer = answers[Symbol.iterator]();
        try {
          quicksort(sorted, 1, list.length, () => answer.next().value as boolean);
        } catch (error) {
          expect((error as Error).message).toContain('invalid order function for sorting');
        }
        expect((sorted.slice(1) as number[]).sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
      }),
    );
  });

  it('quicksort() moves elements as LuaJIT does', () => {
    // table.sort(t, function() return false end) of LuaJIT 2.1.0-beta3 on 1..12.
    const list = [undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    quicksort(list, 1, 12, () => false);
    expect(list.slice(1)).toEqual([1, 8, 7, 9, 10, 11, 6, 4, 5, 2, 3, 12]);
  });
});

describe('sortNatively()', () => {
  it('sortNatively() leaves lists alone whose order depends on the comparisons made', () => {
    for (const list of [
      [0, 3, Number.NaN, 1],
      [0, 1, -0, 0],
      [0, 1, '2'],
      [0, {}, {}],
      [0, 5],
    ]) {
      const before = [...list];
      expect(sortNatively(list)).toBe(false);
      expect(list).toEqual(before);
    }
  });

  it('sortNatively() sorts numbers by value and strings by bytes', () => {
    const numbers = [undefined, 10, 9, -1, 2.5, 1e300];
    const strings = [undefined, 'b', 'B', '', '\xff', '10', '9'];
    expect(sortNatively(numbers) && sortNatively(strings)).toBe(true);
    expect(numbers.slice(1)).toEqual([-1, 2.5, 9, 10, 1e300]);
    expect(strings.slice(1)).toEqual(['', '10', '9', 'B', 'b', '\xff']);
  });
});
