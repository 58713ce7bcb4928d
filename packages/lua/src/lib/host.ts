/**
 * What library functions may ask of the engine. One object per state; openers receive it:
 *
 *     export function openTable(host: LibHost): Library { return { concat(t, sep, i, j) { ... } } }
 *
 * The engine registers each function under its key, gives it a name for error texts and puts it in the library table.
 * Constants (numbers, strings) may stand in the same record.
 *
 * Library functions are ordinary `function`s (they may use `arguments.length` to tell nil from no value), return by the
 * calling convention of `../value.ts` and raise with `throw argError(...)` and friends of `../raise.ts`. They keep
 * the hot path to `typeof` tests and leave conversions to the `check*` functions of `./args.ts`.
 */
import type { LuaValue } from '../value.js';

export interface LibHost {
  /** Calls any callable value; results in the form of the calling convention. */
  call(fn: LuaValue, ...args: LuaValue[]): LuaValue;
  /** Calls any callable value; its first result. */
  call1(fn: LuaValue, ...args: LuaValue[]): LuaValue;
  /** `tostring(v)`, with `__tostring` and `__name`. */
  tostring(v: LuaValue): string;
  /** The address `tostring` shows for a table, function, thread or userdata (`0x...`), the same for its whole life. */
  address(v: LuaValue): string;
  /** `o[k]` and `o[k] = v`, with metamethods. */
  index(o: LuaValue, k: LuaValue): LuaValue;
  setindex(o: LuaValue, k: LuaValue, v: LuaValue): void;
  /** `#v`, with `__len` where LuaJIT has it (not on tables). */
  length(v: LuaValue): LuaValue;
  /** `a < b`, with `__lt`. */
  lessThan(a: LuaValue, b: LuaValue): boolean;
  /** `a == b`, with `__eq`. */
  equals(a: LuaValue, b: LuaValue): boolean;
  /** Metamethod `event` (for instance `__len`) of any value, nil when it has none. */
  metamethod(v: LuaValue, event: string): LuaValue;
  /** Charges `n` units of fuel for work done inside a library function (long pattern matches, sorts); may raise. */
  burn(n: number): void;
  /** Writes bytes (char codes 0..255) to standard output, for `print` and `io.write`. */
  write(bytes: string): void;
}

/** Functions and constants of a library, by name. */
export type Library = Record<string, LuaValue>;
