/** Address of a broadcast: an integer from 0 to 2^53 - 1, chosen by the application (`lapps.md 3.5`). */
export type BroadcastId = number;

/**
 * A registry of broadcasts and who listens to them. `S` is whatever a subscriber is to the caller; it is compared by
 * identity. Every call is synchronous and none waits for a subscriber or for a network.
 */
export interface BroadcastBus<S> {
  /**
   * Makes a broadcast. Returns whether it is new; making one that exists is no fault.
   * @throws BusError `BUS_ERR_BAD_ID`, `BUS_ERR_TOO_MANY_BROADCASTS`, `BUS_ERR_CLOSED`
   */
  create(id: BroadcastId): boolean;

  /** Whether the broadcast exists. */
  has(id: BroadcastId): boolean;

  /**
   * Adds a subscriber, once: subscribing again changes nothing. Returns the function that ends the subscription (and
   * no later one), or undefined when the broadcast does not exist.
   */
  subscribe(id: BroadcastId, subscriber: S): (() => void) | undefined;

  /** Removes a subscriber at once. Returns false when the broadcast does not exist; not being subscribed is no fault. */
  unsubscribe(id: BroadcastId, subscriber: S): boolean;

  /** Ends all subscriptions of a subscriber, for when its connection ends. Returns how many there were. */
  leave(subscriber: S): number;

  /**
   * Sends bytes to everyone subscribed at the time of the call. Returns the number of local subscribers, or undefined
   * when the broadcast does not exist. The bytes must not be changed afterwards.
   */
  send(id: BroadcastId, bytes: Uint8Array): number | undefined;

  /** Forgets everything. Later `create` calls throw, the others find nothing. */
  close(): void;
}

/**
 * What a network adapter has to offer so that several processes share broadcasts. The bus calls it, and never waits.
 * Delivery at most once; order kept per sender, as far as the network does.
 */
export interface BusTransport {
  /** Bytes for the other processes. Called after local delivery. Faults are the transport's own to report. */
  publish(id: BroadcastId, bytes: Uint8Array): void;

  /** This process has its first (`true`) or lost its last (`false`) subscriber of a broadcast. */
  interest(id: BroadcastId, wanted: boolean): void;

  /** Sets the receiver of what other processes published. It must not be called for this process's own publishes. */
  receive(deliver: (id: BroadcastId, bytes: Uint8Array) => void): void;

  /** The bus was closed. */
  close(): void;
}
