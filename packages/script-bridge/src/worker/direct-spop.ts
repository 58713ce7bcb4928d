import type { WorkerPort } from '@offload/script-runtime';
import { type Agent, createAgent, type NotifyHandler } from '@offload/spop-agent';
import {
  type BoundAddress,
  type DirectAddress,
  type DirectAgentOptions,
  type DirectResponse,
  type DirectStop,
  reportAgentEvent,
} from '../direct-messages.js';
import { NotifyAnswers, type NotifyContext } from '../io/notify-answers.js';
import type { Door } from './direct-doors.js';
import { NotifyDispatcher } from './notify-dispatcher.js';
import type { WorkerParts } from './worker-parts.js';

/**
 * An SPOP agent of one worker's own: no hop (architecture.md 2, "composed the other way round"). Made when the owner
 * first asks to listen; everything else of the worker stays as it is.
 */
export class DirectSpop implements Door {
  private readonly port: WorkerPort;
  private readonly answers: NotifyAnswers;
  private readonly dispatcher: NotifyDispatcher;
  private agent: Agent | undefined;
  /** By task id, which is free again when its NOTIFY is answered. */
  private readonly contexts: (NotifyContext | undefined)[] = [];
  private readonly free: number[] = [];
  private sentAt = 0;

  constructor(parts: WorkerParts) {
    const { port } = parts;
    this.port = port;
    this.answers = new NotifyAnswers((level, message, fields) => port.log(level, message, fields));
    this.dispatcher = new NotifyDispatcher(
      {
        reply: (id, kind, bytes, at, end) => this.reply(id, kind, bytes, at, end),
        log: (level, message, fields) => port.log(level, message, fields),
      },
      parts.registry,
      parts.notifyWaits,
    );
  }

  async listen(at: DirectAddress, options: unknown): Promise<BoundAddress> {
    this.agent ??= createAgent({
      ...(options as DirectAgentOptions),
      onNotify: this.notify,
      onEvent: (event) => {
        this.port.post({ door: 'spop', type: 'direct.event', event: reportAgentEvent(event) } satisfies DirectResponse);
      },
    });
    const { host, port, reusePort } = at;
    return (await this.agent.listen({ host, port, reusePort })) as BoundAddress;
  }

  async stop(options: DirectStop): Promise<void> {
    await this.agent?.stop(options);
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
    const { ticks } = this.port;
    if (ticks === this.sentAt) return;
    // What is answered does not wait for slow handlers of the same read.
    this.sentAt = ticks;
    context.connection.sendNow();
  }
}
