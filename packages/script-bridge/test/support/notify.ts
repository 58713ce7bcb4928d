import { ANY_WORKER } from '@offload/script-runtime';
import { type Action, Cursor, type Message, readActions, Writer, writeMessages } from '@offload/spop-codec';
import type { Bridge, Frontend } from '../../src/io/frontend.js';
import { RecordKind } from '../../src/records.js';

type Resolve = (actions: readonly Action[]) => void;

const connected = new WeakSet<Bridge>();

/** Stands in for the SPOE agent: sends one message into the pool and resolves with the actions that come back. */
export function notify(
  bridge: Bridge,
  name: string,
  args: Message['args'],
  worker: number = ANY_WORKER,
): Promise<readonly Action[]> {
  if (!connected.has(bridge)) bridge.add(frontend);
  connected.add(bridge);
  const w = new Writer();
  writeMessages(w, [{ name, args }]);
  const payload = w.view().slice();
  return new Promise((resolve) => {
    bridge.pool.send(RecordKind.Notify, resolve satisfies Resolve, payload, 0, payload.length, worker);
    bridge.pool.flush();
  });
}

const frontend: Frontend = {
  kinds: [RecordKind.Notify, RecordKind.Actions, RecordKind.ActionsWithFaults],
  reply: (context, _kind, bytes, at, end) =>
    (context as Resolve)(readActions(new Cursor(Uint8Array.from(bytes.subarray(at, end))))),
  fault: (context) => (context as Resolve)([]),
  passEnd: () => {},
  congested: () => {},
};
