import { Cursor, readAction, SCOPE_NAMES, SpopError } from '@offload/spop-codec';
import type { AgentConnection, Id } from './agent-connection.js';
import type { AgentEvent } from './events.js';

/** Variables an event names at most. */
const MOST_NAMED = 10;

/** The event of an ACK without the encoded actions `actions[at..end)`. */
export function ackTruncated(
  connection: AgentConnection,
  streamId: Id,
  frameId: Id,
  actions: Uint8Array,
  at: number,
  end: number,
): AgentEvent {
  return {
    type: 'ack-truncated',
    connection,
    streamId,
    frameId,
    bytes: end - at,
    variables: variablesOf(actions, at, end),
  };
}

/** The variables of the first actions. Those who encode themselves may have encoded anything. */
function variablesOf(actions: Uint8Array, at: number, end: number): string[] {
  const cursor = new Cursor(actions, at, end);
  const names: string[] = [];
  try {
    while (cursor.at < cursor.end && names.length < MOST_NAMED) {
      const { scope, name } = readAction(cursor);
      names.push(`${SCOPE_NAMES[scope]}.${name}`);
    }
  } catch (error) {
    if (!(error instanceof SpopError)) throw error;
  }
  return names;
}
