import type { BroadcastBus, BroadcastId, BusTransport } from './bus.js';
import { BusError } from './errors.js';

/** How a bus hands messages over. `M` is what a message becomes on its way out, such as a WebSocket frame. */
export interface MemoryBusOptions<S, M> {
  /** Called once per send that has subscribers; its result goes to all of them. */
  readonly frame: (bytes: Uint8Array, id: BroadcastId) => M;
  /**
   * Called once per subscriber. It must queue or refuse, never wait: that is what keeps a slow subscriber from slowing
   * the others. Should it throw, `onFault` hears of it and the next subscriber is served.
   */
  readonly deliver: (subscriber: S, message: M, id: BroadcastId) => void;
  readonly onFault?: ((error: unknown, subscriber: S, id: BroadcastId) => void) | undefined;
  /** Broadcasts that may exist; default 65 536. */
  readonly maxBroadcasts?: number | undefined;
  /** Joins this bus with those of other processes. */
  readonly transport?: BusTransport | undefined;
}

const DEFAULT_MAX_BROADCASTS = 65_536;

class MemoryBus<S, M> implements BroadcastBus<S> {
  readonly #options: MemoryBusOptions<S, M>;
  readonly #maxBroadcasts: number;
  /** Each subscriber with a token of its subscription, so that an ended one cannot end its successor. */
  readonly #broadcasts = new Map<BroadcastId, Map<S, symbol>>();
  readonly #joined = new Map<S, Set<BroadcastId>>();
  #closed = false;

  constructor(options: MemoryBusOptions<S, M>) {
    this.#options = options;
    this.#maxBroadcasts = options.maxBroadcasts ?? DEFAULT_MAX_BROADCASTS;
    options.transport?.receive((id, bytes) => void this.#deliver(id, bytes));
  }

  create(id: BroadcastId): boolean {
    if (this.#closed) throw new BusError('BUS_ERR_CLOSED', 'Cannot create broadcast: the bus is closed');
    if (!Number.isSafeInteger(id) || id < 0) {
      throw new BusError('BUS_ERR_BAD_ID', `Cannot create broadcast ${id}: want an integer from 0 to 2^53 - 1`);
    }
    if (this.#broadcasts.has(id)) return false;
    if (this.#broadcasts.size >= this.#maxBroadcasts) {
      throw new BusError('BUS_ERR_TOO_MANY_BROADCASTS', `Cannot create broadcast ${id}: have ${this.#maxBroadcasts}`);
    }
    this.#broadcasts.set(id, new Map());
    return true;
  }

  has(id: BroadcastId): boolean {
    return this.#broadcasts.has(id);
  }

  subscribe(id: BroadcastId, subscriber: S): (() => void) | undefined {
    const subscribers = this.#broadcasts.get(id);
    if (subscribers === undefined) return undefined;
    const token = subscribers.get(subscriber) ?? this.#join(id, subscribers, subscriber);
    return () => {
      if (subscribers.get(subscriber) === token) this.unsubscribe(id, subscriber);
    };
  }

  #join(id: BroadcastId, subscribers: Map<S, symbol>, subscriber: S): symbol {
    const token = Symbol();
    subscribers.set(subscriber, token);
    const joined = this.#joined.get(subscriber);
    if (joined === undefined) this.#joined.set(subscriber, new Set([id]));
    else joined.add(id);
    if (subscribers.size === 1) this.#options.transport?.interest(id, true);
    return token;
  }

  unsubscribe(id: BroadcastId, subscriber: S): boolean {
    const subscribers = this.#broadcasts.get(id);
    if (subscribers === undefined) return false;
    if (!subscribers.delete(subscriber)) return true;
    const joined = this.#joined.get(subscriber);
    joined?.delete(id);
    if (joined?.size === 0) this.#joined.delete(subscriber);
    if (subscribers.size === 0) this.#options.transport?.interest(id, false);
    return true;
  }

  leave(subscriber: S): number {
    const joined = [...(this.#joined.get(subscriber) ?? [])];
    for (const id of joined) this.unsubscribe(id, subscriber);
    return joined.length;
  }

  send(id: BroadcastId, bytes: Uint8Array): number | undefined {
    const delivered = this.#deliver(id, bytes);
    if (delivered !== undefined) this.#options.transport?.publish(id, bytes);
    return delivered;
  }

  #deliver(id: BroadcastId, bytes: Uint8Array): number | undefined {
    const subscribers = this.#broadcasts.get(id);
    if (subscribers === undefined) return undefined;
    // Who joins while this send is under way comes last in the set and is not of it.
    let left = subscribers.size;
    if (left === 0) return 0;
    const { deliver, frame, onFault } = this.#options;
    const message = frame(bytes, id);
    let delivered = 0;
    for (const subscriber of subscribers.keys()) {
      if (left === 0) break;
      left -= 1;
      delivered += 1;
      try {
        deliver(subscriber, message, id);
      } catch (error) {
        onFault?.(error, subscriber, id);
      }
    }
    return delivered;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#broadcasts.clear();
    this.#joined.clear();
    this.#options.transport?.close();
  }
}

/**
 * A bus whose registry lives in this process; with a {@link BusTransport} it also carries messages to and from others.
 * Set semantics: who subscribes twice hears once, and unsubscribing takes effect at once (`lapps.md 3.5`).
 */
export const createMemoryBus = <S, M = Uint8Array>(options: MemoryBusOptions<S, M>): BroadcastBus<S> =>
  new MemoryBus(options);
