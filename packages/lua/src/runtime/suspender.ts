import type { LuaValue } from '../value.js';

/** A suspended run of a Lua function: yields arrays of values or waits, is resumed with arrays of values. */
export type LuaGenerator = Generator<LuaValue, LuaValue, LuaValue>;
export type GeneratorFunction = (...args: LuaValue[]) => LuaGenerator;

/** The generator version of a function. `run` is called with its own object in front of the arguments. */
export interface Suspender {
  readonly run: (self: Suspender, ...args: LuaValue[]) => LuaGenerator;
}

export type Run = Suspender['run'];
