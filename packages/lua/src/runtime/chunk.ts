/** A compiled chunk: its code, and what is needed to make generator versions of its functions. */
import { CodeUnit, type FunctionLines } from '../code-unit.js';
import type { ChunkNode } from '../compiler/ast.js';
import { analyse, compileChunk, compileGenerator } from '../compiler/compile.js';
import { instantiate } from '../compiler/instantiate.js';
import type { LuaTable } from '../table.js';
import type { LuaFunction, LuaValue } from '../value.js';

/** A suspended run of a Lua function: yields arrays of values or waits, is resumed with arrays of values. */
export type LuaGenerator = Generator<LuaValue, LuaValue, LuaValue>;
export type GeneratorFunction = (...args: LuaValue[]) => LuaGenerator;

/** What a closure says about itself. */
export interface ClosureInfo {
  readonly chunk: Chunk;
  /** Number of the function in the chunk. */
  readonly id: number;
  /** Its environment where it uses one. */
  readonly env: LuaTable | undefined;
  readonly setEnv: ((env: LuaTable) => void) | undefined;
  /** Captured variables: values, or boxes of those that change. */
  readonly upvalues: readonly LuaValue[];
}

type GeneratorFactory = (
  env: LuaTable | undefined,
  setEnv: ((env: LuaTable) => void) | undefined,
  ...upvalues: LuaValue[]
) => GeneratorFunction;

export class Chunk {
  /** Display name, as positions show it. */
  readonly name: string;
  /** Name it was loaded under. */
  readonly chunkName: string;
  private readonly source: string;
  private readonly runtime: object;
  /** Keeps the positions of the main text reachable as long as its code is. */
  readonly unit: CodeUnit;
  private readonly generators = new Map<number, { factory: GeneratorFactory; unit: CodeUnit }>();
  private tree: ChunkNode | undefined;
  private readonly make: (env: LuaTable) => LuaFunction;

  /** @throws LuaError with code LUA_ERR_SYNTAX */
  constructor(source: string, chunkName: string, runtime: object) {
    const tree = analyse(source, chunkName);
    this.name = tree.name;
    this.chunkName = chunkName;
    this.source = source;
    this.runtime = runtime;
    this.unit = new CodeUnit(this, () => withSites(compileChunk(this.parse(), true)));
    const code = compileChunk(tree).code;
    this.make = instantiate(code, this.unit.id)(runtime, this) as (env: LuaTable) => LuaFunction;
  }

  /** A new main function with the given environment. */
  main(env: LuaTable): LuaFunction {
    return this.make(env);
  }

  /** Called by a closure that was asked about itself. */
  info(
    id: number,
    env: LuaTable | undefined,
    setEnv: ((env: LuaTable) => void) | undefined,
    upvalues: readonly LuaValue[],
  ): ClosureInfo {
    return new Description(this, id, env, setEnv, upvalues);
  }

  /** The generator version of a closure: same code, same captured variables. */
  generator(info: ClosureInfo): GeneratorFunction {
    let entry = this.generators.get(info.id);
    if (entry === undefined) {
      const tree = this.parse();
      const fn = tree.functions[info.id]!;
      const unit = new CodeUnit(this, () => withSites(compileGenerator(this.parse(), fn, true)));
      const code = compileGenerator(tree, fn).code;
      entry = { factory: instantiate(code, unit.id)(this.runtime, this) as GeneratorFactory, unit };
      this.generators.set(info.id, entry);
    }
    return entry.factory(info.env, info.setEnv, ...info.upvalues);
  }

  /** Lines a function spans, for debug.getinfo and tracebacks. */
  lines(id: number): FunctionLines {
    const fn = this.parse().functions[id]!;
    const { line, endLine, vararg } = fn;
    return { line, endLine, vararg, params: fn.params.length, upvalues: fn.upvalues.length };
  }

  private parse(): ChunkNode {
    this.tree ??= analyse(this.source, this.chunkName);
    return this.tree;
  }
}

class Description implements ClosureInfo {
  readonly chunk: Chunk;
  readonly id: number;
  readonly env: LuaTable | undefined;
  readonly setEnv: ((env: LuaTable) => void) | undefined;
  readonly upvalues: readonly LuaValue[];

  constructor(
    chunk: Chunk,
    id: number,
    env: LuaTable | undefined,
    setEnv: ((env: LuaTable) => void) | undefined,
    upvalues: readonly LuaValue[],
  ) {
    this.chunk = chunk;
    this.id = id;
    this.env = env;
    this.setEnv = setEnv;
    this.upvalues = upvalues;
  }
}

/** Whether `v`, returned by a function that was asked about itself, is an answer. */
export function isClosureInfo(v: unknown): v is ClosureInfo {
  return v instanceof Description;
}

function withSites(compiled: ReturnType<typeof compileChunk>) {
  return { code: compiled.code, sites: compiled.sites! };
}
