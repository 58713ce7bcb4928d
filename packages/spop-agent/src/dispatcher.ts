import { type Message, SpopError, Writer } from '@offload/spop-codec';
import { writeResult } from './action-writer.js';
import type { Id } from './agent-connection.js';
import type { Connection } from './connection.js';
import { SpopAgentError } from './errors.js';
import type { AgentEvent } from './events.js';
import { MessageDecoder } from './message-decoder.js';
import { isPromise, type Outcome, PendingCalls } from './pending-calls.js';
import type { AgentOptions, CallContext, MessageHandler } from './types.js';

const NO_ACTIONS = new Uint8Array(0);
const SCRATCH_BYTES = 4096;
/** Scratch memory above this is not kept. */
const MOST_SCRATCH_BYTES = 256 * 1024;

/** Decodes NOTIFYs, runs their handlers and answers: once each, whatever the handlers do (spop.md 3.3, 3.4). */
export class Dispatcher {
  private readonly byName: ReadonlyMap<string, MessageHandler>;
  private readonly forAll: MessageHandler | undefined;
  private readonly emit: (event: AgentEvent) => void;
  private readonly pending: PendingCalls;
  private readonly decoder = new MessageDecoder();
  /** Actions of one NOTIFY, before it is known how many fit. */
  private scratch = new Writer(Number.MAX_SAFE_INTEGER, SCRATCH_BYTES);

  /** Throws SPOP_AGENT_ERR_OPTION for a handler that is no function. */
  constructor(handlers: NonNullable<AgentOptions['handlers']>, timeoutMs: number, emit: (event: AgentEvent) => void) {
    this.forAll = typeof handlers === 'function' ? handlers : undefined;
    this.byName = new Map(typeof handlers === 'function' ? [] : Object.entries(handlers));
    for (const [name, handler] of this.byName) {
      if (typeof handler === 'function') continue;
      throw new SpopAgentError('SPOP_AGENT_ERR_OPTION', `Cannot accept handlers["${name}"]: a function is needed`);
    }
    this.emit = emit;
    this.pending = new PendingCalls(timeoutMs, emit);
  }

  notify(connection: Connection, streamId: Id, frameId: Id, bytes: Uint8Array, at: number, end: number): void {
    const context: CallContext = { connection, streamId, frameId };
    let messages: Message[];
    try {
      messages = this.decoder.decode(bytes, at, end);
    } catch (error) {
      if (!(error instanceof SpopError)) throw error;
      this.emit({ type: 'notify-invalid', error, ...context });
      connection.acknowledge(streamId, frameId, NO_ACTIONS, 0, 0);
      return;
    }
    if (messages.length === 1) {
      const outcome = this.run(messages[0]!, context);
      if (isPromise(outcome)) this.pending.add(connection, context, messages, [outcome]);
      else this.answer(connection, context, messages, [outcome]);
      return;
    }
    const outcomes = messages.map((message) => this.run(message, context));
    if (outcomes.some(isPromise)) this.pending.add(connection, context, messages, outcomes);
    else this.answer(connection, context, messages, outcomes);
  }

  /** What the handler of a message returned; undefined if there is none or it threw. */
  private run(message: Message, context: CallContext): Outcome {
    const handler = this.forAll ?? this.byName.get(message.name);
    if (handler === undefined) {
      this.emit({ type: 'message-unknown', name: message.name, ...context });
      return undefined;
    }
    try {
      return handler(message, context) as Outcome;
    } catch (error) {
      this.emit({ type: 'handler-error', name: message.name, error, ...context });
      return undefined;
    }
  }

  private answer(
    connection: Connection,
    context: CallContext,
    messages: readonly Message[],
    outcomes: readonly Outcome[],
  ): void {
    const { scratch } = this;
    scratch.reset();
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i];
      if (outcome === undefined || isPromise(outcome)) continue;
      writeResult(scratch, outcome, messages[i]!.name, context, this.emit);
    }
    connection.acknowledge(context.streamId, context.frameId, scratch.bytes, 0, scratch.at);
    if (scratch.bytes.length > MOST_SCRATCH_BYTES) this.scratch = new Writer(Number.MAX_SAFE_INTEGER, SCRATCH_BYTES);
  }
}
