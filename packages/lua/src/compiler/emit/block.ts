/** Blocks: statements, and the labels that gotos use. */
import type { Block, LabelStat, Stat } from '../ast.js';
import { type FunctionContext, isScoped } from './context.js';
import { TICK_CREDIT } from './credit.js';
import { envDeclaration } from './function.js';
import { emitStat } from './statement.js';

/** Charges a loop pass; see `runtime/fuel.ts`, and `entryText` for the form of the call. */
export const CHARGE = `c=${TICK_CREDIT};\`\${TK}\``;
export const LOOP_CHECK = `if(--c<0){${CHARGE}}`;

/** The statements of a block, without braces. */
export function emitBlockBody(cx: FunctionContext, block: Block): string {
  const declarations = envDeclaration(cx, block.closures);
  if (block.labels.length === 0) return declarations + emitStats(cx, block.stats);
  return declarations + emitWithLabels(cx, block);
}

export function emitBlock(cx: FunctionContext, block: Block): string {
  return `{${emitBlockBody(cx, block)}}`;
}

function emitStats(cx: FunctionContext, stats: readonly Stat[]): string {
  let text = '';
  for (let i = 0; i < stats.length; i++) text += emitStat(cx, stats[i]!);
  return text;
}

/** A labelled JavaScript statement over part of the block: a block to jump out of, or a loop to repeat. */
interface Region {
  readonly label: LabelStat;
  readonly loop: boolean;
  from: number;
  readonly to: number;
}

function emitWithLabels(cx: FunctionContext, block: Block): string {
  const regions = findRegions(block);
  if (regions === undefined) return emitMachine(cx, block);
  for (const r of regions) {
    const name = regionName(r);
    cx.setJump(jumpKey(r.label, r.loop), r.loop ? `continue ${name};` : `break ${name};`);
  }
  return emitRegions(cx, block.stats, regions, 0, block.stats.length);
}

export function jumpKey(label: LabelStat, backward: boolean): string {
  return `${label.id}${backward ? 'b' : 'f'}`;
}

function regionName(r: Region): string {
  return `${r.loop ? 'JB' : 'JF'}${r.label.id}`;
}

/** The regions of a block, outermost first, or undefined when they do not nest. */
function findRegions(block: Block): Region[] | undefined {
  const regions: Region[] = [];
  for (const label of block.labels) {
    const at = block.stats.indexOf(label);
    if (label.forward.length > 0) {
      const first = Math.min(...label.forward.map((g) => g.order));
      regions.push({ label, loop: false, from: statHolding(block.stats, first), to: at });
    }
    if (label.backward.length > 0) regions.push({ label, loop: true, from: at + 1, to: block.stats.length });
  }
  // Two forward regions that cross: the later one may as well start where the earlier one does.
  for (const r of regions) {
    for (const o of regions) {
      if (!r.loop && !o.loop && o.from < r.from && r.from < o.to && o.to < r.to) r.from = o.from;
    }
  }
  regions.sort((x, y) => x.from - y.from || y.to - x.to);
  for (const r of regions) {
    for (const o of regions) if (o.from < r.from && r.from < o.to && o.to < r.to) return undefined;
  }
  return regions;
}

/** Index of the last statement that starts before the goto of number `order`, which therefore holds it. */
function statHolding(stats: readonly Stat[], order: number): number {
  for (let i = 0; i < stats.length; i++) if (lastOrder(stats[i]!) >= order) return i;
  return 0;
}

/** Largest order number of a goto inside `s`, -1 when there is none. */
function lastOrder(s: Stat): number {
  switch (s.kind) {
    case 'Goto':
      return s.order;
    case 'If':
      return Math.max(...s.arms.map((a) => lastIn(a.body)), s.orelse === undefined ? -1 : lastIn(s.orelse));
    case 'Do':
    case 'While':
    case 'Repeat':
    case 'NumericFor':
    case 'GenericFor':
      return lastIn(s.body);
    default:
      return -1;
  }
}

function lastIn(block: Block): number {
  return Math.max(-1, ...block.stats.map(lastOrder));
}

function emitRegions(
  cx: FunctionContext,
  stats: readonly Stat[],
  regions: readonly Region[],
  from: number,
  to: number,
): string {
  let text = '';
  let at = from;
  let rest = regions;
  while (rest.length > 0) {
    const r = rest[0]!;
    text += emitStats(cx, stats.slice(at, r.from));
    const inner = rest.slice(1).filter((o) => o.from >= r.from && o.to <= r.to && o.from < r.to);
    const body = emitRegions(cx, stats, inner, r.from, r.to);
    const name = regionName(r);
    text += r.loop ? `${name}:for(;;){${LOOP_CHECK}${body}break ${name};}` : `${name}:{${body}}`;
    at = r.to;
    rest = rest.slice(1).filter((o) => !inner.includes(o));
  }
  return text + emitStats(cx, stats.slice(at, to));
}

/** Labels whose jumps cross: the block becomes a loop over its segments, entered at a given one. */
function emitMachine(cx: FunctionContext, block: Block): string {
  const name = cx.newLabel();
  const pc = `p${name}`;
  cx.vars.push(pc);
  let segment = 0;
  const segments: Stat[][] = [[]];
  for (const s of block.stats) {
    if (s.kind === 'Label' && block.labels.includes(s)) {
      segment++;
      segments.push([]);
      for (const back of [true, false]) cx.setJump(jumpKey(s, back), `{${pc}=${segment};continue ${name};}`);
    } else {
      segments[segment]!.push(s);
    }
  }
  const hoisted = hoistLocals(cx, block);
  const body = segments.map((stats, i) => `if(${pc}<=${i}){${emitStats(cx, stats)}}`).join('');
  return `${hoisted}${pc}=0;${name}:for(;;){${LOOP_CHECK}${body}break;}`;
}

function hoistLocals(cx: FunctionContext, block: Block): string {
  const names: string[] = [];
  for (const s of block.stats) {
    const vars = s.kind === 'Local' ? s.vars : s.kind === 'LocalFunction' ? [s.v] : [];
    for (const v of vars) {
      if (!isScoped(v)) continue;
      cx.hoist(v);
      names.push(v.js);
    }
  }
  return names.length === 0 ? '' : `let ${names.join()};`;
}
