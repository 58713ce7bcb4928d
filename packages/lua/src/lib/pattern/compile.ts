/**
 * Patterns as JavaScript. The items become straight-line code; a repeated item becomes a loop around the rest where it
 * may have to give characters back, and a bare scan where it never has to (see `first-set.ts`).
 *
 * Nothing of the pattern's text reaches the source: only numbers, and the tables handed over beside it.
 */
import { luaError } from '../../raise.js';
import { type CharSet, runs } from './char-set.js';
import { firstOf, leastLength, neverGivesBack } from './first-set.js';
import { matchBack, matchBalance } from './interpret.js';
import type { ParsedPattern, PatternItem } from './parse.js';

/** Finds the first match at `init` or later: its end or -1. Start and captures go to `out`. */
export type PatternSearch = (subject: string, init: number) => number;

/** Loops around loops that are compiled; deeper patterns are walked. */
const MAX_LOOPS = 40;

/** Work between two reports to `burn`. */
const BURN_STEP = 2048;

/** True when a pattern is within what the generated code can nest. */
export function canCompile(parsed: ParsedPattern): boolean {
  let loops = 0;
  for (const item of parsed.items) if (item.kind === 'set' && item.repeat !== '') loops++;
  return loops <= MAX_LOOPS && parsed.items.length <= 150;
}

/**
 * Compiles a pattern.
 * @param anchored match at `init` only.
 * @param out receives start and end of each capture, then the start of the match.
 * @param burn told from time to time how much work was done; may throw.
 */
export function compilePattern(
  parsed: ParsedPattern,
  anchored: boolean,
  out: number[],
  burn: (steps: number) => void,
): PatternSearch {
  const generator = new Generator(parsed, anchored);
  const source = generator.search();
  const make = new Function('sets', 'texts', 'out', 'burn', 'fault', 'balance', 'back', source);
  return make(generator.sets, generator.texts, out, burn, luaError, matchBalance, matchBack) as PatternSearch;
}

class Generator {
  readonly sets: CharSet[] = [];
  readonly texts: string[] = [];
  private readonly parsed: ParsedPattern;
  private readonly items: readonly PatternItem[];
  private readonly anchored: boolean;
  private names = 0;
  private loops = false;

  constructor(parsed: ParsedPattern, anchored: boolean) {
    this.parsed = parsed;
    this.anchored = anchored;
    this.items = parsed.items;
  }

  search(): string {
    const anchored = this.anchored;
    const body = this.rest(0, 'from', 0, anchored ? 'return -1;' : 'break attempt;');
    const scan = anchored ? `const from = init;\n${body}` : this.scan(body);
    const caps = this.parsed.captures.map((_, i) => `let s${i} = 0, e${i} = 0;\n`).join('');
    const tables = this.sets.map((_, i) => `const t${i} = sets[${i}];\n`).join('');
    const texts = this.texts.map((_, i) => `const x${i} = texts[${i}];\n`).join('');
    const work = this.loops || !anchored ? 'let work = 0;\n' : '';
    return `'use strict';\n${tables}${texts}return function search(s, init) {\nconst n = s.length;\nlet c = 0;\n${work}${caps}${scan}\n};`;
  }

  /** The loop over the starting positions, going fast over those where no match can begin. */
  private scan(body: string): string {
    const least = leastLength(this.items);
    const first = firstOf(this.items, 0);
    const last = least === 0 ? 'n' : `n - ${least}`;
    let skip = '';
    if (first.needed && !first.unknown) {
      const prefix = this.literalPrefix();
      if (prefix !== '') {
        skip = `from = s.indexOf(${this.text(prefix)}, from);\nif (from < 0) return -1;\n`;
      } else {
        skip = `while (from < n && !(${this.test(first.set, 's.charCodeAt(from)')})) from++;\nif (from > ${last}) return -1;\n`;
      }
    }
    return `for (let from = init; from <= ${last}; from++) {\n${skip}attempt: {\n${body}}\n${this.meter('1')}}\nreturn -1;`;
  }

