import { type Message, Writer } from '@offload/spop-codec';
import { writeResult } from './action-writer.js';
import type { Connection } from './connection.js';
import type { AgentEvent } from './events.js';
import type { Actions, CallContext } from './types.js';

/** What one handler came to: its actions, a promise of them, or nothing. */
export type Outcome = Actions | undefined | Promise<Actions | undefined>;

/** A NOTIFY of which at least one handler has not finished. */
interface Call {
  readonly context: CallContext;
  readonly connection: Connection;
  readonly messages: readonly Message[];
  /** By message; a promise stands for a handler that has not finished. */
  readonly outcomes: Outcome[];
  waiting: number;
  age: number;
}

/** Sweeps of the clock within the time limit: it ends a call after 1 to 1.25 times the limit. */
const SWEEPS = 4;

/** The asynchronous handlers of one agent: answers each NOTIFY when its last handler has finished, or its time is up. */
export class PendingCalls {
  private readonly timeoutMs: number;
  private readonly emit: (event: AgentEvent) => void;
  private readonly calls = new Set<Call>();
  private clock: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, emit: (event: AgentEvent) => void) {
    this.timeoutMs = timeoutMs;
    this.emit = emit;
  }

  add(connection: Connection, context: CallContext, messages: readonly Message[], outcomes: Outcome[]): void {
    const call: Call = { connection, context, messages, outcomes, waiting: 0, age: 0 };
    connection.track(context.streamId, context.frameId);
    this.calls.add(call);
    this.clock ??= setInterval(() => this.sweep(), Math.ceil(this.timeoutMs / SWEEPS)).unref();
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i];
      if (isPromise(outcome)) {
        call.waiting++;
        this.follow(call, i, outcome);
      }
    }
  }

  private follow(call: Call, index: number, promise: Promise<Actions | undefined>): void {
    // Itself, but for a promise of somebody else's kind: such may throw, settle at once, or twice.
    Promise.resolve(promise).then(
      (actions) => this.settle(call, index, actions),
      (error: unknown) => {
        const { name } = call.messages[index]!;
        this.emit({ type: 'handler-error', name, error, ...call.context });
        this.settle(call, index, undefined);
      },
    );
  }

  private settle(call: Call, index: number, actions: Actions | undefined): void {
    // A result after the deadline is dropped: its NOTIFY has been answered.
    if (!this.calls.has(call)) return;
    call.outcomes[index] = actions;
    if (--call.waiting === 0) this.answer(call);
  }

  private answer(call: Call): void {
    const { connection, context, messages, outcomes } = call;
    this.calls.delete(call);
    if (this.calls.size === 0) this.stopClock();
    if (connection.closed) return;
    const w = new Writer(Number.MAX_SAFE_INTEGER);
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i];
      if (outcome !== undefined && !isPromise(outcome)) writeResult(w, outcome, messages[i]!.name, context, this.emit);
    }
    connection.ack(context.streamId, context.frameId, w.bytes, 0, w.at);
  }

  private sweep(): void {
    for (const call of this.calls) {
      if (++call.age <= SWEEPS) continue;
      call.outcomes.forEach((outcome, i) => {
        if (!isPromise(outcome)) return;
        this.emit({ type: 'handler-timeout', name: call.messages[i]!.name, ...call.context });
      });
      this.answer(call);
    }
  }

  private stopClock(): void {
    clearInterval(this.clock);
    this.clock = undefined;
  }
}

export function isPromise(outcome: unknown): outcome is Promise<Actions | undefined> {
  return typeof (outcome as { then?: unknown } | null | undefined)?.then === 'function';
}
