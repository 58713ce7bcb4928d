import {
  PENDING,
  type ScriptCall,
  type ScriptEngine,
  type ScriptFunction,
  type ScriptRuntimeError,
} from '@offload/script-runtime';

/** Calls a function of a service outside of any message; rejects with its fault. */
export function runToEnd(engine: ScriptEngine, fn: ScriptFunction, subject: number): Promise<void> {
  return follow(subject, (call) => engine.call(fn, [], call));
}

/** The same for a function that makes the service what it is: a successor of its interpreter calls it, too. */
export function runFirst(engine: ScriptEngine, fn: ScriptFunction, subject: number): Promise<void> {
  return follow(subject, (call) =>
    engine.callFirst === undefined ? engine.call(fn, [], call) : engine.callFirst(fn, call),
  );
}

function follow(subject: number, start: (call: ScriptCall) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const call: ScriptCall = {
      subject,
      settled: (error: ScriptRuntimeError | null) => (error === null ? resolve() : reject(error)),
    };
    // What it throws at once rejects, too.
    if (start(call) !== PENDING) resolve();
  });
}