  /** The characters every match begins with. */
  private literalPrefix(): string {
    let prefix = '';
    for (const item of this.items) {
      if (item.kind !== 'set') break;
      const code = onlyMember(item.set);
      if (code < 0 || (item.repeat !== '' && item.repeat !== '+')) break;
      prefix += String.fromCharCode(code);
      if (item.repeat === '+') break;
    }
    return prefix;
  }

  /** Code that matches the items from `index` on at position `base + offset` and returns, or runs `fail`. */
  private rest(index: number, base: string, offset: number, fail: string): string {
    const at = place(base, offset);
    const item = this.items[index];
    if (item === undefined) return this.success(at);
    switch (item.kind) {
      case 'set':
        if (item.repeat !== '') return this.repeated(index, at, fail);
        return this.one(item.set, at, fail) + this.rest(index + 1, base, offset + 1, fail);
      case 'open':
        return `s${item.index} = ${at};\n${this.rest(index + 1, base, offset, fail)}`;
      case 'close':
        return `e${item.index} = ${at};\n${this.rest(index + 1, base, offset, fail)}`;
      case 'position':
        return `s${item.index} = e${item.index} = ${at};\n${this.rest(index + 1, base, offset, fail)}`;
      case 'end':
        return `if (${at} !== n) { ${fail} }\n${this.rest(index + 1, base, offset, fail)}`;
      case 'frontier':
        return this.frontier(item.set, at, fail) + this.rest(index + 1, base, offset, fail);
      case 'fault':
        return `throw fault(${JSON.stringify(item.message)});\n`;
      case 'back':
        if (item.never) return `${fail}\n`;
        return this.jump(index, `back(s, ${at}, s${item.index}, e${item.index})`, fail);
      default:
        this.loops = true;
        return `work += n - (${at});\n${this.jump(index, `balance(s, ${at}, ${item.open}, ${item.close})`, fail)}`;
    }
  }

  private success(at: string): string {
    const captures = this.parsed.captures;
    let code = '';
    for (let i = 0; i < captures.length; i++) code += `out[${2 * i}] = s${i};\nout[${2 * i + 1}] = e${i};\n`;
    return `${code}out[${2 * captures.length}] = from;\nreturn ${at};\n`;
  }

  private jump(index: number, expression: string, fail: string): string {
    const end = this.name('p');
    return `const ${end} = ${expression};\nif (${end} < 0) { ${fail} }\n${this.rest(index + 1, end, 0, fail)}`;
  }

  private one(set: CharSet, at: string, fail: string): string {
    return `if (${at} >= n || !(${this.test(set, `s.charCodeAt(${at})`)})) { ${fail} }\n`;
  }

  private frontier(set: CharSet, at: string, fail: string): string {
    const table = this.table(set);
    return (
      `if (${table}[${at} > 0 ? s.charCodeAt(${at} - 1) : 0] === 1 || ` +
      `${table}[${at} < n ? s.charCodeAt(${at}) : 0] === 0) { ${fail} }\n`
    );
  }

  private repeated(index: number, at: string, fail: string): string {
    const item = this.items[index] as Extract<PatternItem, { kind: 'set' }>;
    const p = this.name('p');
    if (item.repeat === '-') return this.lazy(index, item.set, p, at, fail);
    const fixed = neverGivesBack(this.items, index + 1, item.set);
    const test = `${p} < n && (${this.test(item.set, `s.charCodeAt(${p})`)})`;
    if (item.repeat === '?') {
      const begin = `let ${p} = ${at};\nif (${test}) ${p}++;\n`;
      if (fixed) return begin + this.rest(index + 1, p, 0, fail);
      return begin + this.backtrack(index, p, at, fail);
    }
    const least = item.repeat === '+' ? place(at, 1) : at;
    const begin = `let ${p} = ${at};\nwhile (${test}) ${p}++;\n`;
    const missing = item.repeat === '+' ? `if (${p} === ${at}) { ${fail} }\n` : '';
    this.loops = true;
    if (fixed) {
      const charge = index + 1 < this.items.length ? `work += ${p} - (${at});\n` : '';
      return (
        begin + missing + charge + this.rest(index + 1, p, 0, this.skipsRun(index) ? `from = ${p}; ${fail}` : fail)
      );
    }
    return `${begin}${missing}work += ${p} - (${at});\n${this.backtrack(index, p, least, fail)}`;
  }

