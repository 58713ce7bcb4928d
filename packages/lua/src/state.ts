/** A Lua state: globals, libraries and limits, for programs that embed Lua. */
import { sourceBytes } from './bytes.js';
import { LuaError } from './errors.js';
import type { Library } from './lib/host.js';
import { type LibraryOptions, openLibraries } from './libraries.js';
import { LuaRun, toLuaError } from './run.js';
import type { Suspendable } from './runtime/coroutine.js';
import { Engine } from './runtime/engine.js';
import { hostFunction } from './runtime/host-function.js';
import { settle } from './runtime/tail-call.js';
import { LuaTable } from './table.js';
import { tracebackOf } from './traceback.js';
import { first, type LuaFunction, type LuaValue, toArray } from './value.js';
import { suspendingFunction, waitingFunction } from './waiting.js';

export interface StateOptions extends LibraryOptions {
  /** Receives what `print` and `io.write` write, as a Lua string. Default: nothing is printed. */
  readonly print?: (bytes: string) => void;
  /**
   * Called every few hundred microseconds of script time, with the chance to stop the script by calling
   * {@link State.interrupt}.
   */
  readonly onFuel?: (state: State) => void;
  /** Calls and loop passes (counted roughly) after which scripts are interrupted; without bound by default. */
  readonly fuelLimit?: number;
  /** Milliseconds clock for deadlines. */
  readonly now?: () => number;
}

/** How often, in units of fuel, the hook runs; see `runtime/fuel.ts`. */
const FUEL_PER_HOOK = 20_000;

export class State {
  readonly globals: LuaTable;
  private readonly engine: Engine;
  private readonly options: StateOptions;
  private readonly now: () => number;
  private deadline = Number.POSITIVE_INFINITY;
  private stopMessage: string | undefined = undefined;
  private fuelLeft: number;
  private closed = false;
  private readonly closeLibraries: () => void;
  private readonly loaded: LuaTable;

