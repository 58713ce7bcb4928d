import type { ScriptErrorData, ScriptRuntimeError } from '@offload/script-runtime';
import { Writer } from '@offload/spop-codec';
import type { FaultRecord } from '../records.js';
import type { EndingCall } from './callback-call.js';
import type { MessageHandlerEntry } from './message-registry.js';

/**
 * Most bytes of actions one NOTIFY may collect in a worker. What HAProxy can take is less and known to the IO thread,
 * which cuts whole actions; this only bounds a script that never stops setting variables.
 */
const MAX_ACTION_BYTES = 1 << 20;
const MAX_KEPT_BYTES = 4096;

/** One NOTIFY under way: collects the actions of all its messages' handlers, answers once. */
export class NotifyTask {
  id = 0;
  /** Calls that are not over, the dispatch itself counted as one. */
  open = 0;
  readonly actions = new Writer(MAX_ACTION_BYTES, 512);
  readonly faults: FaultRecord[] = [];

  begin(id: number): void {
    this.id = id;
    this.open = 1;
    this.actions.reset();
    // Setting a length is a slow call, even to what it is.
    if (this.faults.length > 0) this.faults.length = 0;
  }

  /** True when its memory is worth keeping for another NOTIFY. */
  get small(): boolean {
    return this.actions.bytes.length <= MAX_KEPT_BYTES;
  }

  /** @param entry the handler that failed, if one did: its own place is named where the error knows none in its script */
  fault(error: ScriptErrorData, entry?: MessageHandlerEntry): void {
    const { code, message, language, traceback } = error;
    const [, file = entry?.where, at] = /^(.*):(\d+)$/s.exec(entry?.where ?? '') ?? [];
    const script = error.script ?? file;
    const line = error.line ?? (script === file && at !== undefined ? Number(at) : undefined);
    this.faults.push({ code, message, spoeMessage: entry?.name, language, script, line, traceback });
  }
}

/** The call of one handler for one message of a NOTIFY. */
export class NotifyCall implements EndingCall {
  over = false;
  task: NotifyTask;
  /** The handler; set before each call. */
  entry: MessageHandlerEntry | undefined;
  private readonly onSettled: (call: NotifyCall, finished: boolean) => void;

  /** @param onSettled told whether the script came to its end, and no part of it is left behind */
  constructor(task: NotifyTask, onSettled: (call: NotifyCall, finished: boolean) => void) {
    this.task = task;
    this.onSettled = onSettled;
  }

  get subject(): number {
    return this.entry?.subject ?? 0;
  }

  /** Makes it the next call of `task`; nobody else may hold it any more. */
  begin(task: NotifyTask): this {
    this.over = false;
    this.task = task;
    return this;
  }

  settled(error: ScriptRuntimeError | null): void {
    this.over = true;
    if (error !== null) this.task.fault(error, this.entry);
    this.onSettled(this, error === null);
  }
}
