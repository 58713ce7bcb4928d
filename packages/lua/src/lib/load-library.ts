/** `load` and its relatives, and the environments of functions. */
import { LuaError } from '../errors.js';
import { argError, argTypeError, luaError } from '../raise.js';
import type { Engine } from '../runtime/engine.js';
import { hostFunction, isHostFunction } from '../runtime/host-function.js';
import { captureFrames } from '../stack.js';
import { LuaTable } from '../table.js';
import { type LuaFunction, type LuaValue, NONE } from '../value.js';
import { checkString } from './args.js';
import type { Library } from './host.js';

/** Reads a file; throws an error whose message says why it cannot. */
export type ReadFile = (path: string) => string;

/** Access of a compiled function to its own environment, passed by calls of setfenv, getfenv and module. */
export interface EnvHandle {
  get(): LuaTable;
  set(env: LuaTable): void;
}

/** What a piece of source costs, in calls: a reader that never ends must be stopped in time. */
const PIECE_COST = 10;
/** Longest source a reader function may deliver, in bytes. */
const MAX_SOURCE = 1 << 28;

export function openLoad(engine: Engine, readFile: ReadFile): Library {
  const { host } = engine;

  const compile = (source: string, name: string, mode: LuaValue, env: LuaTable | undefined): LuaFunction => {
    const binary = source.charCodeAt(0) === 27;
    if (typeof mode === 'string' && !mode.includes(binary ? 'b' : 't')) {
      throw new LuaError('attempt to load chunk with wrong mode', 'LUA_ERR_SYNTAX');
    }
    if (binary) throw new LuaError('(binary): cannot load incompatible bytecode', 'LUA_ERR_SYNTAX');
    return engine.load(source, name, env ?? engine.env);
  };

  /** A function, or nil and a message. */
  const attempt = (run: () => LuaFunction): LuaValue => {
    try {
      return run();
    } catch (e) {
      if (e instanceof LuaError) return [undefined, e.value];
      throw e;
    }
  };

  const readPieces = (reader: LuaFunction): string => {
    const pieces: string[] = [];
    let length = 0;
    for (;;) {
      const piece = host.call1(reader);
      host.burn(PIECE_COST);
      if (piece === undefined || piece === '') return pieces.join('');
      if (typeof piece !== 'string') throw new LuaError('reader function must return a string');
      length += piece.length;
      if (length > MAX_SOURCE) throw new LuaError('not enough memory');
      pieces.push(piece);
    }
  };

  const load = function (source: LuaValue, name: LuaValue, mode: LuaValue, env: LuaValue) {
    const custom = arguments.length >= 4 ? (env as LuaTable) : undefined;
    if (typeof source === 'function') {
      return attempt(() => compile(readPieces(source), name ?? '=(load)', mode, custom));
    }
    if (typeof source !== 'string' && typeof source !== 'number') {
      throw argTypeError(1, 'function', source, arguments.length);
    }
    const text = checkString(source, 1, 1);
    host.burn(text.length);
    return attempt(() => compile(text, name === undefined ? text : checkString(name, 2, 2), mode, custom));
  };

  const loadFile = (path: LuaValue, mode: LuaValue, env: LuaTable | undefined): LuaFunction => {
    const file = checkString(path, 1, path === undefined ? 0 : 1);
    let source: string;
    try {
      source = readFile(file);
    } catch (e) {
      throw new LuaError(`cannot open ${file}: ${(e as Error).message}`);
    }
    return compile(source, `@${file}`, mode, env);
  };

  return {
    load,
    loadstring: load,
    loadfile(path: LuaValue, mode: LuaValue, env: LuaValue) {
      return attempt(() => loadFile(path, mode, arguments.length >= 3 ? (env as LuaTable) : undefined));
    },
    dofile: (path: LuaValue) => host.call(loadFile(path, undefined, undefined)),
    ...openEnvironments(engine),
  };
}

/** Gives the function that called the running library function another environment. */
export function changeHere(handle: EnvHandle, env: LuaTable): void {
  handle.set(env);
  const caller = captureFrames(2)[1];
  if (caller?.kind === 'lua') caller.unit.environments.change(caller.site.fn, env);
}

function openEnvironments(engine: Engine): Library {
  const { runtime, scheduler } = engine;
  /** Environments set on functions that use none. */
  const unused = new WeakMap<LuaFunction, LuaTable>();

  const envOf = (f: LuaFunction): LuaTable => scheduler.describe(f)?.env ?? unused.get(f) ?? engine.globals;

  const setEnvOf = (f: LuaFunction, env: LuaTable): void => {
    const info = isHostFunction(f) ? undefined : scheduler.describe(f);
    if (info === undefined) throw luaError("'setfenv' cannot change environment of given object");
    if (info.setEnv === undefined) unused.set(f, env);
    else info.setEnv(env);
    info.chunk.environments.change(info.id, env);
    // The generator version was made with the old environment.
    (f as { g$?: unknown }).g$ = undefined;
  };

  const getfenvHere = (handle: EnvHandle | undefined, args: readonly LuaValue[]): LuaValue => {
    const f = args[0] === undefined ? 1 : args[0];
    if (typeof f === 'function') return envOf(f);
    if (typeof f !== 'number') throw argTypeError(1, 'number', f, args.length);
    const frame = f < 0 ? undefined : captureFrames(f + 1)[Math.trunc(f)];
    if (frame === undefined) throw argError(1, 'invalid level');
    if (f === 1 && handle !== undefined) return handle.get();
    if (f === 0) return engine.env;
    return (frame.kind === 'lua' ? frame.unit.environments.of(frame.site.fn) : undefined) ?? engine.globals;
  };

  const setfenvHere = (handle: EnvHandle | undefined, args: readonly LuaValue[]): LuaValue => {
    const [f, env] = args;
    if (!(env instanceof LuaTable)) throw argTypeError(2, 'table', env, args.length);
    if (typeof f === 'function') {
      setEnvOf(f, env);
      return f;
    }
    if (typeof f !== 'number') throw argTypeError(1, 'number', f, args.length);
    if (f === 0) engine.env = env;
    else if (f === 1 && handle !== undefined) changeHere(handle, env);
    else throw luaError(`'setfenv' cannot reach the function at level ${f}`);
    return NONE;
  };

  const getfenv = hostFunction('getfenv', (...args: LuaValue[]) => getfenvHere(undefined, args));
  const setfenv = hostFunction('setfenv', (...args: LuaValue[]) => setfenvHere(undefined, args));
  runtime['getfenv'] = getfenv;
  runtime['setfenv'] = setfenv;
  runtime['getfenvHere'] = hostFunction('getfenv', getfenvHere);
  runtime['setfenvHere'] = hostFunction('setfenv', setfenvHere);
  return { getfenv, setfenv };
}
