/** A Lua state: globals, libraries and limits, for programs that embed Lua. */
import { encodeText, stringFromBytes } from './bytes.js';
import { LuaError } from './errors.js';
import { openBase } from './lib/base-library.js';
import { openBit } from './lib/bit-library.js';
import { openCoroutine } from './lib/coroutine-library.js';
import { openDebug } from './lib/debug-library.js';
import type { Library } from './lib/host.js';
import { openIo } from './lib/io-library.js';
import { openLoad, type ReadFile } from './lib/load-library.js';
import { openMath } from './lib/math-library.js';
import { openOs } from './lib/os-library.js';
import { DEFAULT_PATH, openPackage } from './lib/package-library.js';
import { openProtectedCalls } from './lib/protected-calls.js';
import { openString } from './lib/string-library.js';
import type { System } from './lib/system.js';
import { openTable } from './lib/table-library.js';
import { openUtf8 } from './lib/utf8-library.js';
import { LuaRun, toLuaError } from './run.js';
import type { Suspendable } from './runtime/coroutine.js';
import { Engine } from './runtime/engine.js';
import { hostFunction } from './runtime/host-function.js';
import { settle } from './runtime/tail-call.js';
import { LuaTable } from './table.js';
import { tracebackOf } from './traceback.js';
import { first, type LuaFunction, type LuaValue, toArray } from './value.js';
import { suspendingFunction, waitingFunction } from './waiting.js';

export type LibraryName =
  | 'base'
  | 'package'
  | 'coroutine'
  | 'string'
  | 'table'
  | 'math'
  | 'bit'
  | 'utf8'
  | 'debug'
  | 'io'
  | 'os';

export const ALL_LIBRARIES: readonly LibraryName[] = [
  ...(['base', 'package', 'coroutine', 'string', 'table', 'math', 'bit', 'utf8', 'debug', 'io', 'os'] as const),
];

export interface StateOptions {
  /** Libraries to open; all by default. */
  readonly libraries?: readonly LibraryName[];
  /** Receives what `print` and `io.write` write, as a Lua string. Default: nothing is printed. */
  readonly print?: (bytes: string) => void;
  /** Files, environment and clock for `io` and `os`. Without it they have a clock only. */
  readonly system?: System;
  /** Reads a file for `require`, `loadfile` and `dofile`: bytes or text, undefined when there is none. */
  readonly readFile?: (path: string) => string | Uint8Array | undefined;
  /** `package.path`. */
  readonly path?: string;
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
  private readonly closers: (() => void)[] = [];
  private loaded: LuaTable | undefined = undefined;

  constructor(options: StateOptions = {}) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.fuelLeft = options.fuelLimit ?? Number.POSITIVE_INFINITY;
    this.engine = new Engine(() => this.checkLimits(), options.print ?? (() => {}));
    this.globals = this.engine.globals;
    this.globals.define('_G', this.globals);
    const wanted = new Set(options.libraries ?? ALL_LIBRARIES);
    // The base library is what compiled code leans on; without it its functions are only kept out of the globals.
    const hidden = wanted.has('base') ? this.globals : new LuaTable();
    const { engine } = this;
    engine.install(openBase(engine), hidden);
    engine.install(openProtectedCalls(engine), hidden);
    engine.install(openLoad(engine, this.readFile), hidden);
    this.openPackage(wanted.has('package'));
    this.openLibraries(wanted);
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
    return waitingFunction(name, fn, blocking, () => this.blockedWaits++);
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
    return suspendingFunction(name, fn, plain, raise);
  }

  /** Defines a module for `require`; also a global of that name when `global` is set. */
  defineModule(name: string, members: Library, global = false): LuaTable {
    const table = this.engine.install(members, new LuaTable());
    this.loaded?.define(name, table);
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
    for (const close of this.closers) close();
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

  private readonly readFile: ReadFile = (path) => {
    const data = this.options.readFile?.(path);
    if (data === undefined) throw new Error('No such file or directory');
    return sourceBytes(data);
  };

  private openPackage(wanted: boolean): void {
    const library = openPackage(this.engine, {
      path: this.options.path ?? DEFAULT_PATH,
      readFile: this.readFile,
      exists: (path) => this.options.readFile?.(path) !== undefined,
    });
    this.loaded = (library['package'] as LuaTable).getStr('loaded');
    if (wanted) this.engine.install(library, this.globals);
  }

  private openLibraries(wanted: ReadonlySet<LibraryName>): void {
    const { engine } = this;
    const system = this.options.system ?? { clock: () => this.now() / 1000 };
    const openers: Partial<Record<LibraryName, () => Library>> = {
      coroutine: () => openCoroutine(engine),
      string: () => openString(engine.host),
      table: () => openTable(engine.host),
      math: () => openMath(),
      bit: () => openBit(),
      utf8: () => openUtf8(),
      debug: () => openDebug(engine),
      os: () => openOs(engine.host, system),
      io: () => {
        const io = openIo(engine.host, system);
        engine.install(io.methods, new LuaTable());
        this.closers.push(() => io.close());
        return io.library;
      },
    };
    for (const [name, open] of Object.entries(openers)) {
      if (!wanted.has(name as LibraryName)) continue;
      this.addLibrary(name, engine.install(open(), new LuaTable()));
    }
    const table = this.globals.getStr('table');
    if (table instanceof LuaTable) {
      for (const name of ['new', 'clear']) this.loaded?.define(`table.${name}`, table.getStr(name));
    }
    this.loaded?.define('_G', this.globals);
    this.loaded?.define('package', this.globals.getStr('package'));
    if (wanted.has('string')) {
      const meta = new LuaTable();
      meta.setStr('__index', this.globals.getStr('string'));
      engine.metas.string.meta = meta;
    }
  }

  private addLibrary(name: string, table: LuaTable): void {
    this.globals.define(name, table);
    this.loaded?.define(name, table);
  }
}

function sourceBytes(source: string | Uint8Array): string {
  return typeof source === 'string' ? encodeText(source) : stringFromBytes(source);
}
