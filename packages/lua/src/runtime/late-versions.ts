/** Functions of a chunk that are compiled when they are first called. */
import { CodeUnit, type UnitOwner } from '../code-unit.js';
import type { ChunkNode } from '../compiler/ast.js';
import { analyseLate, compileLate } from '../compiler/compile.js';
import { instantiate } from '../compiler/instantiate.js';
import { holderOf, type LateFunction } from '../compiler/late-function.js';
import type { LuaTable } from '../table.js';
import type { LuaFunction, LuaValue } from '../value.js';
import { GeneratorVersions, withSites } from './generator-versions.js';

type Make = (env: LuaTable | undefined, ...upvalues: LuaValue[]) => LuaFunction;

/** One of them, with the functions inside it. */
export class LateVersion {
  readonly generators: GeneratorVersions;
  private readonly chunk: UnitOwner;
  private readonly source: string;
  private readonly runtime: object;
  private readonly late: LateFunction;
  private tree: WeakRef<ChunkNode> | undefined = undefined;
  /** The unit keeps the positions of its text reachable as long as the code is. */
  private plain: { make: Make; unit: CodeUnit } | undefined = undefined;

  constructor(chunk: UnitOwner, source: string, runtime: object, late: LateFunction) {
    this.chunk = chunk;
    this.source = source;
    this.runtime = runtime;
    this.late = late;
    this.generators = new GeneratorVersions(chunk, () => this.parse(), runtime);
  }

  /** A new closure. */
  create(env: LuaTable | undefined, upvalues: readonly LuaValue[]): LuaFunction {
    this.plain ??= this.compile();
    return this.plain.make(env, ...upvalues);
  }

  parse(): ChunkNode {
    const kept = this.tree?.deref();
    if (kept !== undefined) return kept;
    const tree = analyseLate(this.source, this.chunk.chunkName, this.late);
    this.tree = new WeakRef(tree);
    return tree;
  }

  private compile() {
    const unit = new CodeUnit(this.chunk, () => withSites(compileLate(this.parse(), this.late, true)));
    const { code } = compileLate(this.parse(), this.late);
    return { make: instantiate(code, unit.id)(this.runtime, this.chunk) as Make, unit };
  }
}

/** All of a chunk. */
export class LateVersions {
  private readonly chunk: UnitOwner;
  private readonly source: string;
  private readonly runtime: object;
  /** Ascending by number. */
  private readonly functions: readonly LateFunction[];
  private readonly versions = new Map<LateFunction, LateVersion>();

  constructor(chunk: UnitOwner, source: string, runtime: object, functions: readonly LateFunction[]) {
    this.chunk = chunk;
    this.source = source;
    this.runtime = runtime;
    this.functions = functions;
  }

  /** The one that function `id` of the chunk is, or is inside of. */
  holding(id: number): LateVersion | undefined {
    const late = holderOf(this.functions, id);
    if (late === undefined || id >= late.end) return undefined;
    let version = this.versions.get(late);
    if (version === undefined) {
      version = new LateVersion(this.chunk, this.source, this.runtime, late);
      this.versions.set(late, version);
    }
    return version;
  }
}
