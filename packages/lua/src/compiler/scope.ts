/** Names in scope: locals, upvalues, labels, with LuaJIT's limits. */
import type { Block, Expr, FunctionNode, GotoStat, LabelStat, LocalExpr, LocalVar } from './ast.js';
import { addClosure, type BlockScope, type FunctionScope, newBlock, scopeAround } from './function-scope.js';
import type { LateFunction } from './late-function.js';
import { syntaxError } from './syntax-error.js';

const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The scopes open at the parser's position. */
export class Scopes {
  readonly functions: FunctionNode[] = [];
  readonly vars: LocalVar[] = [];
  private readonly chunk: string;
  private readonly stack: FunctionScope[] = [];
  /** The last of the stack. */
  private top!: FunctionScope;
  private labels = 0;
  private orders = 0;
  private nextId = 0;

  /** @param alone a function to be parsed without what is around it */
  constructor(chunk: string, alone?: LateFunction) {
    this.chunk = chunk;
    if (alone === undefined) return;
    this.nextId = alone.id;
    this.top = scopeAround(alone);
    this.stack.push(this.top);
  }

  get fn(): FunctionNode {
    return this.top.fn;
  }

  openFunction(line: number): FunctionNode {
    const outer = this.stack.length === 0 ? undefined : this.top;
    const fn: FunctionNode = {
      kind: 'Function',
      id: this.nextId++,
      parent: outer?.fn,
      params: [],
      vararg: false,
      body: newBlock(),
      line,
      endLine: line,
      env: outer === undefined ? 'E' : `E${outer.envs}`,
      upvalues: [],
      usesEnv: false,
      changesEnv: false,
      hasLoop: false,
      hasCall: false,
      inCondition: outer !== undefined && outer.conditions > 0,
      inLoop: outer !== undefined && (outer.loops > 0 || outer.sawLabel),
      ownName: undefined,
      multiReturn: false,
      single: false,
      late: undefined,
    };
    this.functions.push(fn);
    if (outer !== undefined) addClosure(outer.blocks[outer.blocks.length - 1]!.block, fn);
    const ids = outer === undefined ? 0 : outer.ids;
    const envs = outer === undefined ? 1 : ++outer.envs;
    const vars = this.vars.length;
    this.top = { fn, active: [], blocks: [], loops: 0, sawLabel: false, conditions: 0, ids, envs, vars };
    this.stack.push(this.top);
    return fn;
  }

  /** The function that is about to be closed is compiled later: nothing inside it is kept. */
  leaveForLater(method: boolean, at: number, atLine: number): void {
    const { fn, vars } = this.top;
    const { ids, envs } = this.stack[this.stack.length - 2]!;
    fn.late = { id: fn.id, end: this.nextId, line: fn.line, method, at, atLine, ids, envs: envs - 1 };
    fn.body = newBlock();
    this.vars.length = vars;
    while (this.functions[this.functions.length - 1] !== fn) this.functions.pop();
  }

  closeFunction(endLine: number): void {
    const { fn } = this.stack.pop()!;
    this.top = this.stack[this.stack.length - 1]!;
    fn.endLine = endLine;
    if (fn.usesEnv && fn.parent !== undefined) fn.parent.usesEnv = true;
  }

  /** The function calls what can change its environment. */
  markEnvironmentCall(): void {
    const { fn } = this.top;
    fn.usesEnv = true;
    fn.changesEnv = true;
  }

  openBlock(loop = false): Block {
    const block = newBlock();
    const { top } = this;
    if (loop) {
      top.loops++;
      top.fn.hasLoop = true;
      this.markLoop(top);
    }
    top.blocks.push({ block, start: top.active.length, loop, labels: undefined, gotos: undefined });
    return block;
  }

  /** All open blocks of a function contain a loop. */
  private markLoop(top: FunctionScope): void {
    for (let i = top.blocks.length - 1; i >= 0; i--) {
      const { block } = top.blocks[i]!;
      if (block.hasLoop) return;
      block.hasLoop = true;
    }
  }

  closeBlock(): void {
    const { top } = this;
    const scope = top.blocks.pop()!;
    if (scope.loop) top.loops--;
    if (scope.gotos !== undefined) this.closeGotos(top, scope, scope.gotos);
    if (scope.labels !== undefined)
      scope.block.labels = [...scope.labels.values()].filter((l) => l.forward.length + l.backward.length > 0);
    while (top.active.length > scope.start) top.active.pop();
  }

  private closeGotos(top: FunctionScope, scope: BlockScope, gotos: NonNullable<BlockScope['gotos']>): void {
    const outer = top.blocks[top.blocks.length - 1];
    for (const g of gotos) {
      const label = scope.labels?.get(g.stat.name);
      if (label !== undefined) this.resolve(g.stat, g.visible, label, scope);
      else if (outer === undefined) throw this.error(g.stat.line, `undefined label '${g.stat.name}'`);
      else {
        outer.gotos ??= [];
        outer.gotos.push({ stat: g.stat, visible: Math.min(g.visible, scope.start) });
      }
    }
  }

