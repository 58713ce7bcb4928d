import { ScriptRuntimeError } from './errors.js';
import type { PoolHandlers } from './pool.js';

/** Runs a handler of the pool's owner; false, and a line in the log, when it threw. */
export function runGuarded(run: () => void, log: PoolHandlers['log']): boolean {
  try {
    run();
    return true;
  } catch (error) {
    const { code, message, traceback } = ScriptRuntimeError.dataOf(error);
    log('error', `Cannot handle what a worker sent: ${message}`, { code, traceback });
    return false;
  }
}
