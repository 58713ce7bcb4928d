import { ArgumentKind, NamedArguments, PENDING, ScriptRuntimeError, type WorkerPort } from '@offload/script-runtime';
import { DataType, MessageReader, SpopError } from '@offload/spop-codec';
import { encodeActionsWithFaults, RecordKind } from '../records.js';
import type { MessageHandlerEntry, MessageRegistry } from './message-registry.js';
import { NotifyCall, NotifyTask } from './notify-task.js';
import type { PendingCalls } from './pending-calls.js';
import { UnknownMessages } from './unknown-messages.js';

/** Most tasks and calls kept for another NOTIFY. */
const MAX_SPARE = 512;

/** Where answers and what is odd about messages go. */
export type AnswerPort = Pick<WorkerPort, 'reply' | 'log'>;

/**
 * NOTIFY payload in, actions out: decodes where the script runs and answers each NOTIFY exactly once, whatever its
 * handlers do (spop.md 3.3, 3.4). A message nobody registered is told once, and no fault.
 */
export class NotifyDispatcher {
  private readonly port: AnswerPort;
  private readonly registry: MessageRegistry;
  private readonly pending: PendingCalls;
  private readonly unknown: UnknownMessages;
  private readonly reader = new MessageReader();
  private readonly args = new NamedArguments();
  private task = new NotifyTask();
  private call: NotifyCall;
  // Engines that collect calls keep every NOTIFY of a pass waiting: its objects are used again.
  private readonly spareTasks: NotifyTask[] = [];
  private readonly spareCalls: NotifyCall[] = [];

  constructor(port: AnswerPort, registry: MessageRegistry, pending: PendingCalls) {
    this.port = port;
    this.registry = registry;
    this.pending = pending;
    this.unknown = new UnknownMessages((level, message, fields) => port.log(level, message, fields));
    this.call = this.newCall();
  }

  private newCall(): NotifyCall {
    return this.spareCalls.pop()?.begin(this.task) ?? new NotifyCall(this.task, this.onSettled);
  }

  private readonly onSettled = (call: NotifyCall, finished: boolean): void => {
    this.pending.remove(call);
    this.close(call.task);
    // What a cancelled script waited for may come yet, in the name of this call: it must not be that of another NOTIFY.
    if (finished && this.spareCalls.length < MAX_SPARE) this.spareCalls.push(call);
  };

  handle(id: number, bytes: Uint8Array, at: number, end: number): void {
    const { task, reader } = this;
    task.begin(id);
    try {
      reader.reset(bytes, at, end);
      while (reader.nextMessage()) {
        const entry = this.registry.get(reader.messageName);
        if (entry !== undefined) this.run(task, entry);
        else this.unknown.tell(reader.messageName, () => this.registry.list().map(({ name }) => name));
      }
    } catch (error) {
      if (!(error instanceof SpopError)) throw error;
      task.fault({ code: 'SCRIPT_ERR_HOST', message: `NOTIFY cannot be read: ${error.message} (${error.code})` });
    }
    if (task.open > 1) {
      // Some handler waits: it keeps this task, the next NOTIFY gets a new one.
      this.task = this.spareTasks.pop() ?? new NotifyTask();
      this.call = this.newCall();
    }
    this.close(task);
  }

  private run(task: NotifyTask, entry: MessageHandlerEntry): void {
    readArguments(this.reader, this.args);
    const call = this.call;
    call.entry = entry;
    let result: unknown;
    try {
      result = entry.engine.callNamed(entry.fn, this.args, call);
    } catch (error) {
      task.fault(ScriptRuntimeError.dataOf(error), entry);
      return;
    }
    if (result !== PENDING) return;
    task.open++;
    this.pending.add(call, entry.engine);
    this.call = this.newCall();
  }

  private close(task: NotifyTask): void {
    if (--task.open > 0) return;
    const { actions, faults, id } = task;
    if (faults.length === 0) {
      this.port.reply(id, RecordKind.Actions, actions.bytes, 0, actions.at);
    } else {
      const payload = encodeActionsWithFaults(actions.view(), faults);
      this.port.reply(id, RecordKind.ActionsWithFaults, payload, 0, payload.length);
    }
    if (task !== this.task && task.small && this.spareTasks.length < MAX_SPARE) this.spareTasks.push(task);
  }
}

/** Moves the arguments of the message the reader stands on into columns, without making a value. */
function readArguments(reader: MessageReader, args: NamedArguments): void {
  args.reset(reader.bytes);
  while (reader.nextArg()) {
    const { argName, valueAt, valueEnd } = reader;
    switch (reader.argType) {
      case DataType.NULL:
        args.add(argName, ArgumentKind.Null, 0, 0, 0);
        break;
      case DataType.BOOL:
        args.add(argName, reader.bool ? ArgumentKind.True : ArgumentKind.False, 0, 0, 0);
        break;
      case DataType.INT32:
      case DataType.UINT32:
      case DataType.INT64:
      case DataType.UINT64:
        args.add(argName, ArgumentKind.Integer, reader.integer(), 0, 0);
        break;
      case DataType.IPV4:
        args.add(argName, ArgumentKind.Ipv4, 0, valueAt, valueEnd);
        break;
      case DataType.IPV6:
        args.add(argName, ArgumentKind.Ipv6, 0, valueAt, valueEnd);
        break;
      case DataType.STRING:
        args.add(argName, ArgumentKind.String, 0, valueAt, valueEnd);
        break;
      case DataType.BINARY:
        args.add(argName, ArgumentKind.Bytes, 0, valueAt, valueEnd);
        break;
      default:
        reader.argType satisfies never;
    }
  }
}
