/**
 * Functions that are compiled when they are first called.
 *
 * Most functions of a large source never run, or run long after it was loaded. Those directly in its main function are
 * parsed for their faults and for what they capture, then forgotten; what is kept of each is enough to parse it alone.
 */
import { lastUpTo } from '../ascending.js';
import type { ChunkNode, FunctionNode, LocalVar } from './ast.js';

/** Bytes of source from which functions are left for later. */
const LATE_SOURCE = 1 << 16;
/** Bytes of a function from which that is worth a call more each time it is called. */
const LATE_FUNCTION = 256;

/** What is kept of a function. */
export interface LateFunction {
  /** Its number in the chunk, and the first number after those of the functions inside it. */
  readonly id: number;
  readonly end: number;
  /** Its line, and whether it has `self` as a parameter. */
  readonly line: number;
  readonly method: boolean;
  /** Offset and line of its parameter list. */
  readonly at: number;
  readonly atLine: number;
  /** Numbers of its first variable and its environment. */
  readonly ids: number;
  readonly envs: number;
  readonly ownName: string | undefined;
  /** Variables it captures. */
  readonly upvalues: readonly LocalVar[];
}

export function isLarge(source: string): boolean {
  return source.length >= LATE_SOURCE;
}

/** Whether `fn`, with `length` bytes of source, may be left for later. */
export function mayBeLate(fn: FunctionNode, length: number): boolean {
  return (
    length >= LATE_FUNCTION &&
    fn.parent !== undefined &&
    fn.parent.parent === undefined &&
    !fn.inLoop &&
    !fn.inCondition &&
    !fn.changesEnv
  );
}

/** What is kept of the functions of a chunk that were left for later. Needs the types of locals. */
export function lateFunctions(chunk: ChunkNode): readonly LateFunction[] {
  const kept: LateFunction[] = [];
  for (const fn of chunk.functions) {
    if (fn.late !== undefined) kept.push({ ...fn.late, ownName: fn.ownName, upvalues: fn.upvalues.map(withoutTree) });
  }
  return kept;
}

/** What holds function `id`: the last of `list`, which ascends by number, whose number is not above. */
export function holderOf<T extends { readonly id: number }>(list: readonly T[], id: number): T | undefined {
  return lastUpTo(list, id, (item) => item.id);
}

/** A function about which only one thing is of interest. */
function knownFunction(single: boolean): FunctionNode {
  return { ...NOTHING, single };
}

const NOTHING: FunctionNode = {
  kind: 'Function',
  id: 0,
  parent: undefined,
  params: [],
  vararg: true,
  body: { stats: [], closures: [], labels: [], hasLoop: false },
  line: 0,
  endLine: 0,
  env: 'E',
  upvalues: [],
  usesEnv: false,
  changesEnv: false,
  hasLoop: false,
  hasCall: false,
  inCondition: false,
  inLoop: false,
  ownName: undefined,
  multiReturn: false,
  single: false,
  late: undefined,
};

/** The main function of a chunk as far as a function that is parsed alone is concerned. */
export const OUTER: FunctionNode = knownFunction(false);
const SINGLE = knownFunction(true);

/** `v` without references to the tree of its chunk. */
function withoutTree(v: LocalVar): LocalVar {
  const read: { kind: 'Local'; v: LocalVar | undefined } = { kind: 'Local', v: undefined };
  const copy: LocalVar = {
    ...v,
    owner: OUTER,
    first: undefined,
    others: undefined,
    loop: undefined,
    read: read as LocalVar['read'],
    fn: v.fn === undefined ? undefined : v.fn.single ? SINGLE : OUTER,
  };
  read.v = copy;
  return copy;
}
