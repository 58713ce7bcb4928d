/**
 * Lua (the LuaJIT dialect) compiled to JavaScript.
 *
 *     const state = createState({ print: (s) => process.stdout.write(s) });
 *     state.call(state.load('print("hello")'));
 */
import { State, type StateOptions } from './state.js';

export { bytesFromString, decodeText, encodeText, stringFromBytes } from './bytes.js';
export { LuaError, type LuaErrorCode } from './errors.js';
export { Hash } from './hash.js';
export type { Library } from './lib/host.js';
export { type FileSystem, type System, SystemError, type SystemFile } from './lib/system.js';
export { ALL_LIBRARIES, type LibraryName } from './libraries.js';
export { argError, argTypeError, luaError } from './raise.js';
export type { LuaRun, RunStep } from './run.js';
export { State, type StateOptions } from './state.js';
export { LuaTable } from './table.js';
export {
  type LuaFunction,
  LuaThread,
  LuaUserdata,
  type LuaValue,
  type Multi,
  multi,
  NONE,
  toArray,
} from './value.js';

export { warmUp } from './warm-up.js';

/** Creates a state with the given libraries, limits and connections to the outside. */
export function createState(options: StateOptions = {}): State {
  return new State(options);
}