  constructor(options: StateOptions = {}) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.fuelLeft = options.fuelLimit ?? Number.POSITIVE_INFINITY;
    this.engine = new Engine(() => this.checkLimits(), options.print ?? (() => {}));
    this.globals = this.engine.globals;
    const { loaded, close } = openLibraries(this.engine, options, this.now);
    this.loaded = loaded;
    this.closeLibraries = close;
  }

  /**
   * Compiles a chunk. Text is taken as UTF-8, bytes as they are. `chunkName` follows Lua: `@file`, `=name`, or the source
   * itself.
   * @throws LuaError LUA_ERR_SYNTAX
   */
  load(source: string | Uint8Array, chunkName = '=(load)', env: LuaTable = this.globals): LuaFunction {
    this.checkOpen();
    return this.engine.load(sourceBytes(source), chunkName, env);
  }

  /**
   * Calls a Lua function and returns its first result. Functions that have to wait block the thread or are refused, see
   * {@link State.defineWaiting}.
   * @throws LuaError
   */
  call(fn: LuaValue, ...args: LuaValue[]): LuaValue {
    try {
      return first(settle(fn(...args)));
    } catch (e) {
      throw this.failure(e, fn, args);
    }
  }

  /** Like {@link call}; all results. */
  callMulti(fn: LuaValue, ...args: LuaValue[]): readonly LuaValue[] {
    try {
      return toArray(this.engine.caller.call(fn, args));
    } catch (e) {
      throw toLuaError(e);
    }
  }

  /** Calls a Lua function that may wait; resolves with all its results. Several such calls may be under way. */
  async callAsync(fn: LuaValue, ...args: LuaValue[]): Promise<readonly LuaValue[]> {
    const run = this.createRun(fn);
    let step = run.start(args);
    while (step.waitsFor !== undefined) {
      const outcome = await Promise.allSettled([step.waitsFor]).then(([r]) => r!);
      step = outcome.status === 'fulfilled' ? run.resume(outcome.value) : run.fail(outcome.reason);
    }
    return step.results;
  }

  /** A call that may wait, driven by the caller one stretch at a time, for hosts that watch over each stretch. */
  createRun(fn: LuaValue): LuaRun {
    this.checkOpen();
    return new LuaRun(this.engine.scheduler, fn, () => this.checkOpen());
  }

  /**
   * Compiles a chunk for one call that may wait: as `createRun(load(...))`, but the version of its main function that cannot
   * wait is never made.
   * @throws LuaError LUA_ERR_SYNTAX
   */
  loadRun(source: string | Uint8Array, chunkName = '=(load)', env: LuaTable = this.globals): LuaRun {
    this.checkOpen();
    const main = this.engine.loadSuspendable(sourceBytes(source), chunkName, env);
    return new LuaRun(this.engine.scheduler, undefined, () => this.checkOpen(), main);
  }

  /**
   * Calls a function in the way that suits it: at once, or, once it is known to wait, so that it can. The first wait of a
   * function blocks the thread where the waiting function has a blocking form.
   * Returns the first result, or a promise of it.
   */
  run(fn: LuaFunction, ...args: LuaValue[]): LuaValue | Promise<LuaValue> {
    if (this.waits.has(fn)) return this.callAsync(fn, ...args).then((r) => r[0]);
    const before = this.blockedWaits;
    const result = this.call(fn, ...args);
    if (this.blockedWaits !== before) this.waits.add(fn);
    return result;
  }

  private readonly waits = new WeakSet<LuaFunction>();
  private blockedWaits = 0;

  /** Sets a global. A JavaScript function has to be made a Lua function first, see {@link defineFunction}. */
  setGlobal(name: string, value: LuaValue): void {
    this.globals.define(name, value);
  }

  getGlobal(name: string): LuaValue {
    return this.globals.getStr(name);
  }

  /**
   * Makes a JavaScript function callable from Lua. It takes Lua values and returns one, or `NONE`, or an array of two and
   * more. What it throws becomes a Lua error.
   */
  defineFunction(name: string, fn: LuaFunction): LuaFunction {
    return (fn as Suspendable).g$ === undefined ? hostFunction(name, fn) : fn;
  }

  /**
   * Makes a function whose result comes later callable from Lua. Under {@link callAsync} (also inside the script's own
   * coroutines) the script is suspended until the promise settles. In plain calls `blocking` is called instead, or an
   * error is raised where there is none.
   */
  defineWaiting(
    name: string,
    fn: (...args: LuaValue[]) => PromiseLike<LuaValue>,
    blocking?: (...args: LuaValue[]) => LuaValue,
  ): LuaFunction {
    return waitingFunction(this.engine.scheduler, name, fn, blocking, () => this.blockedWaits++);
  }

  /**
   * Makes a function that may have to wait callable from Lua. Where the script can be suspended (under {@link callAsync} and
   * {@link createRun}) `fn` is called; if it returns a promise the script is suspended until it settles. In plain calls
   * `plain` is called. `raise` makes Lua errors of what `fn` throws.
   */
  defineSuspending(
    name: string,
    fn: (...args: LuaValue[]) => LuaValue | PromiseLike<LuaValue>,
    plain: (...args: LuaValue[]) => LuaValue,
    raise: (error: unknown) => Error,
  ): LuaFunction {
    return suspendingFunction(this.engine.scheduler, name, fn, plain, raise);
  }

  /** Defines a module for `require`; also a global of that name when `global` is set. */
  defineModule(name: string, members: Library, global = false): LuaTable {
    const table = this.engine.install(members, new LuaTable());
    this.loaded.define(name, table);
    if (global) this.globals.define(name, table);
    return table;
  }

  /** A metatable from named members, such as `{ __index(o, k) {...}, __tostring(o) {...} }`. */
  metatable(members: Library): LuaTable {
    return this.engine.install(members, new LuaTable());
  }

  /** `tostring(v)`, with metamethods. */
  tostring(v: LuaValue): string {
    return this.engine.tostring(v);
  }

  /** `o[k]`, with metamethods. */
  index(o: LuaValue, k: LuaValue): LuaValue {
    return this.engine.host.index(o, k);
  }

  /** Stops scripts: every check raises a Lua error with this text, until {@link resume}. */
  interrupt(message = 'interrupted'): void {
    this.stopMessage = message;
    this.engine.fuel.expire();
  }

  /**
   * Counts work of the host as `units` of a script's own; between two looks at `onFuel` lie 20 000 of them.
   * @throws LuaError when scripts are to stop
   */
  charge(units: number): void {
    this.engine.fuel.burn(units);
  }

  /**
   * Looks at `onFuel` and the deadline, as scripts do at their steps: for a host whose function took long.
   * @throws LuaError when scripts are to stop
   */
  check(): void {
    this.engine.fuel.expire();
    this.engine.fuel.burn(1);
  }

  /** Lets scripts run again after {@link interrupt} or a deadline. */
  resume(): void {
    this.stopMessage = undefined;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  /** Scripts are interrupted once the clock shows more than `at` (milliseconds, of the `now` option's clock). */
  setDeadline(at: number): void {
    this.deadline = at;
  }

  /** Calls and loop passes that may still be made (roughly). */
  get fuel(): number {
    return this.fuelLeft;
  }

  set fuel(units: number) {
    this.fuelLeft = units;
  }

  /** Closes open files; the state can no longer load or wait. Scripts that run are interrupted. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.engine.fuel.expire();
    this.closeLibraries();
  }

  /** The Lua traceback of an error thrown by {@link call}, undefined when there is none. */
  traceback(error: unknown): string | undefined {
    return error instanceof Error ? tracebackOf(error) : undefined;
  }

  private checkOpen(): void {
    if (this.closed) throw new LuaError('state is closed', 'LUA_ERR_CLOSED');
  }

  private checkLimits(): void {
    this.checkOpen();
    this.fuelLeft -= FUEL_PER_HOOK;
    this.options.onFuel?.(this);
    if (this.fuelLeft < 0) this.stopMessage ??= 'instruction limit reached';
    else if (this.deadline < Number.POSITIVE_INFINITY && this.now() > this.deadline)
      this.stopMessage ??= 'deadline exceeded';
    if (this.stopMessage !== undefined) throw new LuaError(this.stopMessage, 'LUA_ERR_INTERRUPTED');
  }

  private failure(e: unknown, fn: LuaValue, args: readonly LuaValue[]): Error {
    // Not a function: let the engine call it, or say what it is.
    if (typeof fn !== 'function') {
      try {
        this.engine.caller.call(fn, args);
      } catch (inner) {
        return toLuaError(inner);
      }
    }
    return toLuaError(e);
  }
}
