import { ScriptRuntimeError } from '../../errors.js';
import { type EngineHost, PENDING, type Pending, type ScriptCall } from '../../runtime.js';
import type { ScriptValue } from '../../value.js';
import type { LuaState } from './api.js';
import { faultOf, locate, tracebackOf } from './faults.js';
import type { ValueGate } from './gate.js';
import { lua } from './library.js';
import type { Threads, Wait } from './threads.js';

export type Settle = (error: ScriptRuntimeError | null, result: ScriptValue) => void;

/** One function running in a Lua thread of its own, from start to end. */
interface Task {
  readonly thread: LuaState;
  readonly call: ScriptCall | null;
  readonly settle: Settle;
}

/** Runs Lua functions so that they can wait for the host in between. */
export class Tasks {
  private readonly threads: Threads;
  private readonly host: EngineHost;
  private readonly gate: ValueGate;
  private readonly ended: () => void;
  private readonly waiting = new Set<Task>();

  constructor(threads: Threads, host: EngineHost, gate: ValueGate, ended: () => void) {
    this.threads = threads;
    this.host = host;
    this.gate = gate;
    this.ended = ended;
  }

  /**
   * Starts the function on `thread`'s stack, above it `nargs` arguments. Returns its first result, or PENDING and calls
   * `settle` later. Throws ScriptRuntimeError when it fails before it waits.
   */
  start(thread: LuaState, nargs: number, call: ScriptCall | null, settle: Settle): ScriptValue | Pending {
    return this.step({ thread, call, settle }, nargs);
  }

  /** Ends every waiting task of `call`. */
  cancel(call: ScriptCall): void {
    for (const task of [...this.waiting]) {
      if (task.call !== call) continue;
      this.waiting.delete(task);
      this.host.release();
      const { script, line } = locate(task.thread);
      const where = script === undefined ? '' : `${script}:${line}: `;
      const error = new ScriptRuntimeError({
        code: 'SCRIPT_ERR_DEADLINE',
        message: `${where}script cancelled while it waited`,
        language: 'lua',
        script,
        line,
        traceback: tracebackOf(this.threads.main, task.thread),
      });
      task.settle(error, undefined);
    }
  }

  /** Forgets every waiting task. */
  close(): void {
    for (const _ of this.waiting) this.host.release();
    this.waiting.clear();
  }

  private step(task: Task, nargs: number): ScriptValue | Pending {
    let result: ScriptValue | Pending;
    try {
      result = this.threads.stretch(task.call, () => this.resumeThread(task, nargs));
    } catch (error) {
      this.taskEnded();
      throw error instanceof ScriptRuntimeError ? error : this.asFault(error);
    }
    if (result !== PENDING) this.taskEnded();
    return result;
  }

  private resumeThread(task: Task, nargs: number): ScriptValue | Pending {
    const { threads } = this;
    const { thread } = task;
    const status = lua.lua_resume(thread, null, nargs);
    if (status === lua.LUA_YIELD) return this.suspend(task);
    if (status === lua.LUA_OK) {
      const result = lua.lua_gettop(thread) > 0 ? this.gate.read(thread, 1) : undefined;
      threads.recycle(thread);
      return result;
    }
    if (threads.overdue !== null) throw new ScriptRuntimeError(threads.overdue);
    throw faultOf(threads.main, thread, 'lua');
  }

  /** What a call made by a host function leaves behind belongs to the script that called it. */
  private taskEnded(): void {
    if (!this.threads.isRunning) this.ended();
  }

  private suspend(task: Task): Pending {
    const wait = this.threads.wait as Wait;
    this.threads.wait = null;
    this.waiting.add(task);
    // A script that kept `coroutine.running()` must not resume the thread.
    this.threads.suspend(task.thread);
    this.host.hold();
    wait.promise.then(
      (value) => this.resume(task, wait, { value }),
      (error) => this.resume(task, wait, { error }),
    );
    return PENDING;
  }

  private resume(task: Task, wait: Wait, outcome: NonNullable<Wait['outcome']>): void {
    if (!this.waiting.delete(task)) return;
    this.host.release();
    this.threads.unsuspend(task.thread);
    wait.outcome = outcome;
    let result: ScriptValue | Pending;
    try {
      result = this.step(task, 0);
    } catch (error) {
      task.settle(error as ScriptRuntimeError, undefined);
      return;
    }
    if (result !== PENDING) task.settle(null, result);
  }

  private asFault(error: unknown): ScriptRuntimeError {
    const { message } = error as Error;
    return new ScriptRuntimeError({ code: 'SCRIPT_ERR_RUNTIME', message, language: 'lua' }, { cause: error });
  }
}
