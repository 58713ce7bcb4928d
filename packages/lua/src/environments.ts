/** Environments of the functions of a chunk, by number: a frame of the stack tells the function, but not the closure. */
import type { LuaTable } from './table.js';

export class Environments {
  private readonly parentOf: (fn: number) => number | undefined;
  private main: LuaTable | undefined = undefined;
  /** Set by `setfenv` and the like, the last one for each function. */
  private readonly set = new Map<number, LuaTable>();

  constructor(parentOf: (fn: number) => number | undefined) {
    this.parentOf = parentOf;
  }

  /** The chunk was loaded with `env`. */
  load(env: LuaTable): void {
    this.main = env;
  }

  /** A closure of function `fn` got `env`. */
  change(fn: number, env: LuaTable): void {
    this.set.set(fn, env);
  }

  /** That of the last closure of function `fn` that got one, or of the function it stands in. */
  of(fn: number): LuaTable | undefined {
    if (this.set.size === 0) return this.main;
    for (let id: number | undefined = fn; id !== undefined; id = this.parentOf(id)) {
      const env = this.set.get(id);
      if (env !== undefined) return env;
    }
    return this.main;
  }
}
