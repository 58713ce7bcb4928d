import { ScriptRuntimeError } from '../../errors.js';
import type { NamedArguments } from '../../named-arguments.js';
import {
  type EngineHost,
  type EngineOptions,
  type LoadedScript,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
} from '../../runtime.js';
import type { HostModule, ScriptFunction, ScriptValue } from '../../value.js';
import { textOf } from '../python/host-functions.js';
import { Interpreter } from '../python/interpreter.js';
import { Entry } from '../python/wire.js';
import { HEADROOM } from './frames.js';
import { type ProcessSettings, PythonProcess } from './process.js';

/** A batch of more than this is closed, and another begun. */
const MAX_BATCH_BYTES = 256 * 1024;
const MAX_BATCH_CALLS = 128;
const STOP_MS = 1000;

/** The machine's own Python, in a process of its own: calls cross in batches and never return at once. */
export class CPythonEngine implements ScriptEngine {
  readonly language = 'python';
  readonly engine = 'cpython';
  private readonly interpreter: Interpreter;
  private readonly process: PythonProcess;
  private woken = false;
  private closed = false;

  private constructor(host: EngineHost, options: EngineOptions, settings: ProcessSettings) {
    this.interpreter = new Interpreter(host, { headroom: HEADROOM, wake: () => this.wake() });
    this.process = new PythonProcess(host, this.interpreter, { ...settings, searchPath: options.searchPath ?? [] });
  }

  /** @throws ScriptRuntimeError `SCRIPT_ERR_UNSUPPORTED` when the interpreter is missing or too old */
  static async create(host: EngineHost, options: EngineOptions, settings: ProcessSettings): Promise<CPythonEngine> {
    const engine = new CPythonEngine(host, options, settings);
    await engine.process.start();
    return engine;
  }

  /** Version of the interpreter, e.g. `3.11.7`. */
  get version(): string {
    return this.process.version;
  }

  /** Process id of the present interpreter. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  define(module: HostModule): void {
    void this.setup(Entry.Define, ...this.interpreter.hostFunctions.describe(module));
  }

  setGlobal(name: string, value: ScriptValue): void {
    const dressed = true;
    void this.setup(Entry.SetGlobal, name, dressed, value);
  }

  async load(path: string): Promise<LoadedScript> {
    return { path, result: await this.setup(Entry.Load, textOf(path)) };
  }

  require(name: string): Promise<ScriptValue> {
    return this.setup(Entry.Require, textOf(name));
  }

  /** A command that a successor of the process has to be told again. What fails is told with the next one awaited. */
  private setup(entry: number, ...parts: ScriptValue[]): Promise<ScriptValue> {
    this.usable();
    return this.process.setup((call) => {
      this.interpreter.batch.command(entry, this.interpreter.values, call, ...parts);
    });
  }

  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): Pending {
    this.usable();
    const { interpreter } = this;
    const number = interpreter.values.own(fn);
    this.makeRoom();
    interpreter.batch.call(number, args, interpreter.values, call);
    this.wake();
    return PENDING;
  }

  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): Pending {
    this.usable();
    const { interpreter } = this;
    const number = interpreter.values.own(fn);
    this.makeRoom();
    interpreter.batch.callNamed(number, args, call);
    this.wake();
    return PENDING;
  }

  private makeRoom(): void {
    const { batch } = this.interpreter;
    if (batch.calls.length >= MAX_BATCH_CALLS || batch.size > MAX_BATCH_BYTES) this.process.close();
  }

  /**
   * A call that waits inside the interpreter is ended there. One that runs is bounded by the watch of the process, and
   * one that has not begun yet is not to blame for what it waits for.
   */
  cancel(call: ScriptCall): void {
    if (this.interpreter.cancel(call)) this.flush();
  }

  flush(): void {
    if (!this.closed) this.process.flush();
  }

  /** Passes end with `flush`; this is for what comes outside of any. */
  private wake(): void {
    if (this.woken || this.closed) return;
    this.woken = true;
    queueMicrotask(() => {
      this.woken = false;
      this.flush();
    });
  }

  private usable(): void {
    if (this.closed) {
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: 'The engine is closed', language: 'python' });
    }
    this.process.usable();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.interpreter.dropWaiting();
    await this.process.stop(STOP_MS);
  }
}
