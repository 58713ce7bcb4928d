import type { ScriptRuntimeError, ScriptValue } from '@offload/script-runtime';
import type { EndingCall } from '../callback-call.js';
import { JsonObject } from '../json/json-object.js';
import type { JsonValue } from '../json/value.js';
import type { ServiceConnection } from './service-connection.js';
import type { ServiceInstance } from './service-instance.js';

/** One call of `onMessage` or `onDisconnect`. Reused for the next one unless it had to wait. */
export class MessageCall implements EndingCall {
  /** It waited, and is over: its script was cancelled or came to its end. */
  over = false;
  connection: ServiceConnection;
  /** The message is a request of the LAppS protocol, which is owed a response. */
  isRequest = false;
  private readonly instance: ServiceInstance;

  constructor(instance: ServiceInstance, connection: ServiceConnection) {
    this.instance = instance;
    this.connection = connection;
  }

  get subject(): number {
    return this.instance.options.subject;
  }

  /** A message of the LAppS protocol went out: was it the response to this one? */
  noteSent(id: number, message: JsonValue): void {
    const { connection } = this;
    if (id === connection.id && message instanceof JsonObject && Number(message.get('cid')) === 0)
      connection.answered = true;
  }

  settled(error: ScriptRuntimeError | null, result: ScriptValue): void {
    this.over = true;
    this.instance.settled(this, error, result);
  }
}
