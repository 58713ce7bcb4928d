import { ScriptRuntimeError } from '../../errors.js';
import type { NamedArguments } from '../../named-arguments.js';
import {
  type EngineHost,
  type LoadedScript,
  PENDING,
  type Pending,
  type ScriptCall,
  type ScriptEngine,
} from '../../runtime.js';
import type { HostModule, ScriptFunction, ScriptValue } from '../../value.js';
import { EndedFault } from './ended-fault.js';
import { asScriptError } from './faults.js';
import { textOf } from './host-functions.js';
import { Interpreter } from './interpreter.js';
import { OwnCall } from './own-call.js';
import { Entry } from './wire.js';

/** A batch of more than this crosses before its pass is over. */
const MAX_BATCH_BYTES = 256 * 1024;

/**
 * What the engines for Python have in common: everything but the way to the interpreter. Calls with named arguments are
 * collected and cross together at the end of a pass; all else crosses at once.
 */
export abstract class PythonEngine implements ScriptEngine {
  readonly language = 'python';
  abstract readonly engine: string;
  protected readonly host: EngineHost;
  protected readonly interpreter: Interpreter;
  protected closed = false;
  private woken = false;

  /** @param headroom bytes the transport needs in front of each batch */
  constructor(host: EngineHost, headroom: number) {
    this.host = host;
    this.interpreter = new Interpreter(host, { headroom, wake: () => this.wake() });
  }

  /** Runs the batch: when it returns, every call is settled or known to wait. Not called when `ready` is false. */
  protected abstract cross(): void;
  /** False while the interpreter is being replaced: calls stay in the batch until it is. */
  protected abstract get ready(): boolean;
  /** @throws ScriptRuntimeError when no call can be made */
  protected abstract checkUsable(): void;
  /** Runs a batch of one command that makes the interpreter what it is. */
  protected abstract crossSetup(call: OwnCall): void;

  define(module: HostModule): void {
    this.setup(Entry.Define, () => {}, ...this.interpreter.hostFunctions.describe(module)).outcome();
  }

  setGlobal(name: string, value: ScriptValue): void {
    const dressed = true;
    this.setup(Entry.SetGlobal, () => {}, name, dressed, value).outcome();
  }

  load(path: string): LoadedScript | Promise<LoadedScript> {
    const named = (error: unknown): never => {
      const fault = asScriptError(error);
      // An interpreter that ended, for one, does not say where.
      throw fault.script === undefined
        ? new ScriptRuntimeError({ ...ScriptRuntimeError.dataOf(fault), script: path })
        : fault;
    };
    try {
      const loaded = this.follow(Entry.Load, textOf(path), (result) => ({ path, result }));
      return loaded instanceof Promise ? loaded.catch(named) : loaded;
    } catch (error) {
      return named(error);
    }
  }

  require(name: string): ScriptValue | Promise<ScriptValue> {
    return this.follow(Entry.Require, textOf(name), (result) => result);
  }

  private follow<T>(entry: number, part: ScriptValue, finish: (result: ScriptValue) => T): T | Promise<T> {
    let settle: ScriptCall['settled'] = () => {};
    const settled = new Promise<ScriptValue>((resolve, reject) => {
      settle = (error, result) => (error === null ? resolve(result) : reject(error));
    });
    const call = this.setup(entry, (error, result) => settle(error, result), part);
    try {
      const result = call.outcome();
      return result === PENDING ? settled.then(finish).catch(rethrow) : finish(result);
    } catch (error) {
      return rethrow(error);
    }
  }

  private setup(entry: number, onSettled: ScriptCall['settled'], ...parts: ScriptValue[]): OwnCall {
    this.usable();
    this.flush();
    const call = new OwnCall(null, onSettled);
    this.interpreter.batch.command(entry, this.interpreter.values, call, ...parts);
    this.crossSetup(call);
    return call;
  }

  call(fn: ScriptFunction, args: readonly ScriptValue[], call: ScriptCall): ScriptValue | Pending {
    this.usable();
    const { interpreter } = this;
    const own = new OwnCall(call, (error, result) => call.settled(error, result));
    interpreter.batch.call(interpreter.values.own(fn), args, interpreter.values, own);
    this.flush();
    return own.outcome();
  }

  callFirst(fn: ScriptFunction, call: ScriptCall): ScriptValue | Pending {
    this.usable();
    this.flush();
    const { batch, values } = this.interpreter;
    const own = new OwnCall(call, (error, result) => call.settled(error, result));
    batch.call(values.own(fn), [], values, own);
    this.crossSetup(own);
    return own.outcome();
  }

  callNamed(fn: ScriptFunction, args: NamedArguments, call: ScriptCall): Pending {
    this.usable();
    const { interpreter } = this;
    const number = interpreter.values.own(fn);
    if (interpreter.batch.size > MAX_BATCH_BYTES) this.flush();
    interpreter.batch.callNamed(number, args, call);
    // Passes end with flush(); this is for calls outside of any.
    if (!this.woken) this.wake();
    return PENDING;
  }

  /**
   * A call that waits inside the interpreter is ended there. One that has not begun yet is not to blame for what it
   * waits for, and one that runs is bounded otherwise.
   */
  cancel(call: ScriptCall): void {
    if (this.interpreter.cancel(call)) this.flush();
  }

  flush(): void {
    if (!this.interpreter.batch.empty && !this.closed && this.ready) this.cross();
  }

  /**
   * Sends what is in the batch before the event loop turns: what other sockets bring in this turn goes along, for a
   * crossing costs more than many calls.
   */
  private wake(): void {
    this.woken = true;
    setImmediate(() => {
      this.woken = false;
      this.flush();
    });
  }

  private usable(): void {
    if (this.closed) {
      throw new ScriptRuntimeError({ code: 'SCRIPT_ERR_HOST', message: 'The engine is closed', language: 'python' });
    }
    this.checkUsable();
  }

  abstract close(): void | Promise<void>;
}

/** Throws an error, or rejects with it in clearer words. */
function rethrow(error: unknown): Promise<never> {
  if (!(error instanceof EndedFault)) throw error;
  return error.explained().then((fault) => {
    throw fault;
  });
}
