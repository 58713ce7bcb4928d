import type { LuaRun, LuaValue, RunStep } from '@offload/lua';
import { ScriptRuntimeError } from '../../errors.js';
import { type EngineHost, PENDING, type Pending, type ScriptCall } from '../../runtime.js';
import type { ScriptValue } from '../../value.js';
import type { LuaScriptFunction, Values } from './values.js';

/** What a task needs of its engine. */
interface TaskSpace {
  /** Runs script code under the watchdog. */
  stretch<T>(script: string | undefined, run: () => T): T;
  fault(error: unknown, script: string | undefined): ScriptRuntimeError;
}

/** One call in its suspendable version. */
export interface TaskInfo {
  readonly script: string | undefined;
  readonly call: ScriptCall;
  /** What is remembered about the function: does it wait? */
  readonly handle: LuaScriptFunction | undefined;
  /** `host.current` while it runs. */
  readonly current: ScriptCall | null;
}

/** Calls that can be suspended: starts them, goes on when what they wait for is there, cancels them. */
export class Tasks {
  private readonly host: EngineHost;
  private readonly values: Values;
  private readonly space: TaskSpace;
  private readonly waiting = new Map<ScriptCall, TaskInfo>();
  private closed = false;

  constructor(host: EngineHost, values: Values, space: TaskSpace) {
    this.host = host;
    this.values = values;
    this.space = space;
  }

  /** @throws ScriptRuntimeError a fault before the first wait */
  start(run: LuaRun, args: readonly LuaValue[], info: TaskInfo): ScriptValue | Pending {
    const step = this.step(info, () => run.start(args));
    if (step.waitsFor === undefined) {
      if (info.handle?.mode === 'unknown') info.handle.mode = 'plain';
      return this.result(step, info);
    }
    if (info.handle !== undefined) info.handle.mode = 'suspendable';
    this.waiting.set(info.call, info);
    this.host.hold();
    this.wait(run, step.waitsFor, info);
    return PENDING;
  }

  /** Ends a waiting call with SCRIPT_ERR_DEADLINE; one that is over is left alone. */
  cancel(call: ScriptCall): void {
    const info = this.waiting.get(call);
    if (info === undefined) return;
    const { script } = info;
    const message = 'script timed out while it waited';
    this.settle(
      info,
      new ScriptRuntimeError({ code: 'SCRIPT_ERR_DEADLINE', message, language: 'lua', script }),
      undefined,
    );
  }

  close(): void {
    this.closed = true;
    for (const _ of this.waiting) this.host.release();
    this.waiting.clear();
  }

  private step(info: TaskInfo, advance: () => RunStep): RunStep {
    return this.space.stretch(info.script, () => {
      this.host.current = info.current;
      try {
        return advance();
      } catch (error) {
        throw this.space.fault(error, info.script);
      }
    });
  }

  /** What the script returned. @throws ScriptRuntimeError when that cannot be given to the host */
  private result(step: RunStep, info: TaskInfo): ScriptValue {
    try {
      return this.values.firstToHost(step.results);
    } catch (error) {
      throw this.space.fault(error, info.script);
    }
  }

  private wait(run: LuaRun, promise: PromiseLike<LuaValue>, info: TaskInfo): void {
    promise.then(
      (value) => this.goOn(run, info, () => run.resume(value)),
      (error: unknown) => this.goOn(run, info, () => run.fail(error)),
    );
  }

  private goOn(run: LuaRun, info: TaskInfo, advance: () => RunStep): void {
    if (this.closed || this.waiting.get(info.call) !== info) return;
    let result: ScriptValue;
    try {
      const step = this.step(info, advance);
      if (step.waitsFor !== undefined) {
        this.wait(run, step.waitsFor, info);
        return;
      }
      result = this.result(step, info);
    } catch (error) {
      this.settle(info, error as ScriptRuntimeError, undefined);
      return;
    }
    this.settle(info, null, result);
  }

  private settle(info: TaskInfo, error: ScriptRuntimeError | null, result: ScriptValue): void {
    this.waiting.delete(info.call);
    this.host.release();
    info.call.settled(error, result);
  }
}
