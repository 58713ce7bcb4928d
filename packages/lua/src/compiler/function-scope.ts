/** What is open while a function is parsed. */
import type { Block, FunctionNode, GotoStat, LabelStat, LocalVar, Stat } from './ast.js';
import { type LateFunction, OUTER } from './late-function.js';

export interface BlockScope {
  readonly block: Block;
  /** Number of active locals of the function where the block starts. */
  readonly start: number;
  readonly loop: boolean;
  labels: Map<string, LabelStat> | undefined;
  gotos: { stat: GotoStat; visible: number }[] | undefined;
}

export interface FunctionScope {
  readonly fn: FunctionNode;
  readonly active: LocalVar[];
  readonly blocks: BlockScope[];
  loops: number;
  sawLabel: boolean;
  conditions: number;
  /** Numbers of the next variable and environment: above all that are visible. */
  ids: number;
  envs: number;
  /** Number of variables of the chunk where the function starts. */
  readonly vars: number;
}

const NO_STATS: readonly Stat[] = [];
const NO_LABELS: readonly LabelStat[] = [];
const NO_CLOSURES: readonly FunctionNode[] = [];
export function newBlock(): Block {
  return { stats: NO_STATS, closures: NO_CLOSURES, labels: NO_LABELS, hasLoop: false };
}

export function addClosure(block: Block, fn: FunctionNode): void {
  if (block.closures === NO_CLOSURES) block.closures = [fn];
  else (block.closures as FunctionNode[]).push(fn);
}

/** The scope around a function that is parsed alone: what it captures is visible. */
export function scopeAround({ ids, envs, upvalues }: LateFunction): FunctionScope {
  const blocks = [{ block: newBlock(), start: 0, loop: false, labels: undefined, gotos: undefined }];
  const active = upvalues.slice();
  return { fn: OUTER, active, blocks, loops: 0, sawLabel: false, conditions: 0, ids, envs, vars: 0 };
}