  /**
   * True for a run at the very beginning of an unanchored pattern: when the rest fails behind the run it also fails
   * for every start inside the run, because each leads to the same place.
   */
  private skipsRun(index: number): boolean {
    if (this.anchored || this.items.some((item) => item.kind === 'back')) return false;
    return this.items.slice(0, index).every((item) => item.kind === 'open' || item.kind === 'position');
  }

  /** Tries the rest at `p` and at each position before it down to `least`. */
  private backtrack(index: number, p: string, least: string, fail: string): string {
    const label = this.name('l');
    this.loops = true;
    const rest = this.rest(index + 1, p, 0, `break ${label};`);
    return `for (;; ${p}--) {\n${label}: {\n${rest}}\nif (${p} <= ${least}) { ${fail} }\n${this.meter('1')}}\n`;
  }

  private lazy(index: number, set: CharSet, p: string, at: string, fail: string): string {
    const label = this.name('l');
    this.loops = true;
    const next = this.items[index + 1];
    // `.-x`: go from x to x, as long as nothing between them could have matched otherwise.
    const code = next?.kind === 'set' && (next.repeat === '' || next.repeat === '+') ? onlyMember(next.set) : -1;
    // Behind a fixed distance from the start a later start finds no x either.
    const missing = at.startsWith('from') ? 'return -1;' : fail;
    const hop =
      code >= 0 && set.every((member) => member === 1)
        ? `${p} = s.indexOf(${this.text(String.fromCharCode(code))}, ${p});\nif (${p} < 0) { ${missing} }\n`
        : '';
    const rest = this.rest(index + 1, p, 0, `break ${label};`);
    const step = `if (${p} >= n || !(${this.test(set, `s.charCodeAt(${p})`)})) { ${fail} }\n`;
    return `for (let ${p} = ${at};; ${p}++) {\n${hop}${label}: {\n${rest}}\n${step}${this.meter('1')}}\n`;
  }

  private meter(amount: string): string {
    return `if ((work += ${amount}) > ${BURN_STEP}) { burn(work); work = 0; }\n`;
  }

  /** An expression that tells whether the character code `code` is in the set. */
  private test(set: CharSet, code: string): string {
    const inside = runs(set);
    const size = inside.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    if (size === 256) return 'true';
    if (size === 0) return 'false';
    const negated = size > 128;
    const list = negated ? runs(set.map((member) => 1 - member)) : inside;
    if (list.length > 2) return `${this.table(set)}[${code}] === 1`;
    let known = false;
    const tests = list.map(([from, to]) => {
      const read = known ? 'c' : `(c = ${code})`;
      known = true;
      if (from === to) return `${read} === ${from}`;
      if (from === 0) return `${read} <= ${to}`;
      if (to === 255) return `${read} >= ${from}`;
      return `(${read} >= ${from} && c <= ${to})`;
    });
    return negated ? `!(${tests.join(' || ')})` : tests.join(' || ');
  }

  private table(set: CharSet): string {
    this.sets.push(set);
    return `t${this.sets.length - 1}`;
  }

  private text(text: string): string {
    this.texts.push(text);
    return `x${this.texts.length - 1}`;
  }

  private name(prefix: string): string {
    return `${prefix}${this.names++}`;
  }
}

function place(base: string, offset: number): string {
  return offset === 0 ? base : `${base} + ${offset}`;
}

function onlyMember(set: CharSet): number {
  const list = runs(set);
  return list.length === 1 && list[0]![0] === list[0]![1] ? list[0]![0] : -1;
}
