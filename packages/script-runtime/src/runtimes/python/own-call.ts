import type { ScriptRuntimeError } from '../../errors.js';
import { PENDING, type Pending, type ScriptCall } from '../../runtime.js';
import type { ScriptValue } from '../../value.js';

/** A call the engine itself follows: one that may be over at once, or the loading of a file. */
export class OwnCall implements ScriptCall {
  /** What scripts and host functions see as the running call. */
  readonly shown: ScriptCall | null;
  /** Told of the end in any case, before anyone else. */
  whenSettled: ((error: ScriptRuntimeError | null) => void) | undefined;
  private readonly onSettled: ScriptCall['settled'];
  private state: 'running' | 'waiting' | 'over' = 'running';
  private error: ScriptRuntimeError | null = null;
  private result: ScriptValue;

  get subject(): number {
    return this.shown?.subject ?? 0;
  }

  /** `onSettled` is only called when the call was not over in time for {@link outcome}. */
  constructor(shown: ScriptCall | null, onSettled: ScriptCall['settled']) {
    this.shown = shown;
    this.onSettled = onSettled;
  }

  settled(error: ScriptRuntimeError | null, result: ScriptValue): void {
    this.whenSettled?.(error);
    if (this.state === 'waiting') {
      this.onSettled(error, result);
      return;
    }
    this.state = 'over';
    this.error = error;
    this.result = result;
  }

  /** Throws the error, returns the result, or PENDING from when on `onSettled` tells. */
  outcome(): ScriptValue | Pending {
    if (this.state === 'over') {
      if (this.error !== null) throw this.error;
      return this.result;
    }
    this.state = 'waiting';
    return PENDING;
  }
}

/** The call the host knows; null where the engine itself calls. */
export function shownCall(call: ScriptCall | null): ScriptCall | null {
  return call instanceof OwnCall ? call.shown : call;
}
