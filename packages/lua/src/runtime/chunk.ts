/** A compiled chunk: its code, and what is needed to make generator versions of its functions. */
import { CodeUnit, type FunctionLines } from '../code-unit.js';
import type { ChunkNode } from '../compiler/ast.js';
import { analyse, compileChunk } from '../compiler/compile.js';
import { instantiate } from '../compiler/instantiate.js';
import { holderOf, lateFunctions } from '../compiler/late-function.js';
import { Environments } from '../environments.js';
import type { LuaTable } from '../table.js';
import type { LuaFunction, LuaValue } from '../value.js';
import { GeneratorVersions, withSites } from './generator-versions.js';
import { LateVersions } from './late-versions.js';
import type { LuaGenerator, Run, Suspender } from './suspender.js';

/** What a closure says about itself. */
export interface ClosureInfo extends Suspender {
  readonly chunk: Chunk;
  /** Number of the function in the chunk. */
  readonly id: number;
  /** Its environment where it uses one. */
  readonly env: LuaTable | undefined;
  readonly setEnv: ((env: LuaTable) => void) | undefined;
  /** Captured variables: values, or boxes of those that change. */
  readonly upvalues: readonly LuaValue[];
  /** It may change its environment by itself, and has to be asked again. */
  readonly changing: boolean;
}

/** Bytes of source whose tree may be kept: even weakly it lives to the end of the job that made it. */
const MAX_KEPT = 1 << 17;

export class Chunk {
  /** Display name, as positions show it. */
  readonly name: string;
  /** Name it was loaded under. */
  readonly chunkName: string;
  readonly environments = new Environments((id) => this.parentOf(id));
  private readonly source: string;
  private readonly runtime: object;
  private readonly generators: GeneratorVersions;
  /** The tree the source was parsed into at first, until code is made of it. */
  private fresh: ChunkNode | undefined;
  /** The tree, for as long as the collector leaves it where that is cheap. */
  private tree: WeakRef<ChunkNode> | undefined = undefined;
  /** The plain version; its unit keeps the positions of its text reachable as long as the code is. */
  private plain: { make: (env: LuaTable) => LuaFunction; unit: CodeUnit } | undefined;
  /** Functions that are compiled when they are called; the tree is without what is in them. */
  private readonly late: LateVersions | undefined;

  /** @throws LuaError with code LUA_ERR_SYNTAX */
  constructor(source: string, chunkName: string, runtime: object) {
    const tree = analyse(source, chunkName);
    const late = lateFunctions(tree);
    this.late = late.length === 0 ? undefined : new LateVersions(this, source, runtime, late);
    this.fresh = tree;
    this.name = tree.name;
    this.chunkName = chunkName;
    this.source = source;
    this.runtime = runtime;
    this.generators = new GeneratorVersions(this, () => this.parse(), runtime);
  }

  /** A new main function with the given environment. */
  main(env: LuaTable): LuaFunction {
    this.environments.load(env);
    this.plain ??= this.compile();
    return this.plain.make(env);
  }

  private compile() {
    const unit = new CodeUnit(this, () => withSites(compileChunk(this.parse(), true)));
    const { code } = compileChunk(this.parse());
    this.release();
    return { make: instantiate(code, unit.id)(this.runtime, this) as (env: LuaTable) => LuaFunction, unit };
  }

  /** The generator version of the main function, for a single run with the given environment. */
  singleRun(env: LuaTable): Suspender {
    this.environments.load(env);
    const main = new Description(this, 0, env, () => {}, [], false);
    main.run = this.generators.once();
    this.release();
    return main;
  }

  /** Called by a closure that was asked about itself. */
  info(
    id: number,
    env: LuaTable | undefined,
    setEnv: ((env: LuaTable) => void) | undefined,
    upvalues: readonly LuaValue[],
    changing = false,
  ): ClosureInfo {
    return new Description(this, id, env, setEnv, upvalues, changing);
  }

  /**
   * Gives a closure made by generator code its description at once: asked, it would have to be compiled as plain code, too.
   */
  known(
    fn: LuaFunction,
    id: number,
    env: LuaTable | undefined,
    setEnv: ((env: LuaTable) => void) | undefined,
    upvalues: readonly LuaValue[],
  ): LuaFunction {
    (fn as { g$?: Suspender }).g$ = this.info(id, env, setEnv, upvalues);
    return fn;
  }

  /**
   * Makes the description of a closure able to run it. The code is one JavaScript function for all closures, which finds captured
   * variables in the description it is called with: V8 spends a map and a prototype on each generator function it calls.
   */
  prepare(info: ClosureInfo): Suspender {
    (info as Description).run = this.generatorsOf(info.id).get(info.id);
    return info;
  }

  /** Called by the first version of a function that was called often: returns, and gives `info`, the one for many calls. */
  second(info: ClosureInfo): Run {
    const run = this.generatorsOf(info.id).second(info.id);
    (info as Description).run = run;
    return run;
  }

  private generatorsOf(id: number): GeneratorVersions {
    return this.late?.holding(id)?.generators ?? this.generators;
  }

  /** Lines a function spans, for debug.getinfo and tracebacks. */
  lines(id: number): FunctionLines {
    const tree = this.late?.holding(id)?.parse() ?? this.parse();
    const fn = holderOf(tree.functions, id)!;
    const { line, endLine, vararg } = fn;
    return { line, endLine, vararg, params: fn.params.length, upvalues: fn.upvalues.length };
  }

  private parentOf(id: number): number | undefined {
    const late = this.late?.holding(id);
    const parent = holderOf((late?.parse() ?? this.parse()).functions, id)?.parent?.id;
    return parent ?? (late === undefined || id === 0 ? undefined : 0);
  }

  /** A closure of function `id`, which was left for later. */
  create(id: number, env: LuaTable | undefined, upvalues: readonly LuaValue[]): LuaFunction {
    return this.late!.holding(id)!.create(env, upvalues);
  }

  private parse(): ChunkNode {
    const kept = this.fresh ?? this.tree?.deref();
    if (kept !== undefined) return kept;
    const tree = analyse(this.source, this.chunkName);
    this.tree = new WeakRef(tree);
    return tree;
  }

  private release(): void {
    const { fresh } = this;
    if (fresh === undefined) return;
    this.fresh = undefined;
    if (this.source.length <= MAX_KEPT) this.tree = new WeakRef(fresh);
  }
}

class Description implements ClosureInfo, Suspender {
  readonly chunk: Chunk;
  readonly id: number;
  readonly env: LuaTable | undefined;
  readonly setEnv: ((env: LuaTable) => void) | undefined;
  readonly upvalues: readonly LuaValue[];
  readonly changing: boolean;
  /** Replaced by {@link Chunk.prepare}: most descriptions are asked for other reasons. */
  run: Run = prepareAndRun;

  constructor(
    chunk: Chunk,
    id: number,
    env: LuaTable | undefined,
    setEnv: ((env: LuaTable) => void) | undefined,
    upvalues: readonly LuaValue[],
    changing: boolean,
  ) {
    this.chunk = chunk;
    this.id = id;
    this.env = env;
    this.setEnv = setEnv;
    this.upvalues = upvalues;
    this.changing = changing;
  }
}

function prepareAndRun(self: Suspender, ...args: LuaValue[]): LuaGenerator {
  const info = self as Description;
  return info.chunk.prepare(info).run(info, ...args);
}

/** Whether `v`, returned by a function that was asked about itself, is an answer. */
export function isClosureInfo(v: unknown): v is ClosureInfo {
  return v instanceof Description;
}
