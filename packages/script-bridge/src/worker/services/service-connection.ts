import type { MessageCall } from './message-call.js';
import type { ServiceInstance } from './service-instance.js';

/** A message that came while the handler of an earlier one waited. */
export interface WaitingMessage {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

/** A connection as the worker of its instance knows it. */
export class ServiceConnection {
  readonly id: number;
  readonly instance: ServiceInstance;
  /** The call that waits: later messages queue up behind it. */
  call: MessageCall | undefined = undefined;
  /** A Close frame is on its way: what the client still sends is not looked at. */
  closing = false;
  /** A response was sent on channel 0 while the present message was handled. */
  answered = false;
  readonly waiting: WaitingMessage[] = [];
  waitingBytes = 0;
  /** Reading is paused on account of what waits. */
  paused = false;
  /** Task of the close that waits for what was asked before, 0 while there is none. */
  closingTask = 0;
  /** Task of the disconnect that waits behind the messages, 0 while there is none. */
  disconnectTask = 0;

  constructor(id: number, instance: ServiceInstance) {
    this.id = id;
    this.instance = instance;
  }
}
