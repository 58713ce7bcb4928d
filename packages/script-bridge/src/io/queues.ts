import type { MqrCall } from '../calls.js';

/** Bounds of the queues of `mqr`. */
export interface QueueLimits {
  readonly maxQueues: number;
  /** Items in one queue; a `post` past that is refused. */
  readonly maxItems: number;
  /** Bytes of all items of one queue, as CBOR. */
  readonly maxBytes: number;
}

export const QUEUE_LIMITS: QueueLimits = Object.freeze({ maxQueues: 1024, maxItems: 65_536, maxBytes: 64 << 20 });

class Queue {
  items: Uint8Array[] = [];
  /** Taken ones in front of `items`, cut off now and then. */
  taken = 0;
  bytes = 0;
  waiting = new Map<string, (present: boolean) => void>();

  get length(): number {
    return this.items.length - this.taken;
  }
}

/**
 * The queues of `mqr` (`lapps.md 3.6`): by name, for all threads. They live on the IO thread, so that they outlast any
 * worker. Full means refused, never dropped; each item goes to one receiver.
 */
export class Queues {
  private readonly limits: QueueLimits;
  private readonly queues = new Map<string, Queue>();
  private stopped = false;

  constructor(limits: Partial<QueueLimits> = {}) {
    this.limits = { ...QUEUE_LIMITS, ...limits };
  }

  /** Makes a queue or joins it; returns why not, if it cannot. */
  create(name: string): string | undefined {
    if (this.queues.has(name)) return undefined;
    if (this.queues.size >= this.limits.maxQueues) return `there are ${this.limits.maxQueues} queues already`;
    this.queues.set(name, new Queue());
    return undefined;
  }

  /** Puts an item in; returns why not, if it was refused. */
  post(name: string, item: Uint8Array): string | undefined {
    const queue = this.queues.get(name);
    if (queue === undefined) return `there is no queue '${name}'`;
    const { maxItems, maxBytes } = this.limits;
    if (queue.length >= maxItems || queue.bytes + item.length > maxBytes) {
      return `the queue is full: ${queue.length} items, ${queue.bytes} bytes`;
    }
    queue.items.push(item);
    queue.bytes += item.length;
    wake(queue, true);
    return undefined;
  }

  /** Takes the oldest item. */
  take(name: string): Uint8Array | undefined {
    const queue = this.queues.get(name);
    if (queue === undefined || queue.length === 0) return undefined;
    const item = queue.items[queue.taken] as Uint8Array;
    queue.bytes -= item.length;
    if (++queue.taken * 2 > queue.items.length) {
      queue.items = queue.items.slice(queue.taken);
      queue.taken = 0;
    }
    return item;
  }

  /**
   * Resolves when the queue has an item, or when the server stops. Who is told has taken nothing yet: a receiver that is
   * gone by then loses nothing, and of several the first takes it.
   * @param waiter who asks; what it asked before about this queue and was not told is answered, too: it was given up
   */
  wait(name: string, waiter: string): boolean | Promise<boolean> {
    const queue = this.queues.get(name);
    if (queue === undefined || this.stopped) return false;
    if (queue.length > 0) return true;
    queue.waiting.get(waiter)?.(false);
    return new Promise((resolve) => queue.waiting.set(waiter, resolve));
  }

  /** How many wait for an item of the queue. */
  waiters(name: string): number {
    return this.queues.get(name)?.waiting.size ?? 0;
  }

  /** Ends all waiting. */
  stop(): void {
    this.stopped = true;
    for (const queue of this.queues.values()) wake(queue, false);
  }
}

function wake(queue: Queue, present: boolean): void {
  const { waiting } = queue;
  queue.waiting = new Map();
  for (const resolve of waiting.values()) resolve(present);
}

/** Answers the calls of the module `mqr`. */
export function connectQueues(answer: (type: MqrCall['type'], answer: (call: never) => unknown) => void): Queues {
  const queues = new Queues();
  type Named = { readonly queue: string };
  answer('mqr.create', ({ queue }: Named) => queues.create(queue));
  answer('mqr.post', ({ queue, item }: Named & { readonly item: Uint8Array }) => queues.post(queue, item));
  answer('mqr.take', ({ queue }: Named) => queues.take(queue));
  answer('mqr.wait', ({ queue, waiter }: Named & { readonly waiter: string }) => queues.wait(queue, waiter));
  return queues;
}
