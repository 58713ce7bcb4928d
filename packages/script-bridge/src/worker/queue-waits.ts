import { randomUUID } from 'node:crypto';
import type { ScriptCall, WorkerPort } from '@offload/script-runtime';
import { isOver } from './callback-call.js';

interface Receiver {
  readonly call: ScriptCall | null;
  wake(): void;
}

/** Receivers of one queue that wait in this thread, and when to look next whether some were cancelled. */
interface Waits {
  receivers: Receiver[];
  sweepAt: number;
}

const FIRST_SWEEP = 16;

/**
 * Who waits for items of queues in this thread. The IO thread is asked once per queue, however many wait, and those that
 * were cancelled are forgotten: a queue nobody posts to must not collect them.
 */
export class QueueWaits {
  private readonly port: WorkerPort;
  private readonly name = randomUUID();
  private readonly waits = new Map<string, Waits>();

  constructor(port: WorkerPort) {
    this.port = port;
  }

  /** Resolves when the queue may have an item or the server stops; maybe never once `call` is over. */
  wait(queue: string, call: ScriptCall | null): Promise<void> {
    const waits = this.waits.get(queue) ?? this.ask(queue);
    if (waits.receivers.length >= waits.sweepAt) {
      waits.receivers = waits.receivers.filter((receiver) => !isOver(receiver.call));
      waits.sweepAt = Math.max(FIRST_SWEEP, waits.receivers.length * 2);
    }
    return new Promise((wake) => waits.receivers.push({ call, wake }));
  }

  private ask(queue: string): Waits {
    const waits: Waits = { receivers: [], sweepAt: FIRST_SWEEP };
    this.waits.set(queue, waits);
    const wake = (): void => {
      this.waits.delete(queue);
      for (const receiver of waits.receivers) receiver.wake();
    };
    this.port.call({ type: 'mqr.wait', queue, waiter: this.name }).then(wake, wake);
    return waits;
  }

  /** Blocks the thread until the queue may have an item or the server stops. */
  block(queue: string): void {
    this.port.callSync({ type: 'mqr.wait', queue, waiter: `${this.name} blocked` });
  }
}
