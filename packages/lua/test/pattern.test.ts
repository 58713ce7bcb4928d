import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LuaError } from '../src/errors.js';
import { canCompile, compilePattern } from '../src/lib/pattern/compile.js';
import { PatternWalker } from '../src/lib/pattern/interpret.js';
import { Matcher } from '../src/lib/pattern/matcher.js';
import { parsePattern } from '../src/lib/pattern/parse.js';
import { State } from '../src/state.js';

/** First match from the start: start, end and captures, or the error text. */
type Found = number[] | string | undefined;

function attempt(run: () => Found): Found {
  try {
    return run();
  } catch (error) {
    if (error instanceof LuaError) return error.value;
    throw error;
  }
}

function walk(subject: string, pattern: string): Found {
  const parsed = parsePattern(pattern, pattern.startsWith('^') ? 1 : 0);
  const out = new Array<number>(2 * parsed.captures.length).fill(0);
  const walker = new PatternWalker(parsed, out, () => {});
  return attempt(() => {
    const last = pattern.startsWith('^') ? 0 : subject.length;
    for (let at = 0; at <= last; at++) {
      const end = walker.matchAt(subject, at);
      if (end >= 0) return [at, end, ...out];
    }
    return undefined;
  });
}

function runCompiled(subject: string, pattern: string): Found {
  const parsed = parsePattern(pattern, pattern.startsWith('^') ? 1 : 0);
  const out: number[] = [];
  const search = compilePattern(parsed, pattern.startsWith('^'), out, () => {});
  return attempt(() => {
    const end = search(subject, 0);
    if (end < 0) return undefined;
    const start = out[2 * parsed.captures.length]!;
    return [start, end, ...out.slice(0, 2 * parsed.captures.length)];
  });
}

const single = fc.oneof(
  fc.constantFrom('a', 'b', 'x', '.', '%a', '%d', '%s', '%W', '[ab]', '[^a]', '[%d-]', '[a-c]', '%.', ']'),
  fc.constantFrom('(', ')', '()', '%1', '%b()', '%f[%a]', '%', '[', '$', '^'),
);
const item = fc.tuple(single, fc.constantFrom('', '', '*', '+', '-', '?')).map(([text, repeat]) => text + repeat);
const pattern = fc.array(item, { maxLength: 6 }).map((items) => items.join(''));
const subject = fc.string({ unit: fc.constantFrom(...'aabbcx01 ().-'), maxLength: 14 });

describe('compilePattern()', () => {
  it('compilePattern() finds what the walker finds, faults included', () => {
    fc.assert(
      fc.property(subject, pattern, (s, p) => {
        expect(runCompiled(s, p)).toEqual(walk(s, p));
      }),
      { numRuns: 3000 },
    );
  });

  it('compilePattern() takes no text of the pattern into its source', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what must not become one
    const hostile = '`${process.exit()}`\'"\\\n*/';
    expect(runCompiled(`xx${hostile}`, hostile.replace(/[$*()]/g, '%$&'))).toEqual([2, 2 + hostile.length]);
  });

  it('compilePattern() skips the starts inside a run that cannot lead to a match', () => {
    let work = 0;
    const parsed = parsePattern('(%w+)=', 0);
    const search = compilePattern(parsed, false, [], (steps) => {
      work += steps;
    });
    expect(search('x'.repeat(100_000), 0)).toBe(-1);
    expect(work).toBeLessThan(200_000);
  });
});

describe('Matcher', () => {
  it('Matcher reports its work so that hostile patterns can be stopped', () => {
    const matcher = new Matcher(`${'a-'.repeat(12)}b`, 0, () => {
      throw new LuaError('out of time');
    });
    expect(() => matcher.search('a'.repeat(3000), 0)).toThrow('out of time');
  });

  it('Matcher lets a state interrupt a search that would take hours', () => {
    const state = new State({ fuelLimit: 1_000_000 });
    const search = state.load('return string.find(("a"):rep(20000), "a-a-a-a-b")');
    expect(() => state.callMulti(search)).toThrow(expect.objectContaining({ code: 'LUA_ERR_INTERRUPTED' }));
    state.close();
  });

  it('string.match() by position in a long text charges for what it looks at', () => {
    const state = new State({ fuelLimit: 1_000_000 });
    const parse = state.load(`local text, n = (" x"):rep(100000), 0
      for i = 1, 20000 do
        n = n + text:match("^[ ]*()", i) + (text:find("^y", i) or 0) + text:find("x", i, true) + text:find("[xy]", i)
      end
      return n`);
    expect(state.call(parse)).toBe(600_060_000);
    const search = state.load('for i = 1, 20000 do string.find((" "):rep(200000), "^ *x") end');
    expect(() => state.call(search)).toThrow(expect.objectContaining({ code: 'LUA_ERR_INTERRUPTED' }));
    state.close();
  });

  it('Matcher is usable again after it was stopped', () => {
    let stop = true;
    const matcher = new Matcher('(a*)(a*)b$', 0, () => {
      if (stop) throw new LuaError('out of time');
    });
    expect(() => matcher.search('a'.repeat(5000), 0)).toThrow('out of time');
    stop = false;
    expect(matcher.search('xaab', 0)).toBe(4);
    expect(matcher.results('xaab', 4)).toEqual(['aa', '']);
  });

  it('Matcher gives up where C does on patterns of more than 200 nested attempts', () => {
    const deep = new Matcher('a?'.repeat(200), 0, () => {});
    expect(() => deep.search('a'.repeat(250), 0)).toThrow('pattern too complex');
    expect(new Matcher('a?'.repeat(199), 0, () => {}).search('a'.repeat(250), 0)).toBe(199);
    expect(canCompile(parsePattern('a?'.repeat(200), 0))).toBe(false);
  });

  it.each([
    ['%', "malformed pattern (ends with '%')"],
    ['[a', "malformed pattern (missing ']')"],
    ['(a', 'unfinished capture'],
    ['%1', 'invalid capture index'],
    ['a))', 'invalid pattern capture'],
    ['%bx', 'unbalanced pattern'],
    ['%fa', "missing '[' after '%f' in pattern"],
    ['()'.repeat(33), 'too many captures'],
  ])('Matcher refuses %j with LuaJIT’s words', (text, message) => {
    const matcher = new Matcher(text, 0, () => {});
    expect(() => matcher.results('aaa', matcher.search('aaa', 0))).toThrow(message);
  });
});
