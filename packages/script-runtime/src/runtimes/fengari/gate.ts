import type { HostFunction, HostResult, ScriptValue } from '../../value.js';
import type { LuaState } from './api.js';

/** What a host function may return inside this engine: functions of the host as well, used by its own libraries. */
export type HostValue = ScriptValue | HostFunction;

/** Where values cross; the parts of the engine that need it are handed one, so that none imports another. */
export interface ValueGate {
  /** Pushes one value. Throws TypeError for what Lua cannot hold. */
  push(L: LuaState, value: HostValue): void;
  /** Pushes the results of a host function and returns their number. */
  pushResults(L: LuaState, result: HostResult): number;
  /** Runs code of the script because the host looks at a value: under the deadline. */
  inherit<T>(body: () => T): T;
  /** The value at `index`, nil as null. */
  read(L: LuaState, index: number): ScriptValue;
}
