import type { WorkerPort } from '@offload/script-runtime';
import { type Agent, createAgent, type NotifyHandler } from '@offload/spop-agent';
import { type DirectRequest, type DirectResponse, reportEvent } from '../direct-messages.js';
import { NotifyAnswers, type NotifyContext } from '../io/notify-answers.js';
import { NotifyDispatcher } from './notify-dispatcher.js';
import type { WorkerParts } from './worker-parts.js';

/**
 * An SPOP agent of one worker's own: sockets, frames and scripts on one thread, no hop (architecture.md 2, "composed the
 * other way round"). Made when the owner first asks to listen; everything else of the worker stays as it is.
 */
export class DirectSpop {
  private readonly port: WorkerPort;
  private readonly answers: NotifyAnswers;
  private readonly dispatcher: NotifyDispatcher;
  private agent: Agent | undefined;
  /** By task id, which is free again when its NOTIFY is answered. */
  private readonly contexts: (NotifyContext | undefined)[] = [];
  private readonly free: number[] = [];

  constructor(parts: WorkerParts) {
    const { port } = parts;
    this.port = port;
    this.answers = new NotifyAnswers((level, message, fields) => port.log(level, message, fields));
    this.dispatcher = new NotifyDispatcher(
      { reply: (id, kind, bytes, at, end) => this.reply(id, kind, bytes, at, end) },
      parts.registry,
      parts.notifyWaits,
    );
  }

  /** Takes a message of the owner; false when it is none of these. */
  message(message: unknown): boolean {
    const { type } = message as { type?: unknown };
    if (type !== 'spop.listen' && type !== 'spop.stop') return false;
    void this.answer(message as DirectRequest);
    return true;
  }

  private async answer(asked: DirectRequest): Promise<void> {
    const { request } = asked;
    try {
      if (asked.type === 'spop.stop') {
        await this.agent?.stop(asked.options);
        this.tell({ type: 'spop.done', request });
      } else {
        const address = await this.open(asked.options).listen(asked.at);
        this.tell({ type: 'spop.done', request, address });
      }
    } catch (error) {
      this.tell({ type: 'spop.failed', request, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private tell(response: DirectResponse): void {
    this.port.post(response);
  }

  private open(options: Extract<DirectRequest, { type: 'spop.listen' }>['options']): Agent {
    if (this.agent !== undefined) return this.agent;
    this.agent = createAgent({
      ...options,
      onNotify: this.notify,
      onEvent: (event) => this.tell({ type: 'spop.event', event: reportEvent(event) }),
    });
    // Its sockets need the event loop from now on; the sleep of a worker without them would be deaf.
    this.port.hold();
    return this.agent;
  }

  private readonly notify: NotifyHandler = (connection, streamId, frameId, bytes, at, end) => {
    const id = this.free.pop() ?? this.contexts.length;
    this.contexts[id] = { connection, streamId, frameId };
    this.dispatcher.handle(id, bytes, at, end);
  };

  private reply(id: number, kind: number, bytes: Uint8Array, at: number, end: number): void {
    const context = this.contexts[id] as NotifyContext;
    this.contexts[id] = undefined;
    this.free.push(id);
    this.answers.reply(context, kind, bytes, at, end);
  }
}
