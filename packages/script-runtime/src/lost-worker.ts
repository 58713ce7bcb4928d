import type { ScriptErrorData } from './errors.js';
import { type Subject, subjectsText } from './subjects.js';

/** The error of a worker that does not come back, with what hangs there, as far as that is known. */
export function hungError(worker: number, ms: number, running: readonly Subject[]): ScriptErrorData {
  const from =
    running.length > 0 ? `from ${subjectsText(running)}, entered ${ms} ms ago` : `${ms} ms after it entered a script`;
  const message = `Worker ${worker} did not come back ${from}: thread ended`;
  return { code: 'POOL_ERR_WORKER_HUNG', message, ...scriptOf(running) };
}

/** The error of a thread that ended by itself: what ran there then may be why (its memory was full, say). */
export function endedError(
  worker: number,
  exitCode: number,
  failure: Error | undefined,
  running: readonly Subject[],
): ScriptErrorData {
  const ran = running.length > 0 ? `; it ran ${subjectsText(running)}` : '';
  return {
    code: 'POOL_ERR_WORKER_LOST',
    message: `Worker ${worker} ended unexpectedly (exit ${exitCode}): ${failure?.message ?? 'no error reported'}${ran}`,
    ...(failure?.stack === undefined ? {} : { traceback: failure.stack }),
    ...scriptOf(running),
  };
}

function scriptOf(running: readonly Subject[]): { readonly script?: string } {
  return running.length === 1 ? { script: running[0].script } : {};
}