  private resolve(stat: GotoStat, visible: number, label: LabelStat, scope: BlockScope): void {
    stat.target = label;
    if (label.order < stat.order) {
      label.backward.push(stat);
      this.top.fn.hasLoop = true;
      return;
    }
    const at = Math.max(visible, scope.start);
    if (label.visible > at) {
      const name = this.top.active[at]?.name ?? '?';
      throw this.error(stat.line, `<goto ${stat.name}> jumps into the scope of local '${name}'`);
    }
    label.forward.push(stat);
  }

  inCondition<T>(parse: () => T): T {
    const { top } = this;
    top.conditions++;
    const result = parse();
    top.conditions--;
    return result;
  }

  /** A new variable, not yet visible. `named`: for a function, which profilers of JavaScript call after its variable. */
  newVar(name: string, named = false): LocalVar {
    const { top } = this;
    const read: { kind: 'Local'; v: LocalVar | undefined } = { kind: 'Local', v: undefined };
    const v: LocalVar = {
      name,
      js: named && PLAIN_NAME.test(name) ? `${name}$${top.ids++}` : variableName(top.ids++),
      owner: top.fn,
      captured: false,
      reassigned: false,
      inLoop: top.loops > 0 || top.sawLabel,
      stores: 0,
      first: undefined,
      others: undefined,
      loop: undefined,
      read: read as LocalExpr,
      type: 'any',
      atLeastOne: false,
      fn: undefined,
    };
    read.v = v;
    this.vars.push(v);
    return v;
  }

  /** Makes `v` visible from here to the end of the block. */
  declare(v: LocalVar, line: number): void {
    const { top } = this;
    if (top.active.length >= MAX_LOCALS) throw this.limit(top.fn, MAX_LOCALS, 'local variables', line);
    top.active.push(v);
  }

  /** `count` variables about to be declared together still fit. */
  checkRoom(count: number, line: number): void {
    const { top } = this;
    if (top.active.length + count > MAX_LOCALS) throw this.limit(top.fn, MAX_LOCALS, 'local variables', line);
  }

  private limit(fn: FunctionNode, max: number, what: string, line: number): Error {
    const who = fn.parent === undefined ? 'main function' : `function at line ${fn.line}`;
    return this.error(line, `${who} has more than ${max} ${what}`);
  }

  /** What `name` means here: a local, an upvalue or a global. */
  lookup(name: string, line: number): Expr {
    for (let depth = this.stack.length - 1; depth >= 0; depth--) {
      const { active } = this.stack[depth]!;
      for (let i = active.length - 1; i >= 0; i--) {
        const v = active[i]!;
        if (v.name === name) {
          if (depth < this.stack.length - 1) this.capture(v, depth, line);
          return v.read;
        }
      }
    }
    this.top.fn.usesEnv = true;
    return { kind: 'Global', name, line };
  }

  private capture(v: LocalVar, depth: number, line: number): void {
    v.captured = true;
    for (let i = depth + 1; i < this.stack.length; i++) {
      const { fn } = this.stack[i]!;
      if (fn.upvalues.includes(v)) continue;
      if (fn.upvalues.length >= MAX_UPVALUES) throw this.limit(fn, MAX_UPVALUES, 'upvalues', line);
      fn.upvalues.push(v);
    }
  }

  addLabel(name: string, line: number): LabelStat {
    const { top } = this;
    const scope = top.blocks[top.blocks.length - 1]!;
    if (scope.labels?.has(name)) throw this.error(line, `duplicate label '${name}'`);
    const label: LabelStat = {
      kind: 'Label',
      name,
      id: this.labels++,
      order: this.orders++,
      visible: top.active.length,
      forward: [],
      backward: [],
    };
    scope.labels ??= new Map();
    scope.labels.set(name, label);
    top.sawLabel = true;
    this.markLoop(top);
    return label;
  }

  /** A label that ends its block lies outside the scope of the block's locals. */
  trailingLabel(label: LabelStat): void {
    const { blocks } = this.top;
    label.visible = blocks[blocks.length - 1]!.start;
  }

  addGoto(name: string, line: number): GotoStat {
    const { top } = this;
    const stat: GotoStat = { kind: 'Goto', name, line, order: this.orders++, target: undefined };
    const scope = top.blocks[top.blocks.length - 1]!;
    scope.gotos ??= [];
    scope.gotos.push({ stat, visible: top.active.length });
    return stat;
  }

  checkBreak(line: number): void {
    if (this.top.loops === 0) throw this.error(line, 'no loop to break');
  }

  error(line: number, message: string): Error {
    return syntaxError(this.chunk, line, message);
  }
}

/** `e` is stored into `v`; undefined when it is not known what is. */
export function addSource(v: LocalVar, e: Expr | undefined): void {
  if (v.stores++ === 0) v.first = e;
  else if (v.others === undefined) v.others = [e];
  else v.others.push(e);
}

/** JavaScript names of variables: `$7`. */
const NAMES = Array.from({ length: 256 }, (_, i) => `$${i}`);

function variableName(id: number): string {
  return id < NAMES.length ? NAMES[id]! : `$${id}`;
}
