import { type Writer, writeActions } from '@offload/spop-codec';
import type { AgentEvent } from './events.js';
import type { Actions, CallContext } from './types.js';

/**
 * Encodes what a handler returned. An action HAProxy would not take is left out and reported, so that it does not cost
 * those after it (spop.md 1.5); a result that is no list of actions counts as an error of the handler.
 */
export function writeResult(
  w: Writer,
  actions: Actions,
  name: string,
  context: CallContext,
  emit: (event: AgentEvent) => void,
): void {
  if (!Array.isArray(actions)) {
    const error = new TypeError(`Cannot use ${typeof actions} as the result of a handler: a list of actions is needed`);
    emit({ type: 'handler-error', name, error, ...context });
    return;
  }
  const start = w.at;
  try {
    writeActions(w, actions);
  } catch {
    w.at = start;
    writeOneByOne(w, actions, name, context, emit);
  }
}

function writeOneByOne(
  w: Writer,
  actions: Actions,
  name: string,
  context: CallContext,
  emit: (event: AgentEvent) => void,
): void {
  for (const action of actions) {
    const start = w.at;
    try {
      writeActions(w, [action]);
    } catch (error) {
      w.at = start;
      emit({ type: 'action-dropped', name, error, ...context });
    }
  }
}
