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

/** The generator version of a function. `run` is called with its own object in front of the arguments. */
export interface Suspender {
  readonly run: (self: Suspender, ...args: LuaValue[]) => LuaGenerator;
}

type Run = Suspender['run'];

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
}

export class Chunk {
  /** Display name, as positions show it. */
  readonly name: string;
  /** Name it was loaded under. */
  readonly chunkName: string;
  private readonly source: string;
  private readonly runtime: object;
  /** Keeps the positions of the main text reachable as long as its code is. */
  readonly unit: CodeUnit;
  private readonly generators = new Map<number, { run: Run; unit: CodeUnit }>();
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

  /**
   * Makes the description of a closure able to run it. The code is one JavaScript function for all closures, which finds captured
   * variables in the description it is called with: V8 spends a map and a prototype on each generator function it calls.
   */
  prepare(info: ClosureInfo): Suspender {
    (info as Description).run = this.generator(info.id);
    return info;
  }

  private generator(id: number): Run {
    let entry = this.generators.get(id);
    if (entry === undefined) {
      const tree = this.parse();
      const fn = tree.functions[id]!;
      const unit = new CodeUnit(this, () => withSites(compileGenerator(this.parse(), fn, true)));
      const { code } = compileGenerator(tree, fn);
      entry = { run: instantiate(code, unit.id)(this.runtime, this) as Run, unit };
      this.generators.set(id, entry);
    }
    return entry.run;
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

class Description implements ClosureInfo, Suspender {
  readonly chunk: Chunk;
  readonly id: number;
  readonly env: LuaTable | undefined;
  readonly setEnv: ((env: LuaTable) => void) | undefined;
  readonly upvalues: readonly LuaValue[];
  /** Set by {@link Chunk.prepare}: most descriptions are asked for other reasons. */
  run: Run = unprepared;

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

function unprepared(): LuaGenerator {
  throw new Error('Cannot run a description: it was not prepared');
}

/** Whether `v`, returned by a function that was asked about itself, is an answer. */
export function isClosureInfo(v: unknown): v is ClosureInfo {
  return v instanceof Description;
}

function withSites(compiled: ReturnType<typeof compileChunk>) {
  return { code: compiled.code, sites: compiled.sites! };
}
