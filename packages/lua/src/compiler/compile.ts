/**
 * Source text to JavaScript text.
 *
 * The text of a chunk is the body of a function of `R` (the runtime of a state) and `K` (the chunk); it returns a function
 * from environment to the chunk's main function. The text of generator versions is such a body too; it returns the
 * generator functions, which take the description of a closure in front of the arguments.
 */
import type { ChunkNode, FunctionNode } from './ast.js';
import { ChunkContext, FunctionContext, type Site } from './emit/context.js';
import { functionText } from './emit/function.js';
import { inferTypes } from './infer.js';
import type { LateFunction } from './late-function.js';
import { parseAlone, parseChunk } from './parser.js';
import { syntaxError } from './syntax-error.js';

/** Runtime operations generated code uses; those with a `$` twin have a version for generator code. */
export const RUNTIME_NAMES = [
  ...[
    'T',
    'H',
    'N',
    'B',
    'F',
    'TR',
    'TK',
    'TC',
    'ST',
    'TL',
    'FI',
    'AL',
    'ML',
    'NA',
    'NN',
    'NL',
    'NR',
    'AA',
    'RS',
    'SEL',
    'ERR',
    'FOR',
  ],
  ...['NS', 'NPOW', 'NIDIV', 'PI', 'II'],
] as const;
export const SLOW_NAMES = [
  ...['IX', 'SX', 'CA', 'ADD', 'SUB', 'MUL', 'DIV', 'MOD', 'POW', 'IDIV', 'UNM', 'LEN', 'CAT', 'EQ', 'LT', 'LE'],
  ...['BAND', 'BOR', 'BXOR', 'BNOT', 'SHL', 'SHR'],
] as const;
export const GENERATOR_NAMES = ['P', 'PR', 'PS', 'SU', 'RG', 'GN', 'CG', 'CF'] as const;

/** Functions up to which the main function of a chunk may be one that is called often, made from a line of text. */
const HOT_FUNCTIONS = 8;

/** A chunk ready to be turned into a function. */
export interface Compiled {
  readonly code: string;
  /** Present when asked for: where in `code` an operation may fail, ascending. */
  readonly sites: readonly PlacedSite[] | undefined;
}

export interface PlacedSite extends Site {
  /** Offset in the text. */
  readonly at: number;
}

/**
 * Parses a chunk and finds the types of its locals. `source` is a byte string.
 * @throws LuaError with code LUA_ERR_SYNTAX
 */
export function analyse(source: string, name: string): ChunkNode {
  return guard(name, () => {
    const chunk = parseChunk(source, name);
    inferTypes(chunk);
    return chunk;
  });
}

/** {@link analyse} for a function that was left for later: it is the main function of what is returned. */
export function analyseLate(source: string, name: string, late: LateFunction): ChunkNode {
  const chunk = parseAlone(source, name, late);
  inferTypes(chunk);
  return chunk;
}

/** JavaScript for a function that was left for later: a function of its environment and the variables it captures. */
export function compileLate(chunk: ChunkNode, late: LateFunction, withSites = false): Compiled {
  const cx = new ChunkContext(chunk, false, withSites ? [] : undefined);
  const fn = functionText(new FunctionContext(cx, chunk.main));
  const params = [chunk.main.env, ...late.upvalues.map((v) => v.js)];
  return place(`${head()}${cx.helperCode()}return (function(${params.join()}){return (${fn})})`, cx.sites);
}

/** What every text begins with. */
function head(more: readonly string[] = []): string {
  return `"use strict";const {${[...RUNTIME_NAMES, ...SLOW_NAMES, ...more].join()}}=R;\n`;
}

/** JavaScript for a whole chunk. */
export function compileChunk(chunk: ChunkNode, withSites = false): Compiled {
  return guard(chunk.name, () => {
    const once = chunk.functions.length > HOT_FUNCTIONS;
    const cx = new ChunkContext(chunk, false, withSites ? [] : undefined, once);
    const main = functionText(new FunctionContext(cx, chunk.main));
    const text = `${head()}${cx.helperCode()}return (function(E){return${main}})`;
    return place(text, cx.sites);
  });
}

export interface GeneratorOptions {
  readonly withSites?: boolean;
  /** The main function runs once, and most others a few times: those without loops get short versions, to be replaced. */
  readonly once?: boolean;
  /** Called after each function with the names of what is called so far and the length of the text; may append functions. */
  readonly grow?: (called: ReadonlySet<string>, length: number) => void;
}

/** JavaScript for the generator versions of some functions of a chunk, as an array in their order. */
export function compileGenerators(
  chunk: ChunkNode,
  functions: readonly FunctionNode[],
  { withSites = false, once = false, grow }: GeneratorOptions = {},
): Compiled {
  return guard(chunk.name, () => {
    const cx = new ChunkContext(chunk, true, withSites ? [] : undefined, once);
    let texts = '';
    for (let i = 0; i < functions.length; i++) {
      const fn = functions[i]!;
      const text = functionText(new FunctionContext(cx, fn, isFirst(fn, once)));
      // They are about to run: in parentheses V8 compiles them at once, and does not parse them twice.
      texts += i === 0 ? `(${text})` : `,(${text})`;
      grow?.(cx.called, texts.length);
    }
    const names = [...SLOW_NAMES.map((n) => `${n}$`), ...GENERATOR_NAMES];
    const code = `${head(names)}${cx.helperCode()}return[${texts}]`;
    return place(code, cx.sites);
  });
}

/** Whether the generator version of `fn` among those made for a run of the main function is a first, short one. */
export function isFirst(fn: FunctionNode, once: boolean): boolean {
  return once && fn.parent !== undefined && !fn.hasLoop;
}

/** Takes the markers out of the text and notes where they were. */
function place(text: string, sites: readonly Site[] | undefined): Compiled {
  if (sites === undefined) return { code: text, sites: undefined };
  const placed: PlacedSite[] = [];
  let code = '';
  let from = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the markers are control characters.
  for (const m of text.matchAll(/\x01(\d+)\x02/g)) {
    code += text.slice(from, m.index);
    from = m.index + m[0].length;
    placed.push({ at: code.length, ...sites[Number(m[1])]! });
  }
  return { code: code + text.slice(from), sites: placed };
}

/** Source that nests deeper than the JavaScript stack can follow is refused like source that nests too deep for LuaJIT. */
function guard<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (e) {
    if (e instanceof RangeError) throw syntaxError(name, 1, 'chunk has too many syntax levels');
    throw e;
  }
}
