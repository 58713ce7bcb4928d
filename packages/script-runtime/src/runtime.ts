import type { ScriptRuntimeError } from './errors.js';
import type { NamedArguments } from './named-arguments.js';
import type { HostModule, ScriptFunction, ScriptValue } from './value.js';

/** Returned by {@link ScriptEngine.call} when the script waits: `ScriptCall.settled` reports the end. */
export const PENDING: unique symbol = Symbol('pending');
export type Pending = typeof PENDING;

/** Log levels as pino has them. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * One call into a script, from start to end, however often it waits in between. The engine keeps it in
 * `host.current` whenever the script's code runs, so that host functions know for whom they work.
 */
export interface ScriptCall {
  /** A number of `WorkerPort.name`: what the log names where the script cannot be stopped. */
  readonly subject?: number;
  /** Called once, and only after {@link PENDING} was returned. */
  settled(error: ScriptRuntimeError | null, result: ScriptValue): void;
}

/** What an engine may use of the thread it lives in. One per engine instance. */
export interface EngineHost {
  /** The call whose code runs right now; set by the engine around every stretch of script code. */
  current: ScriptCall | null;
  /** Level, one line, fields. `print` of a script goes to `info` with `{ script }`. */
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Longest uninterrupted stretch of script code, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Brackets every stretch of script code entered from the host (calls, resumptions), so that the watchdog can see it.
   * Nesting is allowed, the outermost counts.
   * @param loading it may take as long as at the start: scripts are loaded anew. Default: false
   */
  enterScript(loading?: boolean): void;
  leaveScript(): void;
  /**
   * For engines that run several calls in one stretch: whom script code works for while `current` is null, those of
   * `calls` from index `from` on.
   */
  serves(calls: readonly (ScriptCall | null)[], from: number): void;
  /** True when the running stretch is past its deadline: ask every few thousand instructions and raise an error. */
  interrupted(): boolean;
  /**
   * Names the process whose answer the thread now waits for without turning its event loop, 0 when it goes on. Where
   * the thread has to be ended, that process is ended with it.
   * @returns the one that was named before
   */
  blockedBy(pid: number): number;
  /** The engine is of no use any more: its thread ends once what it answered is on its way, and gets a successor. */
  giveUp(error: Error): void;
  /** Something asynchronous is under way / has ended; while any is, the thread does not sleep for good. */
  hold(): void;
  release(): void;
}

/** Options of one engine instance. */
export interface EngineOptions {
  /** Folders searched by `require` / `import` after the folder of the loaded script. */
  readonly searchPath?: readonly string[];
  /** What `os.getenv` and its like see. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Settings of the language, e.g. `{ executable: 'python3.12' }`; validated by the engine. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A script file that was loaded. */
export interface LoadedScript {
  readonly path: string;
  /** What the file gave back (`return M` in Lua; the module's namespace in Python). */
  readonly result: ScriptValue;
}

/**
 * A language host inside one thread: one interpreter state. Knows nothing of any protocol.
 *
 * Faults of a script are thrown as {@link ScriptRuntimeError} (or given to `settled`) and never leave the engine
 * unusable.
 */
export interface ScriptEngine {
  readonly language: string;
  readonly engine: string;
  /** Makes a module visible to scripts loaded later. */
  define(module: HostModule): void;
  /** Sets a global name (Lua) or builtin (Python). */
  setGlobal(name: string, value: ScriptValue): void;
  /** Loads and runs a file. `require`/`import` search its folder first. */
  load(path: string): LoadedScript | Promise<LoadedScript>;
  /** Runs `require(name)` (`import name`) and gives its value: how services are loaded. */
  require(name: string): ScriptValue | Promise<ScriptValue>;
  /** Calls with positional arguments. Returns the first result, or {@link PENDING}. */
  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): ScriptValue | Pending;
  /**
   * Calls a function without arguments that makes the state what it is. Engines whose interpreter can be replaced while
   * they stay have this, and call it in the successor, too; for others `call` does.
   */
  callFirst?(fn: ScriptFunction, call: ScriptCall): ScriptValue | Pending;
  /** Calls with one argument: the list of `{ name, value }`, reachable by index and by name. */
  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): ScriptValue | Pending;
  /** Ends a pending call: its script is not resumed any more and `settled` reports `SCRIPT_ERR_DEADLINE`. */
  cancel(call: ScriptCall): void;
  /** End of one pass over the ring: engines that batch calls run them now. */
  flush(): void;
  /** Frees everything. Pending calls are not settled any more. */
  close(): void | Promise<void>;
}

/** What a language implements. Registered by the program, chosen by file extension or by engine name. */
export interface ScriptRuntime {
  /** `lua`, `python`, ... */
  readonly language: string;
  /** Name of this implementation: `lua`, `fengari`, `pyodide`, `cpython`. */
  readonly engine: string;
  /** With the dot, lower case. */
  readonly extensions: readonly string[];
  /** Makes one interpreter state. May take seconds (Pyodide). */
  createEngine(host: EngineHost, options: EngineOptions): ScriptEngine | Promise<ScriptEngine>;
}
