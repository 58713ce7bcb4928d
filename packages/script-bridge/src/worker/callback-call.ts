import {
  PENDING,
  type ScriptCall,
  type ScriptEngine,
  type ScriptFunction,
  type ScriptValue,
} from '@offload/script-runtime';

/** A call that knows when it is over: cancelled or come to its end. */
export interface EndingCall extends ScriptCall {
  readonly over: boolean;
}

/** Whether nobody waits for this call any more, so that what it still takes would be lost. */
export function isOver(call: ScriptCall | null): boolean {
  return (call as Partial<EndingCall> | null)?.over === true;
}

/**
 * A call the host makes while a script runs. It works for whoever the running call works for (what modules look at in
 * `host.current` is the same), but its end is the host's business.
 */
function nestedCall(outer: ScriptCall | null, settled: ScriptCall['settled']): ScriptCall {
  return Object.create(outer, { settled: { value: settled } }) as ScriptCall;
}

/** Calls a callback that must not wait. Returns false when it tried to: it was cancelled then. */
export function callNow(
  engine: ScriptEngine,
  outer: ScriptCall | null,
  fn: ScriptFunction,
  args: readonly ScriptValue[],
): boolean {
  const call = nestedCall(outer, () => {});
  if (engine.call(fn, args, call) !== PENDING) return true;
  Object.defineProperty(call, 'over', { value: true });
  engine.cancel(call);
  return false;
}

/** Calls a callback; a promise of its end when it waits. Throws or rejects with its fault. */
export function callBack(
  engine: ScriptEngine,
  outer: ScriptCall | null,
  fn: ScriptFunction,
  args: readonly ScriptValue[],
): Promise<void> | undefined {
  let finish: ScriptCall['settled'] = () => {};
  const result = engine.call(
    fn,
    args,
    nestedCall(outer, (error, value) => finish(error, value)),
  );
  if (result !== PENDING) return undefined;
  return new Promise((resolve, reject) => {
    finish = (error) => (error === null ? resolve() : reject(error));
  });
}
