import {
  PENDING,
  type ScriptCall,
  type ScriptEngine,
  type ScriptFunction,
  type ScriptRuntimeError,
} from '@offload/script-runtime';

/** Calls a function of a service outside of any message; rejects with its fault. */
export function runToEnd(engine: ScriptEngine, fn: ScriptFunction): Promise<void> {
  return new Promise((resolve, reject) => {
    const call: ScriptCall = {
      settled: (error: ScriptRuntimeError | null) => (error === null ? resolve() : reject(error)),
    };
    // What it throws at once rejects, too.
    if (engine.call(fn, [], call) !== PENDING) resolve();
  });
}
