/** The generator versions of a chunk's functions. */
import { CodeUnit, type UnitOwner } from '../code-unit.js';
import type { ChunkNode, FunctionNode } from '../compiler/ast.js';
import { type compileChunk, compileGenerators, isFirst } from '../compiler/compile.js';
import { instantiate } from '../compiler/instantiate.js';
import { holderOf } from '../compiler/late-function.js';
import type { Run } from './suspender.js';

/** Characters of code after which a text takes no more functions. */
const MAX_TEXT = 1 << 16;

/**
 * Made when they are first asked for, each together with those it is likely to call: a text has a price of its own, that of
 * its names and helpers, which would else be paid for each of the many small functions a script runs once.
 */
export class GeneratorVersions {
  private readonly chunk: UnitOwner;
  private readonly parse: () => ChunkNode;
  private readonly runtime: object;
  /** A unit keeps the positions of its text reachable as long as the code is. */
  private readonly made = new Map<number, { run: Run; unit: CodeUnit }>();
  /** Functions whose version is the first, short one. */
  private readonly first = new Set<number>();
  /** Numbers of the functions of each name that have no generator version yet. */
  private byName: Map<string, number[]> | undefined = undefined;

  constructor(chunk: UnitOwner, parse: () => ChunkNode, runtime: object) {
    this.chunk = chunk;
    this.parse = parse;
    this.runtime = runtime;
  }

  /** That of function `id`. */
  get(id: number): Run {
    return (this.made.get(id) ?? this.make(id, false)).run;
  }

  /** That of the main function, for a single run. Those of what it calls are made to be called a few times. */
  once(): Run {
    return this.make(0, true).run;
  }

  /** The one for many calls that replaces the first version of function `id`. */
  second(id: number): Run {
    return this.first.delete(id) ? this.make(id, false).run : this.get(id);
  }

  private make(first: number, once: boolean) {
    const { functions } = this.parse();
    const list: FunctionNode[] = [holderOf(functions, first)!];
    const seen = new Set<string>();
    const grow = (called: ReadonlySet<string>, length: number) => {
      for (const name of called) {
        if (length > MAX_TEXT) return;
        if (seen.has(name)) continue;
        seen.add(name);
        for (const id of this.take(functions, name)) {
          if (id !== first && !this.made.has(id)) list.push(holderOf(functions, id)!);
        }
      }
    };
    const { code } = compileGenerators(this.parse(), list, { once, grow });
    const ids = list.map((fn) => fn.id);
    const unit = new CodeUnit(this.chunk, () => {
      const tree = this.parse();
      return withSites(
        compileGenerators(
          tree,
          ids.map((id) => holderOf(tree.functions, id)!),
          { withSites: true, once },
        ),
      );
    });
    const runs = instantiate(code, unit.id)(this.runtime, this.chunk) as Run[];
    for (let i = 0; i < ids.length; i++) {
      this.made.set(ids[i]!, { run: runs[i]!, unit });
      if (isFirst(list[i]!, once)) this.first.add(ids[i]!);
    }
    return this.made.get(first)!;
  }

  private take(functions: readonly FunctionNode[], name: string): readonly number[] {
    this.byName ??= namesOf(functions);
    const ids = this.byName.get(name) ?? [];
    this.byName.delete(name);
    return ids;
  }
}

function namesOf(functions: readonly FunctionNode[]): Map<string, number[]> {
  const byName = new Map<string, number[]>();
  for (const { id, ownName, late } of functions) {
    if (ownName === undefined || late !== undefined) continue;
    const ids = byName.get(ownName);
    if (ids === undefined) byName.set(ownName, [id]);
    else ids.push(id);
  }
  return byName;
}

export function withSites(compiled: ReturnType<typeof compileChunk>) {
  return { code: compiled.code, sites: compiled.sites! };
}
